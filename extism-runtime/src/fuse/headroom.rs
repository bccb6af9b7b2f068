//! Memory that a guest has before it asks for it.
//!
//! Growing a memory takes the system two calls: one that lets the new pages be accessed, and one that takes them away again
//! for the next instance in the same place of a pool. A guest in Rust grows its memory by one page in its first call. So its
//! memory can begin with more pages than it knows of: a global holds how many it has asked for, `memory.size` reads that
//! global, and `memory.grow` becomes a call of a function that grows the memory itself once the pages do not suffice.
//!
//! An access between the size that the guest knows and that of the memory does not trap. So this is off by default.

use wasm_encoder::{BlockType, Function, GlobalType, Instruction, ValType};
use wasmparser::{FuncType, MemoryType};

/// The guest's memory that has headroom: the first one.
pub(super) const MEMORY: u32 = 0;
/// The most pages that a memory with 32-bit addresses can have.
const MAX_PAGES: u64 = 1 << 16;

/// The headroom of a guest's memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Headroom {
    /// The pages that the memory begins with, and those that the guest knows of.
    pub(super) actual: u64,
    pub(super) known: u64,
    /// The index of the global with the pages that the guest knows of.
    pub(super) global: u32,
    /// The index of the function that grows the memory.
    pub(super) grower: u32,
}

impl Headroom {
    /// Returns how many pages a memory has at first if it has up to this many more; `None` if it can have none.
    pub(super) fn pages(memory: &MemoryType, more: u32) -> Option<u64> {
        if memory.memory64 || memory.shared || memory.page_size_log2.is_some() {
            return None;
        }
        let most = memory.maximum.unwrap_or(MAX_PAGES).min(MAX_PAGES);
        let actual = memory.initial.saturating_add(more.into()).min(most);
        (actual > memory.initial).then_some(actual)
    }

    pub(super) fn global_type() -> GlobalType {
        GlobalType { val_type: ValType::I32, mutable: true, shared: false }
    }

    /// Returns the type of [`grower`](Self::grower), that of `memory.grow`.
    pub(super) fn grower_type() -> FuncType {
        FuncType::new([wasmparser::ValType::I32], [wasmparser::ValType::I32])
    }

    /// Returns the function that does what `memory.grow` does.
    pub(super) fn grower(self) -> Function {
        let (pages, before, after) = (0, 1, 2);
        let fail = [Instruction::I32Const(-1), Instruction::Return, Instruction::End];
        let missing = [
            Instruction::LocalGet(after),
            Instruction::MemorySize(MEMORY),
            Instruction::I64ExtendI32U,
            Instruction::I64Sub,
        ];
        let mut function = Function::new([(1, ValType::I32), (1, ValType::I64)]);
        let code = [
            Instruction::GlobalGet(self.global),
            Instruction::LocalTee(before),
            Instruction::I64ExtendI32U,
            Instruction::LocalGet(pages),
            Instruction::I64ExtendI32U,
            Instruction::I64Add,
            Instruction::LocalTee(after),
            Instruction::I64Const(MAX_PAGES.cast_signed()),
            Instruction::I64GtU,
            Instruction::If(BlockType::Empty),
        ];
        let grow = [Instruction::I64Const(0), Instruction::I64GtS, Instruction::If(BlockType::Empty)];
        let ends = [
            Instruction::I32WrapI64,
            Instruction::MemoryGrow(MEMORY),
            Instruction::I32Const(-1),
            Instruction::I32Eq,
            Instruction::If(BlockType::Empty),
        ];
        let done = [
            Instruction::End,
            Instruction::LocalGet(after),
            Instruction::I32WrapI64,
            Instruction::GlobalSet(self.global),
            Instruction::LocalGet(before),
            Instruction::End,
        ];
        let parts: [&[Instruction<'_>]; 8] = [&code, &fail, &missing, &grow, &missing, &ends, &fail, &done];
        for instruction in parts.into_iter().flatten() {
            function.instruction(instruction);
        }
        function
    }
}
