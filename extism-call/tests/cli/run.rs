//! Runs the tool.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use assert_cmd::Command;

/// The result of a command line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output; invalid UTF-8 is replaced.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Run {
    /// A successful call with this output, and nothing on standard error.
    pub(crate) fn output(stdout: &str) -> Self {
        Self { code: 0, stdout: stdout.to_owned(), stderr: String::new() }
    }

    /// A failure with this exit code and message, and no output.
    pub(crate) fn failure(code: i32, lines: &[&str]) -> Self {
        let stderr = lines.iter().flat_map(|line| [line, "\n"]).collect();
        Self { code, stdout: String::new(), stderr }
    }

    /// The first line on standard error.
    pub(crate) fn cause(&self) -> &str {
        self.stderr.lines().next().unwrap_or_default()
    }
}

/// The repository's folder, in which the commands run.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The path of a committed guest, from where the commands run.
pub(crate) fn guest(file: &str) -> String {
    format!("examples/plugins/{file}")
}

/// The tool as a command without arguments.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_extism-call"));
    command.current_dir(repository()).timeout(Duration::from_mins(2));
    for (name, value) in environment() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// Sets an environment that differs from that of the tests: compiled code is kept separately, and nothing
/// enables colours, WASI's output or dumps.
pub(crate) fn environment() -> [(&'static str, Option<&'static str>); 7] {
    [
        ("XDG_CACHE_HOME", Some(env!("CARGO_TARGET_TMPDIR"))),
        ("EXTISM_CACHE_CONFIG", None),
        ("EXTISM_ENABLE_WASI_OUTPUT", None),
        ("EXTISM_COREDUMP", None),
        ("EXTISM_MEMDUMP", None),
        ("EXTISM_PROFILE", None),
        ("NO_COLOR", None),
    ]
}

/// Runs a command line.
pub(crate) fn run<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Run {
    run_with_stdin(args, "")
}

/// Runs a command line with this on standard input.
pub(crate) fn run_with_stdin<S: AsRef<std::ffi::OsStr>>(
    args: impl IntoIterator<Item = S>,
    stdin: impl Into<Vec<u8>>,
) -> Run {
    let output = command().args(args).write_stdin(stdin).output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Writes a file into a folder, and returns its path.
pub(crate) fn file(folder: &tempfile::TempDir, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

/// An empty folder, removed when it is dropped.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}
