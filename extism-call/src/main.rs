//! `extism-call`: calls the functions of Extism plug-ins from the command line.

mod args;
mod call;
mod check;
mod completions;
mod explain;
mod failure;
mod input;
mod inspect;
mod logs;
mod output;
mod plugin;
mod progress;
mod style;
mod times;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{
    args::{Cli, Command},
    failure::Failure,
};

fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => failure::exit_code(run(cli)),
        Err(error) => args::exit_code(&error),
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        None => call::call(cli.call),
        Some(Command::Inspect(args)) => inspect::inspect(&args),
        Some(Command::Check(args)) => check::check(&args),
        Some(Command::Completions { shell }) => completions::completions(shell),
    }
}
