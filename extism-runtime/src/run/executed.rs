use wasmtime::{FrameInfo, Trap};

use crate::error::Executed;

/// Returns the instruction that a frame was executing; `None` if the engine does not know.
pub(super) fn executed(number: usize, frame: &FrameInfo, trap: Option<&Trap>) -> Option<Executed> {
    let is_unreachable = number == 0 && trap == Some(&Trap::UnreachableCodeReached);
    Some(Executed { offset: frame.module_offset()? as u64, is_unreachable })
}
