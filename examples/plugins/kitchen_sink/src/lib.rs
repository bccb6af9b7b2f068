//! One export for each thing that a PDK can do, and for each way in which a guest can go wrong.
//!
//! Files, sleep, clocks and exit codes are WASI's: see `wasi_files.c`. Imports of the host's own
//! functions are in `host_calls`, so that this module needs none.

mod limits;
mod memory;
mod values;

use std::collections::BTreeMap;

use extism_pdk::{
    Error, FnResult, HttpRequest, Json, LogLevel, Memory, WithReturnCode, config, http, plugin_fn,
    var,
};
use serde::{Deserialize, Serialize};

/// Key in; out, its value in the configuration as a JSON string, or `null`.
#[plugin_fn]
pub fn config_get(key: String) -> FnResult<Json<Option<String>>> {
    Ok(Json(config::get(key)?))
}

/// Key in, the variable's bytes out; nothing when there is none.
#[plugin_fn]
pub fn var_get(key: String) -> FnResult<Vec<u8>> {
    Ok(var::get(key)?.unwrap_or_default())
}

/// "key\nvalue" in; without a line feed the value is empty. The value may be any bytes.
#[plugin_fn]
pub fn var_set(input: Vec<u8>) -> FnResult<()> {
    let end = input
        .iter()
        .position(|b| *b == b'\n')
        .unwrap_or(input.len());
    let key = std::str::from_utf8(&input[..end])?;
    var::set(key, input.get(end + 1..).unwrap_or_default())?;
    Ok(())
}

/// Key in; removes the variable.
#[plugin_fn]
pub fn var_remove(key: String) -> FnResult<()> {
    var::remove(key)?;
    Ok(())
}

/// "key\nvalue" in; sets the variable, then panics. The variable stays.
#[plugin_fn]
pub fn var_set_then_panic(input: String) -> FnResult<()> {
    let (key, value) = input.split_once('\n').unwrap_or((&input, ""));
    var::set(key, value)?;
    panic!("after setting {key}")
}

/// Text in; logs "trace TEXT", "debug TEXT", ... "error TEXT", each at its level, through the PDK's
/// macros, which ask for the level first. Out, that level: 0 (trace) to 4 (error), or 2147483647.
#[plugin_fn]
pub fn log_text(text: String) -> FnResult<String> {
    extism_pdk::trace!("trace {text}");
    extism_pdk::debug!("debug {text}");
    extism_pdk::info!("info {text}");
    extism_pdk::warn!("warn {text}");
    extism_pdk::error!("error {text}");
    // SAFETY: an import without arguments.
    Ok(unsafe { extism_pdk::extism::get_log_level() }.to_string())
}

/// Bytes in, which are logged as they are, UTF-8 or not, at each level, whatever the level is.
#[plugin_fn]
pub fn log_bytes(bytes: Vec<u8>) -> FnResult<()> {
    use LogLevel::{Debug, Error, Info, Trace, Warn};
    for level in [Trace, Debug, Info, Warn, Error] {
        // The host frees the message.
        Memory::from_bytes(&bytes)?.log(level);
    }
    Ok(())
}

/// The request for `http`.
#[derive(Deserialize)]
struct Request {
    /// Where to.
    url: String,
    /// The default is GET.
    method: Option<String>,
    /// Names and values.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// None and empty are the same.
    body: Option<String>,
}

/// The response.
#[derive(Serialize)]
struct Response {
    /// The status code.
    status: u16,
    /// Names, in lower case, and values; empty if the host does not provide them.
    headers: BTreeMap<String, String>,
    /// Bytes that are not UTF-8 are replaced.
    body: String,
}

/// A request in, `{"url", "method", "headers", "body"}`, all but `url` optional; the response out,
/// `{"status", "headers", "body"}`.
#[plugin_fn]
pub fn http_request(Json(request): Json<Request>) -> FnResult<Json<Response>> {
    let mut message = HttpRequest::new(request.url);
    message.method = request.method;
    message.headers = request.headers;
    let response = http::request(&message, request.body)?;
    Ok(Json(Response {
        status: response.status_code(),
        headers: response.headers().clone().into_iter().collect(),
        body: String::from_utf8_lossy(&response.body()).into_owned(),
    }))
}

/// The argument of `fail`.
#[derive(Deserialize)]
struct Failure {
    /// The error's text.
    message: String,
    /// The export's return code.
    code: i32,
}

/// `{"message", "code"}` in: sets that error and returns that code, 0 too.
#[plugin_fn]
pub fn fail(Json(failure): Json<Failure>) -> FnResult<()> {
    Err(WithReturnCode::new(
        Error::msg(failure.message),
        failure.code,
    ))
}

/// Bytes in, which become the error as they are, UTF-8 or not; returns 1.
#[unsafe(no_mangle)]
pub extern "C" fn fail_with_bytes() -> i32 {
    memory::set_error(&extism_pdk::input_bytes());
    1
}

/// Decimal text in: the output is "output", and the export returns that code and sets no error.
#[unsafe(no_mangle)]
pub extern "C" fn return_code() -> i32 {
    let code = extism_pdk::input::<String>()
        .ok()
        .and_then(|text| text.trim().parse().ok());
    let _ = extism_pdk::output("output");
    code.unwrap_or(-1)
}

/// Text in: panics with it.
#[plugin_fn]
pub fn panic(text: String) -> FnResult<()> {
    panic!("{text}")
}

/// Text in: sets it as the error, then traps.
#[unsafe(no_mangle)]
pub extern "C" fn error_then_trap() -> i32 {
    memory::set_error(&extism_pdk::input_bytes());
    std::process::abort()
}
