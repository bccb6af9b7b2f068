//! HTTP requests.

use wasmtime::{Caller, Linker};

use super::{NAMESPACE, fail, give, kernel_of, take};
use crate::store::{LastResponse, StoreData};

pub(super) fn add_to_linker(linker: &mut Linker<StoreData>) -> wasmtime::Result<()> {
    linker.func_wrap(NAMESPACE, "http_request", http_request)?;
    linker.func_wrap(NAMESPACE, "http_status_code", |caller: Caller<'_, StoreData>| caller.data().response.status)?;
    linker.func_wrap(NAMESPACE, "http_headers", http_headers)?;
    Ok(())
}

/// `http_request(request, body) -> body`: 0 for an empty one.
fn http_request(mut caller: Caller<'_, StoreData>, request: i64, body: i64) -> wasmtime::Result<i64> {
    let memory = kernel_of(&caller, "http_request")?;
    let request = take(&mut caller, memory, "http_request", request)?;
    let sent = take(&mut caller, memory, "http_request", body)?;
    caller.data_mut().response = LastResponse::default();
    let body = exchange(&mut caller, &request, (body != 0).then_some(&sent))?;
    give(&mut caller, memory, "http_request", &body)
}

/// Sends a request and keeps what its response says beside the body.
#[cfg(feature = "http")]
fn exchange(caller: &mut Caller<'_, StoreData>, request: &[u8], body: Option<&Vec<u8>>) -> wasmtime::Result<Vec<u8>> {
    use std::sync::Arc;

    use crate::{
        http::{AllowedHosts, HttpError, HttpPolicy, parse_request, send},
        store::Interrupt,
    };

    let data = caller.data();
    let allowed = AllowedHosts::new(data.settings.allowed_hosts.as_deref());
    let mut policy = HttpPolicy::new(&allowed);
    policy.max_response_bytes = data.settings.max_http_response_bytes.unwrap_or(policy.max_response_bytes);
    policy.deadline = data.deadline;
    let call = Arc::clone(&data.call);
    policy.cancelled = Arc::new(move || call.is_cancelled());

    let response = parse_request(request).and_then(|request| send(&request, body.map(Vec::as_slice), &policy));
    let response = response.map_err(|error| match error {
        HttpError::Cancelled => wasmtime::Error::new(Interrupt::Cancelled),
        HttpError::Timeout if policy.deadline.is_some() => wasmtime::Error::new(Interrupt::Timeout),
        error => fail("http_request", error),
    })?;
    let headers = serde_json::to_vec(&response.headers).map_err(|error| fail("http_request", error))?;
    caller.data_mut().response = LastResponse { status: response.status.into(), headers: Some(headers) };
    Ok(response.body)
}

#[cfg(not(feature = "http"))]
fn exchange(_: &mut Caller<'_, StoreData>, _: &[u8], _: Option<&Vec<u8>>) -> wasmtime::Result<Vec<u8>> {
    Err(fail("http_request", "the feature `http` of extism-runtime is off"))
}

/// `http_headers() -> headers`: those of the last response as a JSON object of lower-case names; 0 before it.
fn http_headers(mut caller: Caller<'_, StoreData>) -> wasmtime::Result<i64> {
    let memory = kernel_of(&caller, "http_headers")?;
    let headers = caller.data().response.headers.clone();
    headers.map_or(Ok(0), |headers| give(&mut caller, memory, "http_headers", &headers))
}
