//! The commands, one file each.

mod call;
mod check;
mod completions;
mod diff;
mod generate;
mod inspect;
mod schema;
mod snapshot;
mod stamp;
mod warm;

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
        Some(Command::Warm(args)) => warm::warm(&args),
        Some(Command::Snapshot(args)) => snapshot::snapshot(&args),
        Some(Command::Diff(args)) => diff::diff(&args),
        Some(Command::Schema(args)) => schema::schema(&args),
        Some(Command::Generate(args)) => generate::generate(&args),
        Some(Command::Stamp(args)) => stamp::stamp(&args),
        Some(Command::Completions { shell }) => completions::completions(shell),
    }
}
