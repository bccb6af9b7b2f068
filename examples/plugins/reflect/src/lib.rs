//! Sends its input through a host function and returns what comes back.

mod host {
    use extism_pdk::host_fn;

    #[host_fn]
    extern "ExtismHost" {
        /// The host's result for `input`.
        pub(super) fn reflect(input: Vec<u8>) -> Vec<u8>;
    }
}

use extism_pdk::{FnResult, plugin_fn};

/// Bytes in, the host's answer out.
#[plugin_fn]
pub fn reflect(input: Vec<u8>) -> FnResult<Vec<u8>> {
    // SAFETY: the host provides the function with this signature; linking checks it.
    Ok(unsafe { host::reflect(input)? })
}
