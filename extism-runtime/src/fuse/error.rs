use crate::display;

/// Why a module cannot be fused with the kernel.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FuseError {
    /// The module is invalid.
    #[error("{message} (at byte {offset})")]
    Invalid {
        /// The validator's message.
        message: String,
        /// The position in the module, in bytes from its start.
        offset: usize,
    },
    /// A component, which cannot contain the kernel.
    #[error("this is a WebAssembly component; a plug-in is a core module")]
    Component,
    /// A memory shared between threads, which plug-ins do not support.
    #[error(
        "the module {}, but a plug-in runs on one thread; build it without threads (without `-pthread`, \
         AssemblyScript's `--sharedMemory`, or a target such as `wasm32-wasip1-threads`); atomic instructions alone \
         are fine",
        shared(import.as_ref())
    )]
    SharedMemory {
        /// The import's module and field name, if it is imported.
        import: Option<(String, String)>,
    },
    /// The module is valid, but the kernel cannot be added because an engine limit is reached.
    #[error("the module leaves no room for the kernel: a module can have at most {limit} {what}")]
    Full {
        /// The kind of item that exceeds the limit.
        what: &'static str,
        /// The maximum that engines accept.
        limit: usize,
    },
    /// The module imports from the module name that is reserved for the kernel's memory, which only the kernel's own
    /// functions may access without bounds.
    #[error("the module imports `{name}` from `{module}`, which is reserved for the runtime")]
    Reserved {
        /// The import's module name.
        module: String,
        /// The import's field name.
        name: String,
    },
    /// The kernel's own source is wrong; this crate's tests ensure that this does not happen.
    #[error("the kernel itself does not parse: {0}")]
    Kernel(String),
}

/// Describes what a module does with a shared memory.
fn shared(import: Option<&(String, String)>) -> String {
    match import {
        Some((module, name)) => {
            format!("imports the shared memory `{}`.`{}`", display::name(module), display::name(name))
        }
        None => "defines a shared memory".to_owned(),
    }
}

impl From<wasmparser::Error> for FuseError {
    fn from(error: wasmparser::Error) -> Self {
        Self::Invalid { message: error.message().to_owned(), offset: error.offset() }
    }
}

impl From<wasm_encoder::reencode::Error> for FuseError {
    fn from(error: wasm_encoder::reencode::Error) -> Self {
        match error {
            wasm_encoder::reencode::Error::ParseError(error) => error.into(),
            // Does not happen for a validated module.
            other => Self::Invalid { message: other.to_string(), offset: 0 },
        }
    }
}
