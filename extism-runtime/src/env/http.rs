//! HTTP requests.

use wasmtime::{Caller, Linker};

use super::{block, fail, free, kernel_of, write_block};
use crate::{
    fuse::Dialect,
    store::{LastResponse, StoreData},
};

pub(super) fn add_to_linker(linker: &mut Linker<StoreData>, dialect: &'static Dialect) -> wasmtime::Result<()> {
    let request =
        move |caller: Caller<'_, StoreData>, request: i64, body: i64| http_request(caller, dialect, request, body);
    linker.func_wrap(dialect.namespace, &dialect.name("http_request"), request)?;
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
        exchange(caller.data(), asked, (body != 0).then_some(sent))?
    };
    caller.data_mut().response = response.head;
    let given = write_block(&mut caller, memory, NAME, &response.body)?;
    free(&mut caller, memory, dialect, request);
    free(&mut caller, memory, dialect, body);
    Ok(given)
}

const NAME: &str = "http_request";

/// The response to a request.
struct Received {
    head: LastResponse,
    body: Vec<u8>,
}

/// Sends a request.
#[cfg(feature = "http")]
fn exchange(data: &StoreData, request: &[u8], body: Option<&[u8]>) -> wasmtime::Result<Received> {
    use std::sync::Arc;

    use crate::{
        http::{AllowedHosts, HttpError, HttpPolicy, parse_request, send},
        store::Interrupt,
    };

    let meter = &data.persistent.account;
    let _metered = meter.http_request();
    let allowed = AllowedHosts::new(data.settings.allowed_hosts.as_deref());
    let mut policy = HttpPolicy::new(&allowed);
    policy.max_response_bytes = data.settings.max_http_response_bytes.unwrap_or(policy.max_response_bytes);
    policy.deadline = data.deadline;
    policy.account = Arc::clone(&data.settings.connections);
    policy.meter = Some(Arc::clone(meter));
    let call = Arc::clone(&data.call);
    policy.cancelled = Arc::new(move || call.is_cancelled());

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
fn exchange(_: &StoreData, _: &[u8], _: Option<&[u8]>) -> wasmtime::Result<Received> {
    Err(fail(NAME, "the feature `http` of extism-runtime is off"))
}

/// `http_headers() -> headers`: returns the last response's headers as a JSON object with lower-case names; 0 before
/// the first response.
fn http_headers(mut caller: Caller<'_, StoreData>) -> wasmtime::Result<i64> {
    let memory = kernel_of(&caller, "http_headers")?;
    let headers = caller.data().response.headers.clone();
    headers.map_or(Ok(0), |headers| write_block(&mut caller, memory, "http_headers", &headers))
}
