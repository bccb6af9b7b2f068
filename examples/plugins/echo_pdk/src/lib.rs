//! Returns its input: what a call costs when a PDK does the copying.

use extism_pdk::{FnResult, plugin_fn};

/// Bytes in, the same bytes out.
#[plugin_fn]
pub fn echo(input: Vec<u8>) -> FnResult<Vec<u8>> {
    Ok(input)
}
