//! `extism-call`: calls the functions of Extism plug-ins from the command line.

mod args;
mod commands;
mod description;
mod explain;
mod failure;
mod input;
mod logs;
mod output;
mod plugin;
mod profile;
mod progress;
mod style;
mod times;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Cli;

fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => failure::exit_code(commands::run(cli)),
        Err(error) => args::exit_code(&error),
    }
}
