//! The kernel's memory: handles.

use extism_pdk::{Error, FnResult, Json, Memory, extism, plugin_fn};
use serde::Serialize;

/// Makes `bytes` the error of this call.
pub(crate) fn set_error(bytes: &[u8]) {
    if let Ok(message) = Memory::from_bytes(bytes) {
        // SAFETY: the handle is of a live block.
        unsafe { extism::error_set(message.offset()) };
    }
}

/// The observations of `memory_handles`.
#[derive(Serialize)]
struct Handles {
    /// Length of a block of the input's bytes.
    length: u64,
    /// Whether the block is found by its offset, with the same bytes.
    found: bool,
    /// The length for an offset in the middle of the block.
    length_inside: u64,
    /// The length for the block's offset once it is freed.
    length_freed: u64,
    /// The length of the handle 0.
    length_null: u64,
    /// The handle of an empty allocation.
    empty: u64,
}

/// Bytes in, two at least; out, as JSON, what allocating, finding and freeing a block of them shows.
#[plugin_fn]
pub fn memory_handles(bytes: Vec<u8>) -> FnResult<Json<Handles>> {
    let block = Memory::from_bytes(&bytes)?;
    let offset = block.offset();
    let length = |offset| {
        // SAFETY: any offset may be asked for.
        unsafe { extism::length(offset) }
    };
    let found = Memory::find(offset).is_some_and(|found| found.to_vec() == bytes);
    let (before, inside) = (length(offset), length(offset + 1));
    block.free();
    Ok(Json(Handles {
        length: before,
        found,
        length_inside: inside,
        length_freed: length(offset),
        length_null: length(0),
        // SAFETY: any length may be asked for.
        empty: unsafe { extism::alloc(0) },
    }))
}

/// Decimal text in, a number of bytes: allocates a block of that length in the kernel's memory,
/// stores a byte at each of its ends, and loads them again. Out, the length.
#[plugin_fn]
pub fn alloc_kernel(bytes: String) -> FnResult<String> {
    let bytes: u64 = bytes.trim().parse()?;
    // SAFETY: any length may be asked for, and what is stored lies in the block.
    unsafe {
        let block = extism::alloc(bytes);
        if block == 0 {
            return Err(Error::msg(format!("cannot allocate {bytes} bytes")).into());
        }
        extism::store_u8(block, 1);
        extism::store_u8(block + bytes - 1, 2);
        let last = extism::load_u8(block + bytes - 1);
        if last != 2 {
            return Err(Error::msg(format!("loaded {last} instead of 2")).into());
        }
        Ok(extism::length(block).to_string())
    }
}

/// Decimal text in, a number of rounds: in each, allocates and frees blocks of 1 to 1024 bytes.
/// Needs no more memory for many rounds than for one. Out, the highest offset seen.
#[plugin_fn]
pub fn alloc_and_free(rounds: String) -> FnResult<String> {
    let mut highest = 0;
    for _ in 0..rounds.trim().parse::<u64>()? {
        // SAFETY: as above.
        unsafe {
            let blocks: [u64; 11] = std::array::from_fn(|i| extism::alloc(1 << i));
            highest = blocks.into_iter().fold(highest, u64::max);
            for block in blocks {
                extism::free(block);
            }
        }
    }
    Ok(highest.to_string())
}
