//! HTTP requests.

use wasmtime::{Caller, Linker};

use super::{NAMESPACE, fail, give, kernel_of};
use crate::store::StoreData;

pub(super) fn add_to_linker(linker: &mut Linker<StoreData>) -> wasmtime::Result<()> {
    linker.func_wrap(NAMESPACE, "http_request", http_request)?;
    linker.func_wrap(NAMESPACE, "http_status_code", |caller: Caller<'_, StoreData>| caller.data().response.status)?;
    linker.func_wrap(NAMESPACE, "http_headers", http_headers)?;
    Ok(())
}

fn http_request(_: Caller<'_, StoreData>, _: i64, _: i64) -> wasmtime::Result<i64> {
    Err(fail("http_request", "not yet"))
}

/// `http_headers() -> headers`: those of the last response as a JSON object of lower-case names; 0 before it.
fn http_headers(mut caller: Caller<'_, StoreData>) -> wasmtime::Result<i64> {
    let memory = kernel_of(&caller, "http_headers")?;
    let headers = caller.data().response.headers.clone();
    headers.map_or(Ok(0), |headers| give(&mut caller, memory, "http_headers", &headers))
}
