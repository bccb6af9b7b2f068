//! Small modules that stand for fused ones in wasmtime's cache.
//!
//! That cache finds the code of a module by a hash of the whole module. For a plug-in whose code is in the cache, the
//! fused module would be read from disk, checked and hashed for its code to be found, and be of no use after that. So
//! wasmtime is given a module of some two hundred bytes instead, which contains the fused module's key; and the file in which
//! wasmtime keeps the code of that small module gets the code of the fused one.

use wasm_encoder::{ConstExpr, CustomSection, ExportKind, ExportSection, GlobalSection, GlobalType, Module, ValType};

/// The only export of a stand-in. Code that has it was compiled from the stand-in itself.
const MARK: &str = "extism:stand-in";
/// The section with the key.
const SECTION: &str = "extism:fused";

/// Returns the module that stands for the fused module with this name.
pub(super) fn stand_in(fused: &str) -> Vec<u8> {
    let mut globals = GlobalSection::new();
    globals.global(GlobalType { val_type: ValType::I32, mutable: false, shared: false }, &ConstExpr::i32_const(0));
    let mut exports = ExportSection::new();
    exports.export(MARK, ExportKind::Global, 0);
    let mut module = Module::new();
    module.section(&globals).section(&exports);
    module.section(&CustomSection { name: SECTION.into(), data: fused.as_bytes().into() });
    module.finish()
}

/// Returns whether a module is a stand-in, so that the code that it stands for was not in the cache.
pub(super) fn is_stand_in(module: &wasmtime::Module) -> bool {
    module.get_export_index(MARK).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_valid_and_differ_by_what_they_stand_for() {
        let engine = wasmtime::Engine::default();
        for name in ["", "one", "other"] {
            let module = wasmtime::Module::from_binary(&engine, &stand_in(name)).unwrap();
            assert!(is_stand_in(&module));
        }
        assert_ne!(stand_in("one"), stand_in("other"));
        let guest = wasmtime::Module::from_binary(&engine, b"\0asm\x01\0\0\0").unwrap();
        assert!(!is_stand_in(&guest));
    }
}
