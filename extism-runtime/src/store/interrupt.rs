use std::io;

use crate::{Error, error::BoxError};

/// Why the host ended a call from within: the error that host functions and the epoch callback return through the
/// engine.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Interrupt {
    #[error("timed out")]
    Timeout,
    #[error("cancelled")]
    Cancelled,
    /// A host function failed or panicked.
    #[error("host function `{name}`: {source}")]
    HostFunction { name: String, source: BoxError },
    /// The guest aborted, for this reason.
    #[error("abort: {0}")]
    Abort(String),
    /// A host function failed because the kernel's memory may not grow.
    #[error("{0}")]
    OutOfMemory(String),
    /// A nested call needs a thread, and the system could not start one.
    #[error("{0}")]
    NoThread(#[source] io::Error),
    /// An async host function waits under a plain call, on the only thread that could produce the awaited event.
    #[error("would wait forever")]
    Stuck,
    /// An internal failure of the host.
    #[error(transparent)]
    Failed(Box<Error>),
    /// The plug-in logged more than this many bytes in one call.
    #[error("logged more than {0} bytes")]
    LogTooLong(u64),
}
