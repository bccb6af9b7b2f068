//! What cannot be had here, with errors that say what to use.

/// A type of wasmtime. No type implements this: a call of a method that takes one does not compile, and the error says
/// what to use.
#[diagnostic::on_unimplemented(
    message = "this crate does not take wasmtime's types, such as `{Self}`: its engine is not wasmtime's crate but `extism_runtime`",
    label = "wasmtime's configuration is not available here",
    note = "use the options of the runtime: `builder.with_runtime(|builder| builder.with_engine(&engine))` with an engine from `extism::runtime::Engine::builder()`, which has `with_max_stack`, `with_features`, `with_pool_size`, `with_cache_directory`, ...",
    note = "for profiling use `extism::ProfilingStrategy`, for fuel `with_fuel_limit`, for core dumps `with_coredump`"
)]
pub trait WasmtimeType: Nothing {}

/// So that nobody implements it.
pub trait Nothing {}
