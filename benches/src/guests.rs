//! The guests: every peer runs the same bytes.

/// C, without a PDK: copies its input to its output, eight bytes at a time.
pub const ECHO: &[u8] = include_bytes!("../../examples/plugins/echo.wasm");
/// C, without a PDK: `consume` reads its input and returns eight bytes; `empty` does nothing.
pub const CONSUME: &[u8] = include_bytes!("../../examples/plugins/consume.wasm");
/// The Rust PDK: returns its input.
pub const ECHO_PDK: &[u8] = include_bytes!("../../examples/plugins/echo_pdk.wasm");
/// The Rust PDK: counts vowels, keeps the total in a variable, returns JSON.
pub const COUNT_VOWELS: &[u8] = include_bytes!("../../examples/plugins/count_vowels.wasm");
/// The Rust PDK: sends its input through a host function and returns the result.
pub const REFLECT: &[u8] = include_bytes!("../../examples/plugins/reflect.wasm");
/// Calls a host function of raw values a thousand times. Text format.
pub const RAW_CALL: &str = include_str!("../guests/raw_call.wat");
/// An echo with one `memory.copy` and its own ABI. Text format.
pub const RAW_ECHO: &str = include_str!("../guests/raw_echo.wat");
/// Only computes: `sieve` works on memory, `collatz` on numbers. Text format.
pub const COMPUTE: &str = include_str!("../guests/compute.wat");
