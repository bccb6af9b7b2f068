//! Errors of plug-in functions.

use std::fmt;

use datafusion::error::DataFusionError;
use extism_runtime::Error;

pub use crate::call::Rows;
use crate::{
    modules::{hex, sha256},
    spec::ModuleRef,
    text::bounded,
};

/// Why a function cannot be made or called.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum FunctionError {
    /// The function cannot be made of the plug-in. Everything that is wrong is listed.
    #[error("function `{function}`: {}", bounded(.problems.join("; ")))]
    #[non_exhaustive]
    Signature {
        /// The function's name.
        function: String,
        /// What is wrong.
        problems: Vec<String>,
    },
    /// A module is not the one that the function was made of.
    #[error(
        "function `{function}`: the module at {} has not the SHA-256 {expected}, which the function needs{}",
        bounded(location),
        .actual.as_ref().map_or_else(String::new, |actual| format!(", but {actual}"))
    )]
    #[non_exhaustive]
    Hash {
        /// The function's name.
        function: String,
        /// Where the module was found.
        location: String,
        /// The hash that the function needs, in hexadecimal digits.
        expected: String,
        /// The hash of what was found, if that is a WebAssembly module. The hash of another file would tell something about
        /// its content.
        actual: Option<String>,
    },
    /// A module cannot be fetched.
    #[error("function `{function}`: the module cannot be fetched from {}: {}", bounded(location), bounded(reason))]
    #[non_exhaustive]
    Fetch {
        /// The function's name.
        function: String,
        /// Where it should be.
        location: String,
        /// Why it cannot be fetched.
        reason: String,
    },
    /// A module cannot be sent with a plan, nor put into an object store for it.
    #[error("function `{function}`: the module cannot be sent: {reason}")]
    #[non_exhaustive]
    Publish {
        /// The function's name.
        function: String,
        /// Why, and what to do.
        reason: String,
    },
    /// A plug-in cannot be compiled, or has no such exports.
    #[error("function `{function}`: {}", bounded(error))]
    #[non_exhaustive]
    Plugin {
        /// The function's name.
        function: String,
        /// The runtime's error, which names the plug-in.
        error: Box<Error>,
    },
    /// A call failed.
    #[error("function `{function}`, {rows}: {}", bounded(reason))]
    #[non_exhaustive]
    Call {
        /// The function's name.
        function: String,
        /// The rows that the call was for.
        rows: Rows,
        /// What happened; names the plug-in and the export.
        reason: String,
    },
    /// A file cannot be read for a table function.
    #[error("function `{function}`: the file `{}` cannot be read: {}", bounded(file), bounded(reason))]
    #[non_exhaustive]
    File {
        /// The function's name.
        function: String,
        /// The file's path or URL.
        file: String,
        /// Why it cannot be read.
        reason: String,
    },
    /// This process does not run plug-ins.
    #[error("function `{function}`: this process does not run plug-ins")]
    #[non_exhaustive]
    Planner {
        /// The function's name.
        function: String,
    },
    /// A plan was written by another version of this crate.
    #[error(
        "the plan has plug-in functions of version {version}, and this process reads version {}",
        crate::spec::VERSION
    )]
    #[non_exhaustive]
    Version {
        /// The version that wrote it.
        version: u32,
    },
    /// A plan has something else in place of a function.
    #[error("the plan has a plug-in function that cannot be read: {}", bounded(reason))]
    #[non_exhaustive]
    NotASpec {
        /// Why.
        reason: String,
    },
}

/// As [`Display`](fmt::Display): Ballista shows its users the errors of executors in this form.
impl fmt::Debug for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FunctionError {
    /// What was found in the place of a function's module has another hash.
    pub(crate) fn hash(function: &str, module: &ModuleRef, found: &[u8]) -> Self {
        Self::Hash {
            function: function.to_owned(),
            location: module.at.to_string(),
            expected: hex(&module.sha256),
            actual: found.starts_with(b"\0asm").then(|| hex(&sha256(found))),
        }
    }

    pub(crate) fn plan(function: &str, problem: String) -> Self {
        Self::Signature { function: function.to_owned(), problems: vec![problem] }
    }
}

impl From<FunctionError> for DataFusionError {
    fn from(error: FunctionError) -> Self {
        match error {
            FunctionError::Signature { .. } => Self::Plan(error.to_string()),
            error => Self::External(Box::new(error)),
        }
    }
}
