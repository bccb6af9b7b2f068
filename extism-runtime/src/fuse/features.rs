use wasmparser::{Payload, TypeRef, WasmFeatures};

use super::FuseError;

/// The proposals that a plug-in may use: those that wasmtime enables by default, given the features that this crate
/// builds it with, and wide arithmetic, which the official runtime supports too. The threads proposal is included for
/// its atomic instructions, which compilers emit even for modules that never share a memory; shared memories are
/// refused by [`refuse_shared_memories`]. Components are refused with an error of their own.
pub(crate) const FEATURES: WasmFeatures = WasmFeatures::WASM3.union(WasmFeatures::WIDE_ARITHMETIC);

/// Refuses memories that are shared between threads, whether defined or imported.
///
/// An instance belongs to one call at a time; its limits, its isolation and the host's access to its memory
/// rely on that. Besides, plug-ins could not use a shared memory, since they have no way to start threads.
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
