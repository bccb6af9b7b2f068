//! The kernel: the memory that a plug-in and its host share, with its allocator and the input, output and error of a
//! call.
//!
//! [`layout`] describes that memory. Guests access it with the functions of `kernel.wat`, which [`fuse`](crate::fuse)
//! makes part of them; the host accesses it with the functions here, which take the memory as a byte slice and are
//! independent of the engine. Both sides allocate and free in the same memory. No content of the memory, however a
//! guest made it, makes these functions panic, loop, or touch anything outside of the slice.

mod alloc;
mod block;
mod bytes;
mod call;
mod error;
pub(crate) mod layout;
#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "memories of tests are small")]
pub(crate) mod reference;
mod room;
mod source;
#[cfg(test)]
pub(crate) mod tests;

#[cfg(test)]
pub(crate) use self::call::length;
pub(crate) use self::{
    alloc::{alloc, alloc_area, free, reserve},
    call::{
        block, block_mut, commit_input, error, generation, has_error, input, input_area, is_exhausted, output_range,
        reset, set_bounded, set_error, slice, slice_mut, wipe, wipe_blocks,
    },
    error::KernelError,
    room::Alloc,
    source::wat,
};
