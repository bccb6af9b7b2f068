//! HTTP requests.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use wasmtime::{AsContextMut as _, Caller, Linker};

use super::{block, fail, free, kernel_of, write_block};
use crate::{
    background::Background,
    error::HostPanic,
    fuse::Dialect,
    settings::Settings,
    store::{LastResponse, StoreData},
    usage::Meter,
};

/// Adds the functions. If `waits`, a request does not hold the thread of an async call, and the plug-in's calls have to
/// run as tasks.
pub(super) fn add_to_linker(
    linker: &mut Linker<StoreData>,
    dialect: &'static Dialect,
    waits: bool,
) -> wasmtime::Result<()> {
    let name = dialect.name("http_request");
    if waits {
        linker.func_wrap_async(dialect.namespace, &name, move |caller, (request, body): (i64, i64)| {
            Box::new(http_request_as_task(caller, dialect, request, body))
        })?;
    } else {
        linker.func_wrap(dialect.namespace, &name, move |caller: Caller<'_, StoreData>, request: i64, body: i64| {
            http_request(caller, dialect, request, body)
        })?;
    }
    linker.func_wrap(dialect.namespace, &dialect.name("http_status_code"), |caller: Caller<'_, StoreData>| {
        caller.data().response.status
    })?;
    linker.func_wrap(dialect.namespace, &dialect.name("http_headers"), http_headers)?;
    Ok(())
}

/// `http_request(request, body) -> body`: returns 0 for an empty body.
fn http_request(
    mut caller: Caller<'_, StoreData>,
    dialect: &Dialect,
    request: i64,
    body: i64,
) -> wasmtime::Result<i64> {
    let memory = kernel_of(&caller, NAME)?;
    caller.data_mut().response = LastResponse::default();
    let response = {
        let sent = block(&caller, memory, NAME, body)?;
        let asked = block(&caller, memory, NAME, request)?;
        let sender = Sender::of(caller.data(), cancelled(caller.data()));
        exchange(&sender, asked, (body != 0).then_some(sent))?
    };
    write_response(caller, dialect, request, body, response)
}

/// The async form of [`http_request`]: under an async call, the request is sent on a separate thread.
async fn http_request_as_task(
    mut caller: Caller<'_, StoreData>,
    dialect: &Dialect,
    request: i64,
    body: i64,
) -> wasmtime::Result<i64> {
    if !caller.data().yields {
        return http_request(caller, dialect, request, body);
    }
    let memory = kernel_of(&caller, NAME)?;
    caller.data_mut().response = LastResponse::default();
    let sent = block(&caller, memory, NAME, body)?.to_vec();
    let asked = block(&caller, memory, NAME, request)?.to_vec();
    // Aborts the request if the call ends first.
    let abandoned = Abandon::default();
    let sender = Sender::of(caller.data(), abandoned.cancelled());
    let request_work = move || exchange(&sender, &asked, (body != 0).then_some(&sent));
    let sending = Background::start("extism-request", request_work).map_err(|error| fail(NAME, error))?;
    let response = sending.await.unwrap_or_else(|panic| Err(fail(NAME, HostPanic::new(&*panic))))?;
    // Ticks in the meantime are not a reason to wait again.
    caller.as_context_mut().set_epoch_deadline(1);
    write_response(caller, dialect, request, body, response)
}

fn write_response(
    mut caller: Caller<'_, StoreData>,
    dialect: &Dialect,
    request: i64,
    body: i64,
    response: Received,
) -> wasmtime::Result<i64> {
    let memory = kernel_of(&caller, NAME)?;
    caller.data_mut().response = response.head;
    let given = write_block(&mut caller, memory, NAME, &response.body)?;
    free(&mut caller, memory, dialect, request);
    free(&mut caller, memory, dialect, body);
    Ok(given)
}

/// On whose behalf a request is sent, and within which limits.
#[cfg_attr(not(feature = "http"), expect(dead_code, reason = "no requests are sent then"))]
struct Sender {
    settings: Arc<Settings>,
    meter: Arc<Meter>,
    deadline: Option<Instant>,
    cancelled: Cancelled,
}

impl Sender {
    fn of(data: &StoreData, cancelled: Cancelled) -> Self {
        Self {
            settings: Arc::clone(&data.settings),
            meter: Arc::clone(&data.persistent.account),
            deadline: data.deadline,
            cancelled,
        }
    }
}

/// Returns whether a request should end, asked repeatedly.
type Cancelled = Arc<dyn Fn() -> bool + Send + Sync>;

/// The request of an async call is aborted when this is dropped.
#[derive(Default)]
struct Abandon(Arc<AtomicBool>);

impl Abandon {
    fn cancelled(&self) -> Cancelled {
        let abandoned = Arc::clone(&self.0);
        Arc::new(move || abandoned.load(Ordering::Relaxed))
    }
}

impl Drop for Abandon {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn cancelled(data: &StoreData) -> Cancelled {
    let call = Arc::clone(&data.call);
    Arc::new(move || call.is_cancelled())
}

const NAME: &str = "http_request";

/// The response to a request.
struct Received {
    head: LastResponse,
    body: Vec<u8>,
}

/// Sends a request.
#[cfg(feature = "http")]
fn exchange(sender: &Sender, request: &[u8], body: Option<&[u8]>) -> wasmtime::Result<Received> {
    use crate::{
        http::{AllowedHosts, HttpError, HttpPolicy, any_address, is_public, parse_request, send},
        store::Interrupt,
    };

    let _metered = sender.meter.http_request();
    let settings = &sender.settings;
    let allowed = AllowedHosts::new(settings.allowed_hosts.as_deref());
    let mut policy = HttpPolicy::new(&allowed);
    policy.addresses = if settings.limits.private_addresses() { any_address } else { is_public };
    policy.client = settings.options.http_client.as_ref();
    policy.max_response_bytes = settings.max_http_response_bytes.unwrap_or(policy.max_response_bytes);
    policy.deadline = sender.deadline;
    policy.account = Arc::clone(&settings.connections);
    policy.meter = Some(Arc::clone(&sender.meter));
    policy.cancelled = Arc::clone(&sender.cancelled);

    let response = parse_request(request).and_then(|request| send(&request, body, &policy));
    let response = response.map_err(|error| match error {
        HttpError::Cancelled => wasmtime::Error::new(Interrupt::Cancelled),
        HttpError::Timeout if policy.deadline.is_some() => wasmtime::Error::new(Interrupt::Timeout),
        error => fail(NAME, error),
    })?;
    let headers = serde_json::to_vec(&response.headers).map_err(|error| fail(NAME, error))?;
    let head = LastResponse { status: response.status.into(), headers: Some(headers) };
    Ok(Received { head, body: response.body })
}

#[cfg(not(feature = "http"))]
fn exchange(_: &Sender, _: &[u8], _: Option<&[u8]>) -> wasmtime::Result<Received> {
    Err(fail(NAME, "enable the feature `http` of extism-runtime"))
}

/// `http_headers() -> headers`: returns the last response's headers as a JSON object with lower-case names; 0 before
/// the first response, and if the plug-in may not see them.
fn http_headers(mut caller: Caller<'_, StoreData>) -> wasmtime::Result<i64> {
    let memory = kernel_of(&caller, "http_headers")?;
    if caller.data().settings.options.hide_response_headers {
        return Ok(0);
    }
    let headers = caller.data().response.headers.clone();
    headers.map_or(Ok(0), |headers| write_block(&mut caller, memory, "http_headers", &headers))
}
