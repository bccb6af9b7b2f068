//! Why the tool ends otherwise than it should: the exit code, the message.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use extism_runtime::Error;

use crate::{
    explain,
    style::{self, Style},
};

/// The exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// The plug-in can't be loaded.
    Load = 1,
    /// The call fails.
    Call = 2,
    /// The command line is wrong, or names a file beside the plug-in's that can't be used (`EX_USAGE`).
    Usage = 64,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}

/// Why the tool fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) status: Status,
    /// The cause, in one line.
    pub(crate) cause: String,
    /// What else is known, a line each.
    pub(crate) details: Vec<String>,
}

impl Failure {
    /// The plug-in can't be loaded.
    pub(crate) fn load(error: &Error) -> Self {
        Self::of(Status::Load, error)
    }

    /// The call fails.
    pub(crate) fn call(error: &Error) -> Self {
        Self::of(Status::Call, error)
    }

    /// The command line is wrong.
    pub(crate) fn usage(cause: impl Into<String>) -> Self {
        Self { status: Status::Usage, cause: cause.into(), details: Vec::new() }
    }

    /// Adds a line to the details.
    pub(crate) fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }

    fn of(status: Status, error: &Error) -> Self {
        let mut lines = explain::lines(error).into_iter();
        let cause = lines.next().unwrap_or_default();
        Self { status, cause, details: lines.collect() }
    }

    fn print(&self) -> io::Result<()> {
        let style = Style::of_stderr();
        let mut text = format!("{} {}\n", style.error("error:"), style::printable(&self.cause));
        for detail in &self.details {
            text.push_str("  ");
            text.push_str(&style::printable(detail));
            text.push('\n');
        }
        io::stderr().write_all(text.as_bytes())
    }
}

/// Prints why the tool fails, if it does.
pub(crate) fn exit_code(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to be told when this fails.
            let _ = failure.print();
            failure.status.into()
        }
    }
}
