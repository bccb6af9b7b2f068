//! The call's input, and files other than the plug-in's.

use std::{
    fs,
    io::{self, Read as _},
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
            (true, ..) => read(Path::new("-"), "the input"),
            (false, Some(path), _) => read(&path, "the input"),
            (false, None, Some(text)) => Ok(text.into_encoded_bytes()),
            (false, None, None) => Ok(Vec::new()),
        }
    }
}

/// Reads a file, or standard input for `-`. `what` names the contents in errors.
pub(crate) fn read(path: &Path, what: &str) -> Result<Vec<u8>, Failure> {
    let (result, place) = if is_stdin(path.as_os_str()) {
        let mut bytes = Vec::new();
        (io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes), "standard input".to_owned())
    } else {
        (fs::read(path), path.display().to_string())
    };
    result.map_err(|error| Failure::usage(format!("cannot read {what} from {place}: {error}")))
}
