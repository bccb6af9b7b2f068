use std::fmt;

use super::Frame;
use crate::display;

/// A WebAssembly trap, with the functions that were running; the source of [`Error::Trap`](crate::Error::Trap).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct TrapError {
    /// The trap's description, in the words of the WebAssembly specification.
    pub message: String,
    /// The error that the plug-in had set before it trapped, as PDKs do when a plug-in panics.
    pub guest_error: Option<String>,
    /// The functions that were running, the innermost first.
    pub backtrace: Vec<Frame>,
}

impl fmt::Display for TrapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display::limited(f, |f| self.write(f))
    }
}

impl TrapError {
    fn write(&self, f: &mut impl fmt::Write) -> fmt::Result {
        write!(f, "{}", display::text(&self.message))?;
        if let Some(error) = &self.guest_error {
            write!(f, ", after the error: {}", display::text(error))?;
        }
        if !self.backtrace.is_empty() {
            f.write_str("\nwasm backtrace:")?;
        }
        for (depth, frame) in self.backtrace.iter().enumerate() {
            frame.write(depth, f)?;
        }
        Ok(())
    }
}
