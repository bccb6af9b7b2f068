use std::collections::BTreeSet;

use wasmparser::{ExternalKind, Parser, Payload, TypeRef};

use super::Initializer;
#[cfg(feature = "snapshot")]
use super::init::{InitCall, init_calls};
use crate::{
    fuse,
    value::{ExternType, ValType},
    wasm_types::func_type,
};

/// The namespace of WASI preview 1.
pub(crate) const WASI: &str = "wasi_snapshot_preview1";

/// The properties of a module that can be read without compiling it.
#[derive(Default)]
pub(crate) struct ModuleSummary {
    /// The namespaces that it imports from.
    pub(super) namespaces: BTreeSet<String>,
    /// Its imports from the environment, under any of its names: namespaces and names.
    pub(super) env_imports: Vec<(String, String)>,
    /// The functions that it exports under possible names of environment functions: see
    /// [`Given`](fuse::Given).
    exports_like_environment: Vec<String>,
    /// The namespaces from which it imports anything other than functions: memories, tables, globals, tags.
    shared: BTreeSet<String>,
    /// Its exports named like initializers.
    pub(super) initializers: Vec<Initializer>,
    /// Whether it exports a function `_start`.
    exports_start: bool,
    /// The most bytes that any of its memories may ever have.
    pub(super) largest_memory: u128,
    /// Whether it may tell the lines of its code.
    pub(super) has_lines: bool,
    /// Whether it has a start function.
    #[cfg_attr(not(feature = "snapshot"), allow(dead_code, reason = "only snapshots need it"))]
    pub(crate) has_start: bool,
}

impl ModuleSummary {
    /// Reads a module, valid or not.
    pub(crate) fn parse(wasm: &[u8]) -> Result<Self, wasmparser::BinaryReaderError> {
        let mut summary = Self::default();
        // The types of functions by function index, and the function signatures by type index.
        let (mut functions, mut types) = (Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(section) => {
                    for group in section {
                        types.extend(group?.into_types().map(signature));
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        if fuse::environment(import.module, import.name).is_some() {
                            summary.env_imports.push((import.module.to_owned(), import.name.to_owned()));
                        }
                        if import.module != fuse::MODULE {
                            summary.namespaces.insert(import.module.to_owned());
                        }
                        if let TypeRef::Func(ty) | TypeRef::FuncExact(ty) = import.ty {
                            functions.push(ty);
                        } else {
                            summary.shared.insert(import.module.to_owned());
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
                        summary.largest_memory = summary.largest_memory.max(most_bytes(&memory?));
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        if fuse::DIALECTS.iter().any(|dialect| dialect.is_old && dialect.knows(export.name)) {
                            summary.exports_like_environment.push(export.name.to_owned());
                        }
                        summary.exports_start |= export.name == "_start"
                            && matches!(export.kind, ExternalKind::Func | ExternalKind::FuncExact);
                        if Initializer::NAMES.contains(&export.name) {
                            let ty = functions.get(export.index as usize).and_then(|ty| types.get(*ty as usize));
                            let ty = initializer_type(export.kind, ty.and_then(Option::as_ref));
                            summary.initializers.push(Initializer { name: export.name.to_owned(), ty });
                        }
                    }
                }
                Payload::StartSection { .. } => summary.has_start = true,
                Payload::CustomSection(section) if section.name() == fuse::DEBUG_LINE => summary.has_lines = true,
                _ => {}
            }
        }
        Ok(summary)
    }

    /// Returns the namespaces that it imports from, except the environment's.
    pub(crate) fn namespaces(&self) -> impl Iterator<Item = &str> {
        self.namespaces.iter().map(String::as_str)
    }

    /// Returns whether it is what WASI calls a command: a program that starts anew each time it is called, instead of a
    /// library.
    pub(crate) fn is_command(&self) -> bool {
        self.exports_start && !self.initializers.iter().any(|initializer| initializer.name == "_initialize")
    }

    /// Returns whether it imports anything other than functions from this namespace.
    pub(crate) fn shares(&self, namespace: &str) -> bool {
        self.shared.contains(namespace)
    }

    /// Returns what initializes an instance of the module, besides its start function.
    #[cfg(feature = "snapshot")]
    pub(crate) fn init_calls(&self) -> Vec<InitCall> {
        init_calls(None, &self.initializers)
    }

    /// Returns the environment functions that the module provides when linked under this name.
    pub(crate) fn given<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.exports_like_environment.iter().map(move |export| (name, export.as_str()))
    }
}

/// Returns a type's signature, if it is a function type.
fn signature(ty: wasmparser::SubType) -> Option<wasmparser::FuncType> {
    match ty.composite_type.inner {
        wasmparser::CompositeInnerType::Func(ty) => Some(ty),
        _ => None,
    }
}

/// Returns the type of an export, in as much detail as an initializer needs. Invalid exports are refused later.
fn initializer_type(kind: ExternalKind, ty: Option<&wasmparser::FuncType>) -> ExternType {
    match (kind, ty) {
        (ExternalKind::Func | ExternalKind::FuncExact, Some(ty)) => ExternType::Func(func_type(ty)),
        (ExternalKind::Memory, _) => ExternType::Memory { minimum: 0, maximum: None },
        (ExternalKind::Global, _) => ExternType::Global { ty: ValType::I32, mutable: false },
        (ExternalKind::Tag, _) => ExternType::Tag,
        _ => ExternType::Table,
    }
}

/// Returns the bytes that a memory may grow to.
fn most_bytes(memory: &wasmparser::MemoryType) -> u128 {
    let page = memory.page_size_log2.unwrap_or(16).min(64);
    // A 32-bit memory has at most 4 GiB, whatever it declares.
    let addressable = if memory.memory64 { u128::from(u64::MAX) + 1 } else { 1 << 32 };
    memory.maximum.map_or(addressable, |pages| (u128::from(pages) << page).min(addressable))
}
