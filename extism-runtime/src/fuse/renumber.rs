use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode};

use super::plan::Plan;

type Result<T> = std::result::Result<T, Error<Infallible>>;

/// Reencodes a part of the guest with the plan's indices.
pub(super) struct GuestReencoder<'a>(pub(super) &'a Plan);

impl Reencode for GuestReencoder<'_> {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32> {
        Ok(self.0.function(function))
    }

    fn memory_index(&mut self, memory: u32) -> Result<u32> {
        Ok(self.0.memory(memory))
    }
}

/// Reencodes a kernel function for its position in the guest.
pub(super) struct KernelReencoder<'a>(pub(super) &'a Plan);

impl Reencode for KernelReencoder<'_> {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32> {
        // The plan has positions for all functions that the kernel's functions call.
        Ok(self.0.kernel_function(function as usize).unwrap_or(u32::MAX))
    }

    fn memory_index(&mut self, _: u32) -> Result<u32> {
        Ok(self.0.memory)
    }
}
