use proc_macro2::Span;
use syn::{Path, parse_quote};

use super::KeyValue;

/// The crate that re-exports a macro, which decides what it expands to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// `extism-runtime` for a host.
    Host,
    /// `extism-runtime` compiled to WebAssembly, which is the plug-in's side under the host's name.
    Wasm,
    /// `extism-guest`.
    Guest,
}

impl Side {
    /// Where the expansion finds the runtime: where `crate = ..` says, or else in the crate that has the macro.
    pub(crate) fn locate(self, given: &mut Option<KeyValue<Path>>) {
        if self == Self::Guest && given.is_none() {
            *given = Some(KeyValue { key: Span::call_site(), value: parse_quote!(::extism_guest) });
        }
    }
}
