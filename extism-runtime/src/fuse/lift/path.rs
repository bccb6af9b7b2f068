use std::{collections::BTreeMap, rc::Rc};

use super::{
    code::Code,
    values::{Type, Value},
};

/// The target of an access.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(in crate::fuse) enum Place {
    /// The guest's memory with this index.
    Guest(u32),
    /// The kernel's heap, by addresses in it.
    Heap,
    /// The kernel's heap, by positions in the input.
    Input,
}

impl Place {
    /// Returns the type of its addresses.
    pub(super) fn address(self) -> Type {
        match self {
            Self::Guest(_) => Type::I32,
            Self::Heap | Self::Input => Type::I64,
        }
    }

    pub(super) fn is_guest(self) -> bool {
        matches!(self, Self::Guest(_))
    }
}

/// A load or store.
#[derive(Clone, Debug)]
pub(super) struct Access {
    pub(super) place: Place,
    pub(super) address: Value,
    /// Added to the address, without wrapping.
    pub(super) offset: u64,
    /// Bytes.
    pub(super) width: u32,
    /// What is stored; `None` for a load.
    pub(super) stores: Option<Value>,
}

/// A block that has been entered and not yet left.
#[derive(Clone)]
pub(super) struct Block {
    pub(super) is_loop: bool,
    /// Where its `end` is.
    pub(super) end: usize,
    /// The height of the stack below its values.
    pub(super) height: usize,
    /// How many values a branch to it carries.
    pub(super) carries: usize,
}

/// A running function; the first is the one with the loop.
#[derive(Clone)]
pub(super) struct Frame<'a> {
    pub(super) code: Rc<Code<'a>>,
    /// The next instruction.
    pub(super) at: usize,
    /// The locals that have been set.
    pub(super) locals: BTreeMap<u32, Value>,
    pub(super) blocks: Vec<Block>,
    pub(super) height: usize,
    pub(super) results: usize,
}

/// A path through an iteration, as far as it has been followed.
#[derive(Clone)]
pub(super) struct Path<'a> {
    pub(super) frames: Vec<Frame<'a>>,
    pub(super) stack: Vec<Value>,
    /// The values that must be non-zero (or zero) for an iteration to follow this path.
    pub(super) conditions: Vec<(Value, bool)>,
    /// The values that are then also known to be non-zero (or zero).
    pub(super) implied: Vec<(Value, bool)>,
    pub(super) accesses: Vec<Access>,
    /// The number of unknown values.
    pub(super) unknowns: u32,
}

/// The target of a branch.
pub(super) enum Branch {
    /// Forward, within the iteration.
    On,
    /// To the start of the loop.
    Repeat,
}

impl<'a> Path<'a> {
    /// Starts an iteration of a loop.
    pub(super) fn new(code: Rc<Code<'a>>) -> Option<Self> {
        let blocks = vec![Block { is_loop: true, end: code.end(0)?, height: 0, carries: 0 }];
        let frame = Frame { code, at: 1, locals: BTreeMap::new(), blocks, height: 0, results: 0 };
        let (stack, accesses) = (Vec::new(), Vec::new());
        let (conditions, implied) = (Vec::new(), Vec::new());
        Some(Self { frames: vec![frame], stack, conditions, implied, accesses, unknowns: 0 })
    }

    pub(super) fn pop(&mut self) -> Option<Value> {
        self.stack.pop()
    }

    /// Pops this many values, in the order in which they were pushed.
    pub(super) fn pop_many(&mut self, count: usize) -> Option<Vec<Value>> {
        let rest = self.stack.len().checked_sub(count)?;
        Some(self.stack.split_off(rest))
    }

    /// Returns whether a value itself is known to be non-zero (or zero).
    pub(super) fn assumed(&self, value: Value) -> Option<bool> {
        let known = self.conditions.iter().chain(&self.implied).find(|(known, _)| *known == value);
        known.map(|(_, truth)| *truth)
    }

    /// Follows a branch out of this many blocks. Returns `None` if it leads out of the loop, or to the start
    /// of another one.
    pub(super) fn branch(&mut self, depth: u32) -> Option<Branch> {
        let is_first = self.frames.len() == 1;
        let frame = self.frames.last_mut()?;
        let depth = usize::try_from(depth).ok()?;
        if depth == frame.blocks.len() {
            return self.return_().map(|()| Branch::On);
        }
        let target = frame.blocks.len().checked_sub(depth + 1)?;
        if is_first && target == 0 {
            return Some(Branch::Repeat);
        }
        let Block { is_loop: false, end, height, carries } = frame.blocks[target] else { return None };
        frame.blocks.truncate(target);
        frame.at = end + 1;
        let carried = self.pop_many(carries)?;
        self.stack.truncate(height);
        self.stack.extend(carried);
        Some(Branch::On)
    }

    /// Returns from a called function. Returns `None` in the function with the loop.
    pub(super) fn return_(&mut self) -> Option<()> {
        if self.frames.len() == 1 {
            return None;
        }
        let frame = self.frames.pop()?;
        let results = self.pop_many(frame.results)?;
        self.stack.truncate(frame.height);
        self.stack.extend(results);
        Some(())
    }
}
