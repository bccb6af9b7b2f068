use std::{fmt, str::FromStr};

use crate::{Guest, TEXT, payload};

/// A function of a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// Does nothing.
    Empty,
    /// Bytes in, the same bytes out.
    Echo,
    /// Bytes in, eight bytes out.
    Consume,
    /// A text in, a report with its number of vowels out: JSON, decoded to a Rust value.
    CountVowels,
    /// The same by a record, where a peer has records.
    CountVowelsRecord,
    /// Bytes in, to a host function, back, and out.
    Reflect,
}

impl Function {
    /// Each function and its name; that of its export, but for the last one.
    const ALL: [(Self, &str); 6] = [
        (Self::Empty, "empty"),
        (Self::Echo, "echo"),
        (Self::Consume, "consume"),
        (Self::CountVowels, "count_vowels"),
        (Self::Reflect, "reflect"),
        (Self::CountVowelsRecord, "count_vowels_record"),
    ];

    /// Returns the name of an Extism guest's export.
    #[must_use]
    pub fn export(self) -> &'static str {
        match self {
            Self::CountVowelsRecord => Self::CountVowels.name(),
            other => other.name(),
        }
    }

    fn name(self) -> &'static str {
        Self::ALL.iter().find_map(|(function, name)| (*function == self).then_some(*name)).unwrap_or_default()
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find_map(|(function, own)| (*own == name).then_some(*function))
    }
}

/// The work that is measured: every peer does the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// A call of a function with this many bytes of input.
    Call { guest: Guest, function: Function, bytes: usize, timeout: bool },
    /// A new instance of a compiled guest, and a call of 64 bytes in and out.
    Instance(Guest),
    /// The same; the runtime gives the guest's memory pages that it has not asked for yet.
    InstanceWithHeadroom(Guest),
    /// A plug-in made of its manifest, with a cache on disk, and a call of 64 bytes in and out.
    Build(Guest),
    /// A call of 64 bytes in and out through `typed_plugin!`.
    Typed(Guest),
    /// The same through a pool.
    Pool(Guest),
    /// A module of 1.5 MB compiled.
    Compile,
    /// The same; wasmtime compiles it as it does by default, to code that nothing can interrupt.
    CompileEndless,
    /// The same module loaded from the cache on disk, by a new engine.
    Load,
}

impl Work {
    /// A call without a timeout.
    #[must_use]
    pub const fn call(guest: Guest, function: Function, bytes: usize) -> Self {
        Self::Call { guest, function, bytes, timeout: false }
    }

    /// The same call with a timeout.
    #[must_use]
    pub const fn timed(self) -> Self {
        match self {
            Self::Call { guest, function, bytes, .. } => Self::Call { guest, function, bytes, timeout: true },
            other => other,
        }
    }

    /// The same work as a runtime does it that has no headroom.
    #[must_use]
    pub const fn without_headroom(self) -> Self {
        match self {
            Self::InstanceWithHeadroom(guest) => Self::Instance(guest),
            other => other,
        }
    }

    /// Returns the guest that does the work. Compiling needs none.
    #[must_use]
    pub const fn guest(self) -> Option<Guest> {
        match self {
            Self::Call { guest, .. }
            | Self::Instance(guest)
            | Self::InstanceWithHeadroom(guest)
            | Self::Build(guest)
            | Self::Typed(guest)
            | Self::Pool(guest) => Some(guest),
            Self::Compile | Self::CompileEndless | Self::Load => None,
        }
    }

    /// The same work, done by another guest.
    #[must_use]
    pub const fn by(self, guest: Guest) -> Self {
        match self {
            Self::Call { function, bytes, timeout, .. } => Self::Call { guest, function, bytes, timeout },
            Self::Instance(_) => Self::Instance(guest),
            Self::InstanceWithHeadroom(_) => Self::InstanceWithHeadroom(guest),
            Self::Build(_) => Self::Build(guest),
            Self::Typed(_) => Self::Typed(guest),
            Self::Pool(_) => Self::Pool(guest),
            Self::Compile | Self::CompileEndless | Self::Load => self,
        }
    }

    /// Returns the module of the guest. Empty for work that compiles the module of 1.5 MB.
    #[must_use]
    pub fn wasm(self) -> &'static [u8] {
        match (self, self.guest()) {
            (Self::Call { function, .. }, Some(guest)) => guest.wasm(function),
            (_, Some(guest)) => guest.wasm(Function::Echo),
            (_, None) => &[],
        }
    }

    /// Returns the input of the calls.
    #[must_use]
    pub fn input(self) -> Vec<u8> {
        match self {
            Self::Call { function: Function::CountVowels | Function::CountVowelsRecord, .. } => TEXT.into(),
            Self::Call { bytes, .. } => payload(bytes),
            _ => payload(64),
        }
    }
}

/// The name on a command line: `call:pdk:echo:64`, `call:pdk:echo:64:timeout`, `instance:c`, `compile`.
impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call { guest, function, bytes, timeout } => {
                write!(f, "call:{}:{}:{bytes}", guest.name(), function.name())?;
                if *timeout { write!(f, ":timeout") } else { Ok(()) }
            }
            Self::Instance(guest) => write!(f, "instance:{}", guest.name()),
            Self::InstanceWithHeadroom(guest) => write!(f, "instance-with-headroom:{}", guest.name()),
            Self::Build(guest) => write!(f, "build:{}", guest.name()),
            Self::Typed(guest) => write!(f, "typed:{}", guest.name()),
            Self::Pool(guest) => write!(f, "pool:{}", guest.name()),
            Self::Compile => write!(f, "compile"),
            Self::CompileEndless => write!(f, "compile-endless"),
            Self::Load => write!(f, "load"),
        }
    }
}

impl FromStr for Work {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || format!("unknown work `{text}`: try `call:pdk:echo:64`, `instance:c` or `compile`");
        let guest = |name: &str| {
            let all = [Guest::C, Guest::Pdk, Guest::Ours, Guest::Small];
            all.into_iter().find(|guest| guest.name() == name).ok_or_else(unknown)
        };
        let parts: Vec<&str> = text.split(':').collect();
        Ok(match parts[..] {
            ["call", by, function, bytes] | ["call", by, function, bytes, "timeout"] => Self::Call {
                guest: guest(by)?,
                function: Function::named(function).ok_or_else(unknown)?,
                bytes: bytes.parse().map_err(|error| format!("`{bytes}` is not a number of bytes: {error}"))?,
                timeout: parts.len() == 5,
            },
            ["instance", by] => Self::Instance(guest(by)?),
            ["instance-with-headroom", by] => Self::InstanceWithHeadroom(guest(by)?),
            ["build", by] => Self::Build(guest(by)?),
            ["typed", by] => Self::Typed(guest(by)?),
            ["pool", by] => Self::Pool(guest(by)?),
            ["compile"] => Self::Compile,
            ["compile-endless"] => Self::CompileEndless,
            ["load"] => Self::Load,
            _ => return Err(unknown()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_work_has_a_name_that_leads_back_to_it() {
        let call = Work::call(Guest::Pdk, Function::Echo, 64);
        for work in [
            call,
            call.timed(),
            Work::Instance(Guest::C),
            Work::InstanceWithHeadroom(Guest::Pdk),
            Work::Build(Guest::Small),
            Work::Load,
        ] {
            assert_eq!(work.to_string().parse(), Ok(work));
        }
        assert!("call:pdk:echo".parse::<Work>().is_err());
    }
}
