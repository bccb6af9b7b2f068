//! Standard output.

use std::io::{self, IsTerminal as _, Write};

use crate::failure::{Failure, Status};

/// Whether standard output still has a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// It has one, as far as is known.
    There,
    /// The pipe is closed, as by `| head`, which is not an error.
    Gone,
}

/// Writes a call's output and, on a terminal, a line break if the output does not end with one.
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
