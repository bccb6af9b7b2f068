//! The imports themselves: the only file of this crate with `unsafe`.
#![allow(unsafe_code, reason = "foreign functions can only be declared in an `unsafe extern` block")]

#[link(wasm_import_module = "extism:host/env")]
// SAFETY: the signatures are those of Extism's kernel
// (https://github.com/extism/extism/blob/main/kernel/src/lib.rs). All parameters and results are numbers, of which every
// value is valid: the functions access the kernel's memory, never the plug-in's, and check offsets themselves. Loads out
// of bounds give 0 and stores do nothing, so that calling them is `safe`.
unsafe extern "C" {
    pub(crate) safe fn input_length() -> u64;
    pub(crate) safe fn input_load_u8(offset: u64) -> u32;
    pub(crate) safe fn input_load_u64(offset: u64) -> u64;
    pub(crate) safe fn output_set(offset: u64, length: u64);
    pub(crate) safe fn error_set(offset: u64);
    pub(crate) safe fn alloc(length: u64) -> u64;
    pub(crate) safe fn free(offset: u64);
    pub(crate) safe fn length(offset: u64) -> u64;
    pub(crate) safe fn load_u8(offset: u64) -> u32;
    pub(crate) safe fn load_u64(offset: u64) -> u64;
    pub(crate) safe fn store_u8(offset: u64, byte: u32);
    pub(crate) safe fn store_u64(offset: u64, bytes: u64);
    pub(crate) safe fn config_get(key: u64) -> u64;
    pub(crate) safe fn var_get(key: u64) -> u64;
    pub(crate) safe fn var_set(key: u64, value: u64);
    pub(crate) safe fn http_request(request: u64, body: u64) -> u64;
    pub(crate) safe fn http_status_code() -> i32;
    pub(crate) safe fn http_headers() -> u64;
    pub(crate) safe fn log_trace(text: u64);
    pub(crate) safe fn log_debug(text: u64);
    pub(crate) safe fn log_info(text: u64);
    pub(crate) safe fn log_warn(text: u64);
    pub(crate) safe fn log_error(text: u64);
    pub(crate) safe fn get_log_level() -> i32;
}
