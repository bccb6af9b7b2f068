use std::{fmt, str::FromStr};

use extism_benches::{guests, payload};

/// The work that is measured: every peer does the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// A call of a function that does nothing.
    Empty,
    /// This many bytes in, the same bytes out. A C guest without a PDK.
    Echo(usize),
    /// The same with the Rust PDK.
    EchoPdk(usize),
    /// This many bytes in, eight out.
    Consume(usize),
    /// A text in, a report with its number of vowels out, as a Rust value. The Rust PDK.
    CountVowels,
    /// This many bytes in, to a host function, back, and out. The Rust PDK.
    Reflect(usize),
    /// A new instance of a compiled guest, and a call of 64 bytes in and out. C without a PDK.
    Instance,
    /// The same with the Rust PDK's echo.
    InstancePdk,
    /// A module of 1.5 MB compiled.
    Compile,
    /// The same; wasmtime compiles it as it does by default, to code that nothing can interrupt.
    CompileEndless,
    /// The same module loaded from the cache on disk, by a new engine.
    Load,
}

/// The text for [`Work::CountVowels`].
pub const TEXT: &str = "Hello, world!";

/// A call of an Extism guest's export.
pub struct Call {
    pub wasm: &'static [u8],
    pub export: &'static str,
    pub input: Vec<u8>,
}

impl Work {
    /// Returns the work as a call of bytes in and bytes out, if it is one.
    pub fn call(self) -> Option<Call> {
        let (wasm, export, bytes) = match self {
            Self::Empty => (guests::CONSUME, "empty", 0),
            Self::Echo(bytes) => (guests::ECHO, "echo", bytes),
            Self::EchoPdk(bytes) => (guests::ECHO_PDK, "echo", bytes),
            Self::Consume(bytes) => (guests::CONSUME, "consume", bytes),
            Self::Reflect(bytes) => (guests::REFLECT, "reflect", bytes),
            Self::CountVowels
            | Self::Instance
            | Self::InstancePdk
            | Self::Compile
            | Self::CompileEndless
            | Self::Load => return None,
        };
        Some(Call { wasm, export, input: payload(bytes) })
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "empty"),
            Self::Echo(bytes) => write!(f, "echo:{bytes}"),
            Self::EchoPdk(bytes) => write!(f, "echo-pdk:{bytes}"),
            Self::Consume(bytes) => write!(f, "consume:{bytes}"),
            Self::CountVowels => write!(f, "count-vowels"),
            Self::Reflect(bytes) => write!(f, "reflect:{bytes}"),
            Self::Instance => write!(f, "instance"),
            Self::InstancePdk => write!(f, "instance-pdk"),
            Self::Compile => write!(f, "compile"),
            Self::CompileEndless => write!(f, "compile-endless"),
            Self::Load => write!(f, "load"),
        }
    }
}

impl FromStr for Work {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, bytes) = text.split_once(':').unwrap_or((text, "64"));
        let bytes = bytes.parse().map_err(|error| format!("`{bytes}` is not a number of bytes: {error}"))?;
        Ok(match name {
            "empty" => Self::Empty,
            "echo" => Self::Echo(bytes),
            "echo-pdk" => Self::EchoPdk(bytes),
            "consume" => Self::Consume(bytes),
            "count-vowels" => Self::CountVowels,
            "reflect" => Self::Reflect(bytes),
            "instance" => Self::Instance,
            "instance-pdk" => Self::InstancePdk,
            "compile" => Self::Compile,
            "compile-endless" => Self::CompileEndless,
            "load" => Self::Load,
            _ => return Err(format!("unknown work `{name}`")),
        })
    }
}
