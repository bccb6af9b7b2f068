use std::fmt;

/// How a call ended.
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use extism_runtime::{Plugin, usage::Outcome};
///
/// let mut plugin = Plugin::new("examples/plugins/echo.wasm")?;
/// plugin.call::<_, &str>("echo", "hello")?;
/// assert_eq!(plugin.usage().calls.get(Outcome::Ok), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Outcome {
    /// It returned a result.
    Ok,
    /// The input could not be encoded: [`Error::Encode`](crate::Error::Encode).
    Encode,
    /// The output could not be decoded: [`Error::Decode`](crate::Error::Decode).
    Decode,
    /// The plug-in returned an error: [`Error::Guest`](crate::Error::Guest).
    Guest,
    /// The plug-in exited with a code other than 0: [`Error::Exit`](crate::Error::Exit).
    Exit,
    /// The plug-in trapped: [`Error::Trap`](crate::Error::Trap).
    Trap,
    /// A host function failed or panicked: [`Error::HostFunction`](crate::Error::HostFunction).
    HostFunction,
    /// It took too long: [`Error::Timeout`](crate::Error::Timeout).
    Timeout,
    /// It was cancelled: [`Error::Cancelled`](crate::Error::Cancelled).
    Cancelled,
    /// It ran out of memory: [`Error::OutOfMemory`](crate::Error::OutOfMemory).
    OutOfMemory,
    /// It ran out of fuel: [`Error::OutOfFuel`](crate::Error::OutOfFuel).
    OutOfFuel,
    /// It returned too much: [`Error::OutputTooLarge`](crate::Error::OutputTooLarge).
    OutputTooLarge,
    /// It logged too much: [`Error::LogTooLong`](crate::Error::LogTooLong).
    LogTooLong,
    /// The pool had no instance for it: [`Error::Busy`](crate::Error::Busy).
    Busy,
    /// It never ended: its future was dropped, or a panic of the program's own code unwound through it.
    Dropped,
    /// It failed for another reason, such as an instance that could not be created.
    Other,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: &'static [Self] = &Self::EACH;

    const EACH: [Self; 16] = [
        Self::Ok,
        Self::Encode,
        Self::Decode,
        Self::Guest,
        Self::Exit,
        Self::Trap,
        Self::HostFunction,
        Self::Timeout,
        Self::Cancelled,
        Self::OutOfMemory,
        Self::OutOfFuel,
        Self::OutputTooLarge,
        Self::LogTooLong,
        Self::Busy,
        Self::Dropped,
        Self::Other,
    ];

    pub(super) const COUNT: usize = Self::EACH.len();

    /// Returns its name in lower case, such as `out_of_memory`, for labels of metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Encode => "encode",
            Self::Decode => "decode",
            Self::Guest => "guest",
            Self::Exit => "exit",
            Self::Trap => "trap",
            Self::HostFunction => "host_function",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::OutOfMemory => "out_of_memory",
            Self::OutOfFuel => "out_of_fuel",
            Self::OutputTooLarge => "output_too_large",
            Self::LogTooLong => "log_too_long",
            Self::Busy => "busy",
            Self::Dropped => "dropped",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn all_are_listed_in_order_and_have_names_of_their_own() {
        assert!(Outcome::ALL.iter().enumerate().all(|(index, outcome)| *outcome as usize == index));
        assert_eq!(Outcome::ALL.last(), Some(&Outcome::Other));
        let names: BTreeSet<_> = Outcome::ALL.iter().map(|outcome| outcome.name()).collect();
        assert_eq!(names.len(), Outcome::COUNT);
    }
}
