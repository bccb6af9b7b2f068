//! The work as an Extism plug-in, by `extism-pdk`.

use std::sync::{Mutex, PoisonError};

use extism_pdk::{FnResult, Json, plugin_fn};
use peers_functions::{Counter, Report};

mod host {
    use extism_pdk::host_fn;

    #[host_fn]
    extern "ExtismHost" {
        /// Returns its input.
        pub(super) fn reflect(input: Vec<u8>) -> Vec<u8>;
    }
}

static COUNTER: Mutex<Counter> = Mutex::new(Counter::new());

/// Does nothing.
#[plugin_fn]
pub fn empty() -> FnResult<()> {
    Ok(())
}

/// Returns its input.
#[plugin_fn]
pub fn echo(input: Vec<u8>) -> FnResult<Vec<u8>> {
    Ok(peers_functions::echo(input))
}

/// Reads its input, and returns eight bytes.
#[plugin_fn]
pub fn consume(input: Vec<u8>) -> FnResult<u64> {
    Ok(peers_functions::consume(&input))
}

/// Counts vowels.
#[plugin_fn]
pub fn count_vowels(text: String) -> FnResult<Json<Report>> {
    Ok(Json(COUNTER.lock().unwrap_or_else(PoisonError::into_inner).count(&text)))
}

/// Passes its input to the host, and returns the host's answer.
#[plugin_fn]
pub fn reflect(input: Vec<u8>) -> FnResult<Vec<u8>> {
    // SAFETY: the host provides the function with this signature; linking checks it.
    Ok(unsafe { host::reflect(input)? })
}
