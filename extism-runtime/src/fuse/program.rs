//! `kernel.wat`, parsed: the functions that are put into guests.

use std::{collections::HashMap, ops::Range, sync::LazyLock};

use wasmparser::{BinaryReader, ExternalKind, FuncType, FunctionBody, Operator, Parser, Payload};

use super::FuseError;
use crate::kernel;

/// The functions whose few instructions take the place of a call: a copy loop calls one for every byte
/// or every eight. They have no calls, no `return`, and no locals besides their parameters.
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
}

/// One function of the kernel.
pub(super) struct Function {
    /// Its parameters and results.
    pub(super) signature: FuncType,
    /// The functions that it calls.
    pub(super) calls: Vec<usize>,
    /// Whether calls of it are replaced by its instructions.
    pub(super) inlined: bool,
    body: Range<usize>,
}

impl Program {
    /// The kernel, parsed once per process.
    pub(super) fn get() -> Result<&'static Self, FuseError> {
        PROGRAM.as_ref().map_err(Clone::clone)
    }

    /// The function that guests import under this name from `extism:host/env`. Those that need the host
    /// (config, vars, HTTP, log) are not here.
    pub(super) fn export(&self, name: &str) -> Option<usize> {
        self.exports.get(name).copied()
    }

    /// The number of functions.
    pub(super) fn len(&self) -> usize {
        self.functions.len()
    }

    /// A function by the index that [`export`](Self::export) and [`Function::calls`] give.
    pub(super) fn function(&self, index: usize) -> &Function {
        &self.functions[index]
    }

    /// The code of a function.
    pub(super) fn body(&self, function: &Function) -> FunctionBody<'_> {
        FunctionBody::new(BinaryReader::new(&self.wasm[function.body.clone()], function.body.start))
    }

    /// What backtraces call a function.
    pub(super) fn name(&self, index: usize) -> String {
        match self.exports.iter().find(|(_, function)| **function == index) {
            Some((name, _)) => format!("{}::{name}", super::MODULE),
            None => format!("{}::(internal {index})", super::MODULE),
        }
    }

    fn parse() -> Result<Self, FuseError> {
        let wasm = wat::parse_str(kernel::wat()).map_err(|error| FuseError::Kernel(error.to_string()))?;
        let (functions, exports) = read(&wasm).map_err(|error| FuseError::Kernel(error.to_string()))?;
        Ok(Self { wasm, functions, exports })
    }
}

fn read(wasm: &[u8]) -> wasmparser::Result<(Vec<Function>, HashMap<String, usize>)> {
    let mut types = Vec::new();
    let mut signatures = Vec::new();
    let mut functions = Vec::new();
    let mut exports = HashMap::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::TypeSection(section) => {
                types = section.into_iter_err_on_gc_types().collect::<wasmparser::Result<_>>()?;
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    signatures.extend(types.get(ty? as usize).cloned());
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind == ExternalKind::Func {
                        exports.insert(export.name.to_owned(), export.index as usize);
                    }
                }
            }
            Payload::CodeSectionEntry(body) => {
                let index = functions.len();
                let inlined = INLINED.iter().any(|name| exports.get(*name) == Some(&index));
                functions.extend(signatures.get(index).map(|signature| Function {
                    signature: signature.clone(),
                    calls: Vec::new(),
                    inlined,
                    body: body.range(),
                }));
                if let Some(function) = functions.last_mut() {
                    function.calls = calls(&body)?;
                }
            }
            _ => {}
        }
    }
    Ok((functions, exports))
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
