//! The call's input, and files other than the plug-in's.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use crate::{
    args::{InputArgs, is_stdin},
    failure::Failure,
};

impl InputArgs {
    /// Whether the input is read from standard input.
    pub(crate) fn uses_stdin(&self) -> bool {
        self.stdin || self.input_file.as_ref().is_some_and(|file| is_stdin(file.as_os_str()))
    }

    /// Reads the input. As in the official tools, `--stdin` takes precedence over `--input`.
    pub(crate) fn read(self) -> Result<Vec<u8>, Failure> {
        match (self.stdin, self.input_file, self.input) {
            (true, ..) => read_up_to(Path::new("-"), "the input", MAX_INPUT),
            (false, Some(path), _) => read_up_to(&path, "the input", MAX_INPUT),
            (false, None, Some(text)) => Ok(text.into_encoded_bytes()),
            (false, None, None) => Ok(Vec::new()),
        }
    }
}

/// The maximum size of an input in bytes: the most that a plug-in's memory could hold.
const MAX_INPUT: u64 = 4 << 30;
/// The maximum size in bytes of a module, manifest or interface. Plug-ins that the runtime reads from files have the same limit.
const MAX_FILE: u64 = 1 << 30;

/// Reads a module or an interface from a file, or from standard input for `-`. `what` names it in errors.
pub(crate) fn read(path: &Path, what: &str) -> Result<Vec<u8>, Failure> {
    read_up_to(path, what, MAX_FILE)
}

/// Reads a module or manifest.
pub(crate) fn read_from(from: impl Read) -> io::Result<Vec<u8>> {
    up_to(from, MAX_FILE)
}

fn read_up_to(path: &Path, what: &str, limit: u64) -> Result<Vec<u8>, Failure> {
    let (result, place) = if is_stdin(path.as_os_str()) {
        (up_to(io::stdin().lock(), limit), "standard input".to_owned())
    } else {
        (File::open(path).and_then(|file| up_to(file, limit)), path.display().to_string())
    };
    result.map_err(|error| Failure::usage(format!("cannot read {what} from {place}: {error}")))
}

/// Reads to the end. Some files, such as `/dev/zero`, have none.
fn up_to(from: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::other(format!("it is larger than the limit of {limit} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_end_is_not_read_for_ever() {
        let error = up_to(io::repeat(0), 10).unwrap_err();
        assert_eq!(error.to_string(), "it is larger than the limit of 10 bytes");
        assert_eq!(up_to(&b"0123456789"[..], 10).unwrap(), b"0123456789");
    }
}
