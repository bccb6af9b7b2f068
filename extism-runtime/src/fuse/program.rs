//! `kernel.wat`, parsed: the functions that are fused into guests.

use std::{collections::HashMap, ops::Range, sync::LazyLock};

use wasmparser::{
    BinaryReader, CustomSectionReader, ExportSectionReader, ExternalKind, FuncType, FunctionBody, KnownCustom, Name,
    Operator, Parser, Payload,
};

use super::FuseError;
use crate::kernel;

/// The functions whose few instructions replace a call: a copy loop calls one for each byte or each eight bytes. They
/// contain no calls, no `return`, and no locals besides their parameters.
const INLINED: &[&str] = &[
    "input_length",
    "input_offset",
    "input_load_u8",
    "input_load_u64",
    "load_u8",
    "load_u64",
    "store_u8",
    "store_u64",
];

static PROGRAM: LazyLock<Result<Program, FuseError>> = LazyLock::new(Program::parse);

/// The kernel's functions.
pub(super) struct Program {
    wasm: Vec<u8>,
    functions: Vec<Function>,
    exports: HashMap<String, usize>,
    /// The names that the text gives to functions.
    names: HashMap<usize, String>,
}

/// A kernel function.
pub(super) struct Function {
    /// Its parameters and results.
    pub(super) signature: FuncType,
    /// The functions that it calls.
    pub(super) calls: Vec<usize>,
    /// Whether calls to it are replaced by its instructions.
    pub(super) inlined: bool,
    body: Range<usize>,
}

impl Program {
    /// Returns the kernel, which is parsed once per process.
    pub(super) fn get() -> Result<&'static Self, FuseError> {
        PROGRAM.as_ref().map_err(Clone::clone)
    }

    /// Returns the function that guests import under this name from `extism:host/env`. Functions that need the host
    /// (config, vars, HTTP, log) are not included.
    pub(super) fn export(&self, name: &str) -> Option<usize> {
        self.exports.get(name).copied()
    }

    /// Returns the number of functions.
    pub(super) fn len(&self) -> usize {
        self.functions.len()
    }

    /// Returns a function by its index, as in [`export`](Self::export) and [`Function::calls`].
    pub(super) fn function(&self, index: usize) -> &Function {
        &self.functions[index]
    }

    /// Returns the code of a function.
    pub(super) fn body(&self, function: &Function) -> FunctionBody<'_> {
        FunctionBody::new(BinaryReader::new(&self.wasm[function.body.clone()], function.body.start))
    }

    /// Returns a function's name in backtraces.
    pub(super) fn name(&self, index: usize) -> String {
        let exported = self.exports.iter().find(|(_, function)| **function == index).map(|(name, _)| name);
        let name = exported.or_else(|| self.names.get(&index)).map_or("unnamed", String::as_str);
        format!("{}::{name}", super::MODULE)
    }

    fn parse() -> Result<Self, FuseError> {
        let wasm = wat::parse_str(kernel::wat()).map_err(|error| FuseError::Kernel(error.to_string()))?;
        let mut program =
            Self { wasm: Vec::new(), functions: Vec::new(), exports: HashMap::new(), names: HashMap::new() };
        program.read(&wasm).map_err(|error| FuseError::Kernel(error.to_string()))?;
        Ok(Self { wasm, ..program })
    }

    fn read(&mut self, wasm: &[u8]) -> wasmparser::Result<()> {
        let mut types = Vec::new();
        let mut signatures = Vec::new().into_iter();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(section) => {
                    types = section.into_iter_err_on_gc_types().collect::<wasmparser::Result<Vec<_>>>()?;
                }
                Payload::FunctionSection(section) => {
                    let section = section.into_iter().collect::<wasmparser::Result<Vec<_>>>()?;
                    let signature = |ty: u32| types.get(ty as usize).cloned();
                    signatures = section.into_iter().filter_map(signature).collect::<Vec<_>>().into_iter();
                }
                Payload::ExportSection(section) => self.read_exports(section)?,
                Payload::CodeSectionEntry(body) => {
                    if let Some(signature) = signatures.next() {
                        self.read_function(signature, &body)?;
                    }
                }
                Payload::CustomSection(section) => self.read_names(&section)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn read_exports(&mut self, section: ExportSectionReader<'_>) -> wasmparser::Result<()> {
        for export in section {
            let export = export?;
            if export.kind == ExternalKind::Func {
                self.exports.insert(export.name.to_owned(), export.index as usize);
            }
        }
        Ok(())
    }

    fn read_function(&mut self, signature: FuncType, body: &FunctionBody<'_>) -> wasmparser::Result<()> {
        let index = self.functions.len();
        let inlined = INLINED.iter().any(|name| self.exports.get(*name) == Some(&index));
        self.functions.push(Function { signature, calls: calls(body)?, inlined, body: body.range() });
        Ok(())
    }

    fn read_names(&mut self, section: &CustomSectionReader<'_>) -> wasmparser::Result<()> {
        let KnownCustom::Name(parts) = section.as_known() else { return Ok(()) };
        for part in parts {
            if let Name::Function(names) = part? {
                for naming in names {
                    let naming = naming?;
                    self.names.insert(naming.index as usize, naming.name.to_owned());
                }
            }
        }
        Ok(())
    }
}

fn calls(body: &FunctionBody<'_>) -> wasmparser::Result<Vec<usize>> {
    let mut calls = Vec::new();
    for operator in body.get_operators_reader()? {
        if let Operator::Call { function_index } = operator? {
            calls.push(function_index as usize);
        }
    }
    Ok(calls)
}
