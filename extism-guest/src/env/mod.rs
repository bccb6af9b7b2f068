//! The functions that a plug-in imports from `extism:host/env`: offsets and lengths are bytes of the kernel's memory,
//! which is not the plug-in's own; offset 0 is no block.
//!
//! Compiled for anything but WebAssembly, there is no host: then they do what an empty host would, so that plug-ins can
//! be checked and their functions unit-tested like any other code.

#[cfg(not(target_family = "wasm"))]
mod native;
#[cfg(target_family = "wasm")]
mod wasm;

#[cfg(not(target_family = "wasm"))]
pub(crate) use self::native::*;
#[cfg(target_family = "wasm")]
pub(crate) use self::wasm::*;
