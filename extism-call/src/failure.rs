//! Failures of the tool: the exit code and the message.

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
    /// The plug-in cannot be loaded.
    Load = 1,
    /// The call failed.
    Call = 2,
    /// The command line is wrong, or names a file other than the plug-in's that cannot be used (`EX_USAGE`).
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
    /// The details, one line each.
    pub(crate) details: Vec<String>,
}

impl Failure {
    /// Reports that the plug-in cannot be loaded.
    pub(crate) fn load(error: &Error) -> Self {
        Self::of(Status::Load, error)
    }

    /// Reports that the call failed.
    pub(crate) fn call(error: &Error) -> Self {
        Self::of(Status::Call, error)
    }

    /// Reports that the command line is wrong.
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

/// Prints the failure, if there is one, and returns the exit code.
pub(crate) fn exit_code(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // If this fails too, the error cannot be reported anywhere.
            let _ = failure.print();
            failure.status.into()
        }
    }
}
