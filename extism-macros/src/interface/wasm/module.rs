//! A module's imports and exports, which is all that the check needs. Function bodies are not read.

use wasmparser::{
    BinaryReaderError, CompositeInnerType, Encoding, ExternalKind, MemoryType, Parser, Payload, TypeRef, ValType,
};

/// A module's imports and exports.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// The imports in the module's order.
    pub(super) imports: Vec<ModuleImport>,
    /// The exports in the module's order.
    pub(super) exports: Vec<ModuleExport>,
}

#[derive(Debug)]
pub(super) struct ModuleImport {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) ty: Type,
}

#[derive(Debug)]
pub(super) struct ModuleExport {
    pub(super) name: String,
    pub(super) ty: Type,
}

/// The type of an import or export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Func(Signature),
    /// Another kind: `memory`, `table`, `global` or `tag`.
    Other(&'static str),
}

/// A function's parameters and results, with the text format's names of types; `ref` for all references.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Signature {
    pub(super) params: Vec<&'static str>,
    pub(super) results: Vec<&'static str>,
}

impl Signature {
    /// Whether a plug-in's function can have this signature.
    pub(super) fn is_callable(&self) -> bool {
        self.params.is_empty() && matches!(*self.results, [] | ["i32"])
    }
}

/// Why a file is not a module.
#[derive(Debug)]
pub(super) enum NoModule {
    /// It is a component, or not WebAssembly at all.
    Kind(&'static str),
    /// It is damaged.
    Invalid(BinaryReaderError),
}

impl From<BinaryReaderError> for NoModule {
    fn from(error: BinaryReaderError) -> Self {
        Self::Invalid(error)
    }
}

/// Reads a module.
pub(super) fn read(bytes: &[u8]) -> Result<Module, NoModule> {
    if !bytes.starts_with(b"\0asm") {
        let text = bytes.trim_ascii_start().starts_with(b"(");
        return Err(NoModule::Kind(if text {
            "is WebAssembly text: assemble it, for instance with `wat2wasm`"
        } else {
            "is not a WebAssembly module"
        }));
    }
    let mut reader = Reader::default();
    for payload in Parser::new(0).parse_all(bytes) {
        reader.payload(payload?)?;
    }
    Ok(reader.module)
}

#[derive(Default)]
struct Reader {
    module: Module,
    /// All types; `None` for those that are not function types.
    types: Vec<Option<Signature>>,
    /// The types of all functions, the imported ones first.
    functions: Vec<u32>,
}

impl Reader {
    fn payload(&mut self, payload: Payload<'_>) -> Result<(), NoModule> {
        match payload {
            Payload::Version { encoding: Encoding::Component, .. } => {
                return Err(NoModule::Kind("is a component: an Extism plug-in is a core module"));
            }
            Payload::TypeSection(types) => {
                for group in types {
                    self.types.extend(group?.types().map(|ty| signature(&ty.composite_type.inner)));
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import?;
                    if let TypeRef::Memory(memory) = import.ty {
                        refuse_shared(memory)?;
                    }
                    self.import(&import);
                }
            }
            Payload::MemorySection(memories) => {
                for memory in memories {
                    refuse_shared(memory?)?;
                }
            }
            Payload::FunctionSection(functions) => {
                for function in functions {
                    self.functions.push(function?);
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    self.export(&export?);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn import(&mut self, import: &wasmparser::Import<'_>) {
        let ty = match import.ty {
            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => {
                self.functions.push(ty);
                Type::Func(self.signature(ty))
            }
            TypeRef::Table(_) => Type::Other("table"),
            TypeRef::Memory(_) => Type::Other("memory"),
            TypeRef::Global(_) => Type::Other("global"),
            TypeRef::Tag(_) => Type::Other("tag"),
        };
        self.module.imports.push(ModuleImport {
            namespace: import.module.to_owned(),
            name: import.name.to_owned(),
            ty,
        });
    }

    fn export(&mut self, export: &wasmparser::Export<'_>) {
        let ty = match export.kind {
            ExternalKind::Func | ExternalKind::FuncExact => {
                let ty = self.functions.get(export.index as usize).copied();
                Type::Func(ty.map_or_else(Signature::default, |ty| self.signature(ty)))
            }
            ExternalKind::Table => Type::Other("table"),
            ExternalKind::Memory => Type::Other("memory"),
            ExternalKind::Global => Type::Other("global"),
            ExternalKind::Tag => Type::Other("tag"),
        };
        self.module.exports.push(ModuleExport { name: export.name.to_owned(), ty });
    }

    /// The signature of a type; empty for an index that cannot occur in a valid module.
    fn signature(&self, index: u32) -> Signature {
        self.types.get(index as usize).cloned().flatten().unwrap_or_default()
    }
}

/// Refuses shared memories, because plug-ins have no threads to share them with.
fn refuse_shared(memory: MemoryType) -> Result<(), NoModule> {
    if memory.shared {
        return Err(NoModule::Kind("has a shared memory, but a plug-in runs on one thread: build it without threads"));
    }
    Ok(())
}

fn signature(ty: &CompositeInnerType) -> Option<Signature> {
    let CompositeInnerType::Func(ty) = ty else { return None };
    let names = |types: &[ValType]| types.iter().map(|ty| name(*ty)).collect();
    Some(Signature { params: names(ty.params()), results: names(ty.results()) })
}

fn name(ty: ValType) -> &'static str {
    match ty {
        ValType::I32 => "i32",
        ValType::I64 => "i64",
        ValType::F32 => "f32",
        ValType::F64 => "f64",
        ValType::V128 => "v128",
        ValType::Ref(_) => "ref",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memory_may_be_there_but_not_a_shared_one() {
        let with = |section: &[u8]| read(&[b"\0asm\x01\0\0\0", section].concat());
        assert!(with(&[5, 3, 1, 0, 1]).is_ok());
        // A defined shared memory of one page, and one that is imported from the module `m`.
        for shared in [&[5, 4, 1, 3, 1, 1][..], &[2, 9, 1, 1, b'm', 1, b'm', 2, 3, 1, 1]] {
            let Err(NoModule::Kind(kind)) = with(shared) else { panic!("{shared:?} is refused") };
            assert!(kind.contains("a shared memory"), "{kind}");
        }
    }
}
