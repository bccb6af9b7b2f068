//! A module of 1.5 MB to compile.
//!
//! The compiler's time depends on the shape of functions, so the module consists of real ones: the code of
//! `count_vowels.wasm` (Rust, with its PDK, `serde_json` and allocator), repeated many times. The functions
//! of each copy call each other, and all copies share the memory, the globals and the imports. That keeps the
//! share of kernel calls the same as in a real guest, needs no large file in the repository, and produces the
//! same bytes on every machine.

use wasm_encoder::{
    CodeSection, FunctionSection, Module,
    reencode::{Error, Reencode, utils},
};
use wasmparser::{BinaryReaderError, CodeSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

use crate::guests::COUNT_VOWELS;

/// The number of copies of the code.
const COPIES: u32 = 24;

/// The module.
///
/// # Errors
///
/// Returns an error if `count_vowels.wasm` is not a module.
pub fn module() -> Result<Vec<u8>, Error> {
    let (imported, defined) = functions(COUNT_VOWELS)?;
    let mut module = Module::new();
    let mut copier = Copier { imported, defined, copy: 0 };
    copier.parse_core_module(&mut module, Parser::new(0), COUNT_VOWELS)?;
    Ok(module.finish())
}

/// Returns how many functions a module imports, and how many it defines.
fn functions(wasm: &[u8]) -> Result<(u32, u32), BinaryReaderError> {
    let (mut imported, mut defined) = (0, 0);
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::FunctionSection(section) => defined = section.count(),
            _ => {}
        }
    }
    Ok((imported, defined))
}

/// Rewrites a module with several copies of its code.
struct Copier {
    imported: u32,
    defined: u32,
    /// The copy that is being written.
    copy: u32,
}

impl Reencode for Copier {
    type Error = std::convert::Infallible;

    /// Functions of a copy call those of the same copy.
    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        let moved = if function < self.imported { 0 } else { self.copy * self.defined };
        Ok(function + moved)
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error> {
        for _ in 0..COPIES {
            utils::parse_function_section(self, functions, section.clone())?;
        }
        Ok(())
    }

    fn parse_code_section(&mut self, code: &mut CodeSection, section: CodeSectionReader<'_>) -> Result<(), Error> {
        for copy in 0..COPIES {
            self.copy = copy;
            utils::parse_code_section(self, code, section.clone())?;
        }
        self.copy = 0;
        Ok(())
    }
}
