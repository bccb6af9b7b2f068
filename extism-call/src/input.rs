//! The call's input.

use std::{
    fs,
    io::{self, Read as _},
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

    /// The input's bytes. As in the official tools, `--stdin` goes before `--input`.
    pub(crate) fn read(self) -> Result<Vec<u8>, Failure> {
        if self.uses_stdin() {
            return read_stdin().map_err(|error| Failure::usage(format!("cannot read standard input: {error}")));
        }
        match (self.input_file, self.input) {
            (Some(path), _) => fs::read(&path)
                .map_err(|error| Failure::usage(format!("cannot read the input from {}: {error}", path.display()))),
            (None, Some(text)) => Ok(text.into_encoded_bytes()),
            (None, None) => Ok(Vec::new()),
        }
    }
}

fn read_stdin() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}
