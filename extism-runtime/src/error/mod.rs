//! Errors: [`Error`], with one variant per stage, and the types that its variants and other errors contain.
//!
//! Every error keeps its cause as its [`source`](std::error::Error::source), where it can be downcast. The variants are
//! non-exhaustive: a `match` on their fields ends with `..`.

mod built_for;
mod frame;
mod hint;
mod interface;
mod limit;
mod link;
mod memory;
pub(crate) mod plugin;
mod set;
mod site;
mod states;
mod trap;
mod var;

#[cfg(test)]
mod tests;

use std::{error::Error as StdError, sync::Arc, time::Duration};

#[doc(inline)]
pub use extism_codec::CodecError;

pub(crate) use self::frame::{Executed, FramePlaces, Locate, Trace, function_name};
pub use self::{
    built_for::BuiltFor,
    frame::{Frame, InlinedFrame},
    hint::MissingHint,
    interface::{InterfaceError, Mismatch, MismatchKind},
    limit::{FunctionNumbers, ModuleLimitError},
    link::{LinkError, LinkProblem, MissingImport},
    memory::MemoryError,
    plugin::{ErrorValue, PluginError},
    set::{SetError, SetProblem},
    site::Site,
    trap::TrapError,
    var::VarError,
};
#[cfg(feature = "http")]
pub use crate::http::HttpError;
use crate::{display, usage::Outcome};
pub use crate::{load::LoadError, manifest::ManifestError};

/// The maximum number of bytes kept of the description of what was attempted.
const MAX_CONTEXT: usize = 1024;

/// Any error, as host functions return it and as [`Error`] keeps its sources.
pub type BoxError = Box<dyn StdError + Send + Sync + 'static>;

/// An error on the way from a manifest to the result of a call, with one variant per stage.
///
/// Each error names the plug-in, and the export if there is one. In messages, control characters in a plug-in's names
/// and texts are escaped, except line feeds and tabs in texts; the fields hold the original text. A message is cut
/// after 1 MiB, and so is each text that an error keeps. A plug-in's name is that of the builder
/// ([`PluginBuilder::with_name`](crate::PluginBuilder::with_name)), else that of the file it was built from, else that
/// of its main module in the manifest, else that of the main module's file, else `plugin-` and the start of the main
/// module's SHA-256.
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use extism_runtime::{Error, Plugin};
///
/// let mut plugin = Plugin::new("examples/plugins/kitchen_sink.wasm")?;
/// match plugin.call::<_, String>("fail", r#"{"message": "no luck", "code": 3}"#) {
///     // What the plug-in itself returned.
///     Err(Error::Guest { code, message, .. }) => assert_eq!((code, message.as_str()), (3, "no luck")),
///     // Everything else: a message that names the plug-in and the export, and says what to do where that is known.
///     Err(error) => panic!("{error}"),
///     Ok(output) => panic!("it returned {output}"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The manifest cannot be read or is not a manifest; names the place in the file.
    #[error(transparent)]
    Manifest(#[from] ManifestError),

    /// A module cannot be loaded: a file, a download, or its hash.
    #[error(transparent)]
    Load(#[from] LoadError),

    /// A module is not valid WebAssembly, the engine cannot compile it, or it exceeds a limit: then the source is a
    /// [`ModuleLimitError`].
    #[error("cannot compile module `{}`: {}", display::name(module), display::text(source))]
    #[non_exhaustive]
    Compile {
        /// The module's name in the manifest, or where it came from.
        module: String,
        /// The error of the validator or the compiler, with the byte offset if it is known.
        source: BoxError,
    },

    /// The modules' imports do not match what the host provides; contains all the problems.
    #[error(transparent)]
    Link(Box<LinkError>),

    /// The plug-in's exports do not satisfy an interface, or an export cannot be called; contains all mismatches.
    #[error(transparent)]
    Interface(Box<InterfaceError>),

    /// The input of a call could not be encoded.
    #[error("{at}: cannot encode the input: {}", display::text(source))]
    #[non_exhaustive]
    Encode {
        /// The plug-in and the export.
        at: Box<Site>,
        /// The codec's error.
        source: CodecError,
    },

    /// The plug-in's output could not be decoded.
    #[error("{at}: cannot decode the output: {}", display::text(source))]
    #[non_exhaustive]
    Decode {
        /// The plug-in and the export.
        at: Box<Site>,
        /// The codec's error.
        source: CodecError,
    },

    /// The plug-in returned more bytes than it may.
    #[error(
        "{at}: the output has {length} bytes, but the limit is {limit}; raise it with \
         `PluginBuilder::with_max_output_bytes` if it may be longer"
    )]
    #[non_exhaustive]
    OutputTooLarge {
        /// The plug-in and the export.
        at: Box<Site>,
        /// The bytes that it returned.
        length: u64,
        /// The limit.
        limit: u64,
    },

    /// The plug-in logged more bytes in a call than it may.
    #[error(
        "{at}: logged more than {limit} bytes in one call; raise the limit with `PluginBuilder::with_max_log_bytes` \
         if it may log more"
    )]
    #[non_exhaustive]
    LogTooLong {
        /// The plug-in and the export.
        at: Box<Site>,
        /// The limit.
        limit: u64,
    },

    /// The plug-in itself returned an error: a return code other than 0, a message, or both.
    #[error("{at}: {} (code {code})", display::text(message))]
    #[non_exhaustive]
    Guest {
        /// The plug-in and the export.
        at: Box<Site>,
        /// What the export returned; 0 if it has no result, or if it set an error all the same.
        code: i32,
        /// The error that the plug-in set; invalid UTF-8 is replaced, and more than 1 MiB is cut.
        message: String,
        /// The error as a value, if the plug-in sent one: [`Error::value`] decodes it.
        value: Option<Box<ErrorValue>>,
    },

    /// A host function returned an error or panicked.
    #[error("{at}: host function `{name}`: {}", display::text(source))]
    #[non_exhaustive]
    HostFunction {
        /// The plug-in and the export that called it.
        at: Box<Site>,
        /// The host function's name.
        name: String,
        /// The error that it returned, or its panic's text as a [`HostPanic`].
        source: BoxError,
    },

    /// WebAssembly trapped: `unreachable`, an access out of bounds, a stack overflow, ...
    #[error("{at}: {trap}")]
    #[non_exhaustive]
    Trap {
        /// The plug-in and the export.
        at: Box<Site>,
        /// The trap, with its backtrace.
        #[source]
        trap: TrapError,
    },

    /// The call took longer than the manifest's `timeout_ms`.
    #[error("{at}: timed out after {limit:?}; raise the manifest's `timeout_ms` if it may take longer")]
    #[non_exhaustive]
    Timeout {
        /// The plug-in and the export.
        at: Box<Site>,
        /// The limit that applied.
        limit: Duration,
    },

    /// All instances of a [`Pool`](crate::Pool) stayed in use for as long as it waits for one. The plug-in has not been
    /// called.
    #[error(
        "plug-in `{}` is busy: all {instances} instances of its pool were in use for {waited:?}; try again later, or \
         raise the pool's `with_max_instances` or `with_max_wait`",
        display::name(plugin)
    )]
    #[non_exhaustive]
    Busy {
        /// The plug-in's name.
        plugin: String,
        /// How many instances the pool may have.
        instances: usize,
        /// How long the call waited.
        waited: Duration,
    },

    /// The call was cancelled through its [`CancelHandle`](crate::CancelHandle).
    #[error("{at}: cancelled")]
    #[non_exhaustive]
    Cancelled {
        /// The plug-in and the export.
        at: Box<Site>,
    },

    /// The plug-in's memories cannot grow as much as the call needs.
    #[error("{at}: out of memory: {detail}; raise the manifest's `memory.max_pages` if it may use more")]
    #[non_exhaustive]
    OutOfMemory {
        /// The plug-in and the export.
        at: Box<Site>,
        /// How much was requested, and the limit.
        detail: String,
    },

    /// The call used more fuel than its limit.
    #[error(
        "{at}: out of fuel: the limit is {limit} units; raise it with `PluginBuilder::with_fuel_limit` if it may use \
         more"
    )]
    #[non_exhaustive]
    OutOfFuel {
        /// The plug-in and the export.
        at: Box<Site>,
        /// The limit, in the engine's units of fuel (about one per instruction).
        limit: u64,
    },

    /// The plug-in exited through WASI's `proc_exit` with a code other than 0.
    #[error("{at}: the plug-in exited with code {code}{}", after(guest_error.as_deref()))]
    #[non_exhaustive]
    Exit {
        /// The plug-in and the export.
        at: Box<Site>,
        /// The exit code.
        code: i32,
        /// The error that the plug-in had set before, if any.
        guest_error: Option<String>,
    },

    /// The engine cannot be created, or cannot create an instance.
    #[error("{}: {}", display::text(context), display::text(source))]
    #[non_exhaustive]
    Engine {
        /// What was attempted.
        context: String,
        /// The engine's error.
        source: BoxError,
    },

    /// A plug-in of a set cannot be loaded or used, or the set's directory cannot be read. The set keeps the same error,
    /// hence the `Arc`.
    #[error(transparent)]
    Set(#[from] Arc<SetError>),

    /// A file for logs, memory or core dumps cannot be written.
    #[error("cannot write `{}`: {source}", path.display())]
    #[non_exhaustive]
    Output {
        /// The file.
        path: std::path::PathBuf,
        /// The system's error.
        source: std::io::Error,
    },

    /// An error of the program's own, from [`Error::other`].
    #[error("{}", display::text(.0))]
    Other(#[source] BoxError),
}

/// Tells of the error that a plug-in had set before it ended.
fn after(guest_error: Option<&str>) -> String {
    guest_error.map(|message| format!(", after the error: {}", display::text(&message))).unwrap_or_default()
}

/// A panic of a host function, caught; the source of [`Error::HostFunction`].
#[derive(Debug, thiserror::Error)]
#[error("panicked: {message}")]
pub struct HostPanic {
    message: String,
    /// The text, if the program has it as a literal.
    literal: Option<&'static str>,
}

impl HostPanic {
    pub(crate) fn new(payload: &(dyn std::any::Any + Send)) -> Self {
        Self { message: display::panic_text(payload), literal: payload.downcast_ref().copied() }
    }

    /// Returns the text that was passed to `panic!`.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Goes on with the panic, with its text as the payload: a `&'static str` or a `String`, as `panic!` makes it.
    pub fn resume(self) -> ! {
        match self.literal {
            Some(literal) => std::panic::resume_unwind(Box::new(literal)),
            None => std::panic::resume_unwind(Box::new(self.message)),
        }
    }
}

impl Error {
    /// Returns the plug-in and the export that the error came from, if it came from a call.
    #[must_use]
    pub fn site(&self) -> Option<&Site> {
        match self {
            Self::Encode { at, .. }
            | Self::Decode { at, .. }
            | Self::OutputTooLarge { at, .. }
            | Self::LogTooLong { at, .. }
            | Self::Guest { at, .. }
            | Self::HostFunction { at, .. }
            | Self::Trap { at, .. }
            | Self::Timeout { at, .. }
            | Self::Cancelled { at }
            | Self::OutOfMemory { at, .. }
            | Self::OutOfFuel { at, .. }
            | Self::Exit { at, .. } => Some(at),
            _ => None,
        }
    }

    /// Returns how the call that returned this error ended.
    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Self::Encode { .. } => Outcome::Encode,
            Self::Decode { .. } => Outcome::Decode,
            Self::OutputTooLarge { .. } => Outcome::OutputTooLarge,
            Self::LogTooLong { .. } => Outcome::LogTooLong,
            Self::Guest { .. } => Outcome::Guest,
            Self::HostFunction { .. } => Outcome::HostFunction,
            Self::Trap { .. } => Outcome::Trap,
            Self::Timeout { .. } => Outcome::Timeout,
            Self::Cancelled { .. } => Outcome::Cancelled,
            Self::OutOfMemory { .. } => Outcome::OutOfMemory,
            Self::OutOfFuel { .. } => Outcome::OutOfFuel,
            Self::Exit { .. } => Outcome::Exit,
            Self::Busy { .. } => Outcome::Busy,
            Self::Manifest(_)
            | Self::Load(_)
            | Self::Compile { .. }
            | Self::Link(_)
            | Self::Interface(_)
            | Self::Engine { .. }
            | Self::Set(_)
            | Self::Output { .. }
            | Self::Other(_) => Outcome::Other,
        }
    }

    pub(crate) fn compile(module: impl Into<String>, source: impl Into<BoxError>) -> Self {
        Self::Compile { module: module.into(), source: display::cut_error(source.into()) }
    }

    pub(crate) fn engine(context: impl Into<String>, source: impl Into<BoxError>) -> Self {
        // The context may contain a plug-in's name, which may have any length.
        let context = display::start(context.into(), MAX_CONTEXT);
        Self::Engine { context, source: display::cut_error(source.into()) }
    }
}

impl From<LinkError> for Error {
    fn from(error: LinkError) -> Self {
        Self::Link(Box::new(error))
    }
}

impl From<InterfaceError> for Error {
    fn from(error: InterfaceError) -> Self {
        Self::Interface(Box::new(error))
    }
}
