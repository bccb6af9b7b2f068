#![allow(clippy::cast_possible_truncation, reason = "memories of tests are small")]

use super::{KernelError, output_range};

mod allocator;
mod call;
pub(crate) mod forged;
pub(crate) mod heap;
pub(crate) mod ops;

/// Returns the output as the host reads it.
pub(crate) fn output(memory: &[u8]) -> Result<&[u8], KernelError> {
    Ok(&memory[output_range(memory)?])
}
