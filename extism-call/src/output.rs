//! Standard output.

use std::io::{self, IsTerminal as _, Write};

use crate::failure::{Failure, Status};

/// Whether somebody still reads what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// As far as is known.
    There,
    /// The pipe is closed: no error, as with `| head`.
    Gone,
}

/// Writes a call's output: its bytes, and on a terminal the end of the line where that is missing.
pub(crate) fn write_result(bytes: &[u8]) -> Result<Reader, Failure> {
    let stdout = io::stdout();
    let missing_end = stdout.is_terminal() && !bytes.is_empty() && !bytes.ends_with(b"\n");
    let end: &[u8] = if missing_end { b"\n" } else { b"" };
    outcome(write_to(stdout.lock(), &[bytes, end]))
}

/// Writes text.
pub(crate) fn write_text(text: &str) -> Result<Reader, Failure> {
    outcome(write_to(io::stdout().lock(), &[text.as_bytes()]))
}

fn write_to(mut out: impl Write, parts: &[&[u8]]) -> io::Result<()> {
    parts.iter().try_for_each(|part| out.write_all(part))?;
    out.flush()
}

fn outcome(result: io::Result<()>) -> Result<Reader, Failure> {
    match result {
        Ok(()) => Ok(Reader::There),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Reader::Gone),
        Err(error) => Err(Failure {
            status: Status::Call,
            cause: format!("cannot write to standard output: {error}"),
            details: Vec::new(),
        }),
    }
}
