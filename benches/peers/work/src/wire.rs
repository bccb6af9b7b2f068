//! How a peer in a process of its own takes turns with the others.
//!
//! The process listens on a socket. A connection is one instance, on a thread of its own: the first line names the work
//! and is answered with `ready` when the instance is; each line after it is a number of times to do the work, and is
//! answered with the nanoseconds that this took. The process measures the time itself, so that the socket does not count.
//! A failure is answered with `error` and its text in one line.

use std::{
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    path::Path,
    time::Duration,
};

use crate::{Batch, Result, Work};

/// Makes an instance in the process at the socket.
///
/// # Errors
///
/// Returns an error if the process does not answer, or answers with an error.
pub fn connect(socket: &Path, work: Work) -> Result<Batch> {
    let mut stream = BufReader::new(UnixStream::connect(socket)?);
    let ready = ask(&mut stream, &work.to_string())?;
    if ready != "ready" {
        return Err(format!("`{ready}` instead of `ready`").into());
    }
    Ok(Box::new(move |count| Ok(Duration::from_nanos(ask(&mut stream, &count.to_string())?.parse()?))))
}

fn ask(stream: &mut BufReader<UnixStream>, line: &str) -> Result<String> {
    writeln!(stream.get_mut(), "{line}")?;
    let mut answer = String::new();
    stream.read_line(&mut answer)?;
    match answer.trim_end() {
        "" => Err("the process of the peer has ended".into()),
        text => match text.strip_prefix("error ") {
            Some(error) => Err(error.into()),
            None => Ok(text.to_owned()),
        },
    }
}
