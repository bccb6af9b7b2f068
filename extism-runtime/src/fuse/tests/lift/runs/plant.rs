//! Puts a loop that copies at the start of each function of a module.

use std::convert::Infallible;

use wasm_encoder::{
    BlockType, CodeSection, Function, Instruction, MemArg, Module, ValType,
    reencode::{Error, Reencode},
};
use wasmparser::{CompositeInnerType, FunctionBody, Parser, Payload, TypeRef};

/// Plants loops, if the module has what they need: `load_u64` or `store_u64` and a memory with 32-bit addresses.
pub(super) fn loops(wasm: &[u8], seed: u64) -> Option<Vec<u8>> {
    let mut planter = Planter { seed, ..Planter::default() };
    planter.read(wasm);
    if planter.memory64 != Some(false) || planter.load.or(planter.store).is_none() {
        return None;
    }
    let mut module = Module::new();
    planter.parse_core_module(&mut module, Parser::new(0), wasm).unwrap();
    Some(module.finish())
}

#[derive(Default)]
struct Planter {
    seed: u64,
    /// The functions that the loop copies with.
    load: Option<u32>,
    store: Option<u32>,
    memory64: Option<bool>,
    /// The parameters of each type; the types of the functions.
    params: Vec<u32>,
    types: Vec<u32>,
    /// The index of the next function.
    at: usize,
}

impl Planter {
    fn read(&mut self, wasm: &[u8]) {
        let mut imported = 0;
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.unwrap() {
                Payload::TypeSection(section) => {
                    self.params = section
                        .into_iter()
                        .flat_map(|group| group.unwrap().into_types().collect::<Vec<_>>())
                        .map(|ty| match ty.composite_type.inner {
                            CompositeInnerType::Func(ty) => ty.params().len().try_into().unwrap(),
                            _ => 0,
                        })
                        .collect();
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports().map(Result::unwrap) {
                        match import.ty {
                            TypeRef::Func(_) => {
                                match (import.module, import.name) {
                                    ("extism:host/env", "load_u64") => self.load = Some(imported),
                                    ("extism:host/env", "store_u64") => self.store = Some(imported),
                                    _ => {}
                                }
                                imported += 1;
                            }
                            TypeRef::Memory(memory) => _ = self.memory64.get_or_insert(memory.memory64),
                            _ => {}
                        }
                    }
                }
                Payload::MemorySection(section) => {
                    section.into_iter().for_each(|memory| _ = self.memory64.get_or_insert(memory.unwrap().memory64));
                }
                Payload::FunctionSection(section) => self.types = section.into_iter().map(Result::unwrap).collect(),
                _ => {}
            }
        }
    }

    fn number(&mut self, of: u64) -> u64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) % of
    }

    /// Writes a loop with three locals from `first` on: `i32`, `i64`, `i64`.
    fn plant(&mut self, first: u32, function: &mut Function) {
        let [pointer, address, count] = [first, first + 1, first + 2];
        let start = i32::try_from(self.number(70_000)).unwrap();
        let (from, times) = (self.number(70_000).cast_signed(), (1 + self.number(300)).cast_signed());
        let argument = MemArg { offset: self.number(3), align: 0, memory_index: 0 };
        for (value, local) in [
            (Instruction::I32Const(start), pointer),
            (Instruction::I64Const(from), address),
            (Instruction::I64Const(times), count),
        ] {
            function.instruction(&value).instruction(&Instruction::LocalSet(local));
        }
        function.instruction(&Instruction::Loop(BlockType::Empty));
        let copy = match (self.load, self.store) {
            (Some(load), None) => from_kernel(pointer, address, load, argument),
            (Some(load), Some(_)) if self.number(2) == 0 => from_kernel(pointer, address, load, argument),
            (_, store) => to_kernel(pointer, address, store.unwrap(), argument),
        };
        for instruction in &copy {
            function.instruction(instruction);
        }
        for instruction in [
            Instruction::LocalGet(pointer),
            Instruction::I32Const(8),
            Instruction::I32Add,
            Instruction::LocalSet(pointer),
            Instruction::LocalGet(address),
            Instruction::I64Const(8),
            Instruction::I64Add,
            Instruction::LocalSet(address),
            Instruction::LocalGet(count),
            Instruction::I64Const(1),
            Instruction::I64Sub,
            Instruction::LocalTee(count),
            Instruction::I64Const(0),
            Instruction::I64Ne,
            Instruction::BrIf(0),
            Instruction::End,
        ] {
            function.instruction(&instruction);
        }
    }
}

fn from_kernel(pointer: u32, address: u32, load: u32, argument: MemArg) -> [Instruction<'static>; 4] {
    [
        Instruction::LocalGet(pointer),
        Instruction::LocalGet(address),
        Instruction::Call(load),
        Instruction::I64Store(argument),
    ]
}

fn to_kernel(pointer: u32, address: u32, store: u32, argument: MemArg) -> [Instruction<'static>; 4] {
    [
        Instruction::LocalGet(address),
        Instruction::LocalGet(pointer),
        Instruction::I64Load(argument),
        Instruction::Call(store),
    ]
}

impl Reencode for Planter {
    type Error = Infallible;

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Result<(), Error> {
        let mut locals = Vec::new();
        let mut first = self.params[self.types[self.at] as usize];
        self.at += 1;
        for group in body.get_locals_reader()? {
            let (count, ty) = group?;
            first += count;
            locals.push((count, self.val_type(ty)?));
        }
        locals.extend([(1, ValType::I32), (2, ValType::I64)]);
        let mut function = Function::new(locals);
        self.plant(first, &mut function);
        for operator in body.get_operators_reader()? {
            function.instruction(&self.instruction(operator?)?);
        }
        code.function(&function);
        Ok(())
    }
}
