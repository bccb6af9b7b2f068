//! What the tool does, one file per command.

mod call;
mod check;
mod completions;
mod inspect;

use crate::{
    args::{Cli, Command},
    failure::Failure,
};

/// Runs the command that the command line names; without one, it calls a function.
pub(crate) fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        None => call::call(cli.call),
        Some(Command::Inspect(args)) => inspect::inspect(&args),
        Some(Command::Check(args)) => check::check(&args),
        Some(Command::Completions { shell }) => completions::completions(shell),
    }
}
