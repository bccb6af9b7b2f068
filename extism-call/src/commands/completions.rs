//! `extism-call completions SHELL`.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::{args::Cli, failure::Failure, output};

/// Prints the script for a shell.
pub(super) fn completions(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "extism-call", &mut script);
    output::write_text(&String::from_utf8_lossy(&script)).map(|_| ())
}
