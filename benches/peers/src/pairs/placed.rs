//! The same module with its code at other addresses.
//!
//! Where code lies changes how fast it runs, by up to a quarter for some guests: loops cross the lines of caches, and branches
//! share entries of the branch predictor. Two builds of a guest differ by that, too, so comparing them at one place each says little.

use std::convert::Infallible;

use peers_work::Result;
use wasm_encoder::{
    CodeSection, FunctionSection, Instruction, MemArg, Module, TypeSection,
    reencode::{Error, Reencode, utils},
};
use wasmparser::{CodeSectionReader, FunctionBody, FunctionSectionReader, Parser, Payload, TypeRef, TypeSectionReader};

/// The number of places.
pub const PLACES: u32 = 16;

/// How many more stores the first function has at each place than at the one before. A store takes about ten bytes of code, so
/// that the places differ in how code lies within a cache line.
const STEP: u32 = 3;

/// Returns a module whose functions come after another one, which is never called. `place` determines how long that is.
pub fn placed(wasm: &[u8], place: u32) -> Result<Vec<u8>> {
    let (mut imports, mut types) = (0, 0);
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imports += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::TypeSection(section) => types = section.count(),
            _ => {}
        }
    }
    let mut module = Module::new();
    Placer { imports, types, stores: place * STEP }.parse_core_module(&mut module, Parser::new(0), wasm)?;
    Ok(module.finish())
}

struct Placer {
    /// The number of functions that the module imports, and that of its types.
    imports: u32,
    types: u32,
    /// The number of stores in the function that comes first.
    stores: u32,
}

type Encoded<T = ()> = std::result::Result<T, Error<Infallible>>;

impl Reencode for Placer {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Encoded<u32> {
        Ok(function + u32::from(function >= self.imports))
    }

    fn parse_type_section(&mut self, types: &mut TypeSection, section: TypeSectionReader<'_>) -> Encoded {
        utils::parse_type_section(self, types, section)?;
        types.ty().function([], []);
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Encoded {
        functions.function(self.types);
        utils::parse_function_section(self, functions, section)
    }

    fn parse_code_section(&mut self, code: &mut CodeSection, section: CodeSectionReader<'_>) -> Encoded {
        utils::parse_code_section(self, code, section)
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Encoded {
        if code.is_empty() {
            let mut first = wasm_encoder::Function::new([]);
            for at in 0..self.stores.cast_signed() {
                let everywhere = MemArg { offset: 0, align: 0, memory_index: 0 };
                first.instruction(&Instruction::I32Const(at)).instruction(&Instruction::I64Const(i64::MAX));
                first.instruction(&Instruction::I64Store(everywhere));
            }
            first.instruction(&Instruction::End);
            code.function(&first);
        }
        utils::parse_function_body(self, code, body)
    }
}

#[cfg(test)]
mod tests {
    use extism_runtime::{Engine, PluginBuilder};

    use super::*;

    #[test]
    fn modules_do_the_same_at_each_place() {
        let wasm = include_bytes!("../../../../examples/plugins/echo_pdk.wasm");
        let engine = Engine::builder().with_cache(false).build().unwrap();
        let mut lengths = Vec::new();
        for place in [0, 1, PLACES - 1] {
            let placed = placed(wasm, place).unwrap();
            let mut plugin = PluginBuilder::new(&placed[..]).with_engine(&engine).build().unwrap();
            assert_eq!(plugin.call::<_, String>("echo", "hello").unwrap(), "hello");
            lengths.push(placed.len());
        }
        assert!(lengths.is_sorted_by(|one, other| one < other), "{lengths:?}");
    }
}
