//! Random numbers from a seed. The bytes are created here and not by `wasmtime-wasi`, so that they stay the same however
//! its next versions use a generator.

use wasmtime::{Caller, Extern, Linker};

use super::{WASI, context::MAX_RANDOM, trap};
use crate::store::StoreData;

const SUCCESS: i32 = 0;
const EFAULT: i32 = 21;

/// Replaces the function that returns random bytes. The linker must allow shadowing.
pub(super) fn add_to_linker(linker: &mut Linker<StoreData>) -> wasmtime::Result<()> {
    linker.func_wrap(WASI, "random_get", random_get)?;
    Ok(())
}

fn random_get(mut caller: Caller<'_, StoreData>, start: i32, length: i32) -> wasmtime::Result<i32> {
    let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
        return Err(trap("the module imports WASI but exports no `memory`"));
    };
    let (start, length) = (start.cast_unsigned() as usize, length.cast_unsigned() as usize);
    if length as u64 > MAX_RANDOM {
        return Err(trap(format!("more than {MAX_RANDOM} random bytes at once")));
    }
    let (memory, data) = memory.data_and_store_mut(&mut caller);
    let Some(bytes) = start.checked_add(length).and_then(|end| memory.get_mut(start..end)) else { return Ok(EFAULT) };
    for piece in bytes.chunks_mut(8) {
        piece.copy_from_slice(&data.seeds.next().to_le_bytes()[..piece.len()]);
    }
    Ok(SUCCESS)
}
