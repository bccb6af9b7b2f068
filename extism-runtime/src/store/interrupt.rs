use std::io;

use crate::error::BoxError;

/// Why the host ended a call from within: what host functions and the epoch's callback return through the engine.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Interrupt {
    #[error("timed out")]
    Timeout,
    #[error("cancelled")]
    Cancelled,
    /// A host function failed or panicked.
    #[error("host function `{name}`: {source}")]
    HostFunction { name: String, source: BoxError },
    /// The guest gave up, for this reason.
    #[error("abort: {0}")]
    Abort(String),
    /// A host function failed because the kernel's memory may not grow.
    #[error("{0}")]
    OutOfMemory(String),
    /// A call within a call needs a thread, and the system starts none.
    #[error("{0}")]
    NoThread(#[source] io::Error),
}
