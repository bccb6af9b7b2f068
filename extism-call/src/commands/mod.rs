//! The commands, one file each.

mod call;
mod check;
mod completions;
mod inspect;

use crate::{
    args::{Cli, Command},
    failure::Failure,
};

/// Runs the command that was named, or calls a function if none was.
pub(crate) fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        None => call::call(cli.call),
        Some(Command::Inspect(args)) => inspect::inspect(&args),
        Some(Command::Check(args)) => check::check(&args),
        Some(Command::Completions { shell }) => completions::completions(shell),
    }
}
