//! `load_u32` and `store_u32`, which only the earliest PDKs used.

use wasmtime::{Caller, Linker, Memory};

use super::kernel_of;
use crate::{fuse::DIALECTS, kernel::layout::HEAP, store::StoreData};

pub(super) const NAMES: [&str; 2] = ["load_u32", "store_u32"];

pub(super) fn add_to_linker(linker: &mut Linker<StoreData>) -> wasmtime::Result<()> {
    let [load, store] = NAMES;
    for dialect in DIALECTS.iter().filter(|dialect| dialect.is_old) {
        linker.func_wrap(dialect.namespace, &dialect.name(load), load_u32)?;
        linker.func_wrap(dialect.namespace, &dialect.name(store), store_u32)?;
    }
    Ok(())
}

/// `load_u32(offset) -> value`: returns 0 if out of bounds.
fn load_u32(mut caller: Caller<'_, StoreData>, offset: i64) -> wasmtime::Result<i32> {
    let memory = kernel_of(&caller, "load_u32")?;
    Ok(word(memory, &mut caller, offset).map_or(0, |bytes| i32::from_le_bytes(*bytes)))
}

/// `store_u32(offset, value)`: does nothing if out of bounds.
fn store_u32(mut caller: Caller<'_, StoreData>, offset: i64, value: i32) -> wasmtime::Result<()> {
    let memory = kernel_of(&caller, "store_u32")?;
    if let Some(bytes) = word(memory, &mut caller, offset) {
        *bytes = value.to_le_bytes();
    }
    Ok(())
}

/// Returns the four bytes at this offset, unless they are the kernel's own.
fn word<'c>(memory: Memory, caller: &'c mut Caller<'_, StoreData>, offset: i64) -> Option<&'c mut [u8; 4]> {
    let start = usize::try_from(offset).ok().filter(|start| *start >= HEAP as usize)?;
    memory.data_mut(caller).get_mut(start..)?.first_chunk_mut()
}
