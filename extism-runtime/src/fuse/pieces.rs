//! Copies in pieces, where a whole one would be slow.
//!
//! The engine copies with the C library's `memmove`. glibc's uses `rep movsb` from about 2 KiB on, and that
//! takes x86 processors a cycle per byte, twenty times longer, where the destination lies up to 15 bytes
//! after the source, modulo the page size of 4 KiB. Two adjacent blocks with a power of two bytes are in that
//! position, since a header lies between them. Pieces of 2 KiB are below the threshold.
//!
//! A guest's own copies ask whether that is so, and if it is, call a function that fusing adds: in most modules,
//! there are dozens of them.

use wasm_encoder::{BlockType, Function, Instruction, ValType};
use wasmparser::FuncType;

use super::{inline::SCRATCH, plan::Plan};

/// Bytes of a piece; copies of at most that many are made whole.
const PIECE: i32 = 2048;
/// The size of a page, and the distances that are slow: from 1 up to this.
const PAGE: i64 = 4096;
const SLOW: i64 = 15;

/// Scratch locals: a copy's destination and source, as `i64`, and its length, as `i32`.
#[derive(Clone, Copy)]
struct Places {
    to: u32,
    from: u32,
    length: u32,
}

impl Places {
    fn new(scratch: u32) -> Self {
        Self { to: scratch, from: scratch + 1, length: scratch + SCRATCH[0].0 }
    }
}

/// Writes a copy of ranges that are within their memories and do not overlap. On the stack are the length, as `i32`, and
/// the destination and the source, as `i64`, on top of it.
pub(super) fn copy_disjoint(scratch: u32, dst_mem: u32, src_mem: u32, code: &mut Vec<Instruction<'static>>) {
    let places = Places::new(scratch);
    code.extend([places.from, places.to, places.length].map(Instruction::LocalSet));
    // From one memory to another, a slow distance is rare; not worth its code, which makes short loops slower.
    if dst_mem == src_mem {
        code.push(Instruction::Block(BlockType::Empty));
        leave_unless_slow(places, code);
        all_but_last(places, dst_mem, src_mem, code);
        code.push(Instruction::End);
    }
    last(places, dst_mem, src_mem, code);
}

/// The guest's memory whose copies are made in pieces: the first one, with 32-bit addresses.
pub(super) const MEMORY: u32 = 0;

/// Returns the type of [`copier`]: from a copy's destination, source and length to whether it was made.
pub(super) fn copier_type() -> FuncType {
    FuncType::new([wasmparser::ValType::I32; 3], [wasmparser::ValType::I32])
}

/// Writes a copy within the guest's [`MEMORY`], as `memory.copy` does it. `copier` is the function of that name.
pub(super) fn copy_within(scratch: u32, plan: &Plan, copier: u32, code: &mut Vec<Instruction<'static>>) {
    let places = Places::new(scratch);
    let memory = plan.memory(MEMORY);
    code.push(Instruction::LocalSet(places.length));
    for place in [places.from, places.to] {
        code.extend([Instruction::I64ExtendI32U, Instruction::LocalSet(place)]);
    }
    code.extend([BlockType::Empty; 2].map(Instruction::Block));
    leave_unless_slow(places, code);
    for place in [places.to, places.from] {
        code.extend([Instruction::LocalGet(place), Instruction::I32WrapI64]);
    }
    code.extend([Instruction::LocalGet(places.length), Instruction::Call(copier)]);
    code.extend([Instruction::BrIf(1), Instruction::End]);
    last(places, memory, memory, code);
    code.push(Instruction::End);
}

/// Returns the function that makes a copy in pieces, unless it is out of bounds or its ranges overlap: then it does nothing
/// and returns 0.
pub(super) fn copier(plan: &Plan) -> Function {
    let memory = plan.memory(MEMORY);
    let (to, from, length) = (0, 1, 2);
    let places = Places { to: 3, from: 4, length };
    let mut code = Vec::new();
    for (place, parameter) in [(places.to, to), (places.from, from)] {
        code.extend([Instruction::LocalGet(parameter), Instruction::I64ExtendI32U, Instruction::LocalSet(place)]);
    }
    code.push(Instruction::Block(BlockType::Empty));
    for (one, other) in [(places.to, places.from), (places.from, places.to)] {
        // Overlapping ranges are copied in an order that depends on how they lie, and only at once.
        code.extend([Instruction::LocalGet(one), Instruction::LocalGet(other), Instruction::I64Sub]);
        code.extend([Instruction::LocalGet(length), Instruction::I64ExtendI32U]);
        code.extend([Instruction::I64LtU, Instruction::BrIf(0)]);
        // Out of bounds, nothing is copied.
        code.extend([Instruction::LocalGet(one), Instruction::LocalGet(length), Instruction::I64ExtendI32U]);
        code.extend([Instruction::I64Add, Instruction::MemorySize(memory), Instruction::I64ExtendI32U]);
        code.extend([Instruction::I64Const(16), Instruction::I64Shl, Instruction::I64GtU, Instruction::BrIf(0)]);
    }
    all_but_last(places, memory, memory, &mut code);
    last(places, memory, memory, &mut code);
    code.extend([Instruction::I32Const(1), Instruction::Return, Instruction::End]);
    code.extend([Instruction::I32Const(0), Instruction::End]);
    let mut function = Function::new([(2, ValType::I64)]);
    for instruction in &code {
        function.instruction(instruction);
    }
    function
}

/// Leaves the block if a whole copy is fast.
fn leave_unless_slow(places: Places, code: &mut Vec<Instruction<'static>>) {
    code.extend([Instruction::LocalGet(places.length), Instruction::I32Const(PIECE)]);
    code.extend([Instruction::I32LeU, Instruction::BrIf(0)]);
    code.extend([Instruction::LocalGet(places.to), Instruction::LocalGet(places.from), Instruction::I64Sub]);
    code.extend([Instruction::I64Const(1), Instruction::I64Sub, Instruction::I64Const(PAGE - 1), Instruction::I64And]);
    code.extend([Instruction::I64Const(SLOW), Instruction::I64GeU, Instruction::BrIf(0)]);
}

/// Copies pieces, until no more than one is left.
fn all_but_last(places: Places, dst_mem: u32, src_mem: u32, code: &mut Vec<Instruction<'static>>) {
    code.push(Instruction::Loop(BlockType::Empty));
    for place in [places.to, places.from] {
        code.extend([Instruction::LocalGet(place), Instruction::I32WrapI64]);
    }
    code.extend([Instruction::I32Const(PIECE), Instruction::MemoryCopy { src_mem, dst_mem }]);
    for place in [places.to, places.from] {
        code.extend([Instruction::LocalGet(place), Instruction::I64Const(PIECE.into()), Instruction::I64Add]);
        code.push(Instruction::LocalSet(place));
    }
    code.extend([Instruction::LocalGet(places.length), Instruction::I32Const(PIECE), Instruction::I32Sub]);
    code.extend([Instruction::LocalTee(places.length), Instruction::I32Const(PIECE), Instruction::I32GtU]);
    code.extend([Instruction::BrIf(0), Instruction::End]);
}

/// Copies what is left.
fn last(places: Places, dst_mem: u32, src_mem: u32, code: &mut Vec<Instruction<'static>>) {
    for place in [places.to, places.from] {
        code.extend([Instruction::LocalGet(place), Instruction::I32WrapI64]);
    }
    code.extend([Instruction::LocalGet(places.length), Instruction::MemoryCopy { src_mem, dst_mem }]);
}
