use wasmparser::{Payload, TypeRef, WasmFeatures};

use super::FuseError;

/// The proposals that a plug-in may use: those that wasmtime enables on its own, with the features that
/// this crate builds it with, and wide arithmetic, which the official runtime has too. Of the threads proposal that is
/// the atomic instructions, which compilers emit for modules that never share a memory; memories that are shared are
/// refused by [`refuse_shared_memories`]. Components are refused with an error of their own.
pub(crate) const FEATURES: WasmFeatures = WasmFeatures::WASM3.union(WasmFeatures::WIDE_ARITHMETIC);

/// Refuses memories that threads share, be they defined or imported.
///
/// An instance belongs to one call at a time, and its limits, its isolation and the host's access to its memory rest on that.
/// What a shared memory needs beyond it, a way to start threads, there is none of.
pub(crate) fn refuse_shared_memories(payload: &Payload<'_>) -> Result<(), FuseError> {
    match payload {
        Payload::MemorySection(section) => {
            for memory in section.clone() {
                if memory?.shared {
                    return Err(FuseError::SharedMemory { import: None });
                }
            }
        }
        Payload::ImportSection(section) => {
            for import in section.clone().into_imports() {
                let import = import?;
                if matches!(import.ty, TypeRef::Memory(memory) if memory.shared) {
                    let import = Some((import.module.to_owned(), import.name.to_owned()));
                    return Err(FuseError::SharedMemory { import });
                }
            }
        }
        _ => {}
    }
    Ok(())
}
