use std::collections::BTreeSet;

use wasmparser::{ExternalKind, Parser, Payload, TypeRef};

use crate::fuse;

/// What can be read off a module without compiling it.
#[derive(Default)]
pub(crate) struct Shape {
    /// The namespaces that it imports from.
    pub(super) namespaces: BTreeSet<String>,
    /// The names that it imports from the environment.
    pub(super) env_imports: Vec<String>,
    /// The exported functions that could be initializers: the name, how many parameters.
    initializers: Vec<(String, usize)>,
    /// The most bytes that one of its memories may ever have.
    pub(super) largest_memory: u128,
}

/// The functions that initialize languages' runtimes.
const INITIALIZERS: [&str; 3] = ["_initialize", "__wasm_call_ctors", "hs_init"];

impl Shape {
    /// Reads a module that need not be valid.
    pub(crate) fn parse(wasm: &[u8]) -> Result<Self, wasmparser::BinaryReaderError> {
        let mut shape = Self::default();
        // Types of functions by their indices, and how many `i32`s these types take if they return nothing.
        let (mut functions, mut types) = (Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(section) => {
                    for group in section {
                        types.extend(group?.into_types().map(|ty| initializer_params(&ty)));
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        if import.module == fuse::MODULE {
                            shape.env_imports.push(import.name.to_owned());
                        } else {
                            shape.namespaces.insert(import.module.to_owned());
                        }
                        if let TypeRef::Func(ty) | TypeRef::FuncExact(ty) = import.ty {
                            functions.push(ty);
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    for ty in section {
                        functions.push(ty?);
                    }
                }
                Payload::MemorySection(section) => {
                    for memory in section {
                        shape.largest_memory = shape.largest_memory.max(most_bytes(&memory?));
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        if export.kind == ExternalKind::Func && INITIALIZERS.contains(&export.name) {
                            let ty = functions.get(export.index as usize).and_then(|ty| types.get(*ty as usize));
                            shape.initializers.extend(ty.copied().flatten().map(|n| (export.name.to_owned(), n)));
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(shape)
    }

    /// The namespaces that it imports from, the environment aside.
    pub(crate) fn namespaces(&self) -> impl Iterator<Item = &str> {
        self.namespaces.iter().map(String::as_str)
    }

    /// Whether it exports a function of this name that takes so many `i32`s.
    pub(super) fn exports_initializer(&self, name: &str, params: usize) -> bool {
        self.initializers.iter().any(|(known, count)| known == name && *count == params)
    }
}

/// How many `i32`s a function type takes, if it takes only these and returns nothing.
fn initializer_params(ty: &wasmparser::SubType) -> Option<usize> {
    let wasmparser::CompositeInnerType::Func(ty) = &ty.composite_type.inner else { return None };
    let plain = ty.params().iter().all(|param| *param == wasmparser::ValType::I32) && ty.results().is_empty();
    plain.then_some(ty.params().len())
}

/// The bytes that a memory may grow to.
fn most_bytes(memory: &wasmparser::MemoryType) -> u128 {
    let page = memory.page_size_log2.unwrap_or(16).min(64);
    // A memory of 32 bits has 4 GiB at most, whatever it declares.
    let addressable = if memory.memory64 { u128::from(u64::MAX) + 1 } else { 1 << 32 };
    memory.maximum.map_or(addressable, |pages| (u128::from(pages) << page).min(addressable))
}
