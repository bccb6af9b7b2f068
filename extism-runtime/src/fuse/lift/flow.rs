use super::{path::Branch, values::Value};

/// The continuation of a path.
pub(super) enum Flow {
    On,
    /// At the start of the loop.
    Repeats,
    /// In one of two ways, depending on whether the value is non-zero.
    Splits(Value, Split),
}

/// The consequence of a condition.
#[derive(Clone, Copy)]
pub(super) enum Split {
    /// Whether a branch out of this many blocks is taken.
    Branch(u32),
    /// Which part of the `if` at this place runs.
    If(usize),
    /// Which of two values is selected.
    Select(Value, Value),
}

impl From<Branch> for Flow {
    fn from(branch: Branch) -> Self {
        match branch {
            Branch::On => Self::On,
            Branch::Repeat => Self::Repeats,
        }
    }
}
