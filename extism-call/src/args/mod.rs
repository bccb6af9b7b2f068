//! Parses the command line.

mod allow_path;
mod pair;

use std::{
    ffi::{OsStr, OsString},
    path::PathBuf,
    process::ExitCode,
};

use clap::{
    Args, CommandFactory as _, Parser, Subcommand, ValueEnum,
    error::{ContextKind, ContextValue, ErrorKind},
};
use clap_complete::Shell;
use extism_runtime::log::LogLevel;

pub(crate) use self::{
    allow_path::AllowPath,
    pair::{Config, Link},
};
use crate::failure::Status;

const AFTER_HELP: &str = "\
Exit codes: 0; 1 if the plug-in cannot be loaded; 2 if the call fails; 64 if the command line is wrong.

If a plug-in's file is named like a command, write its folder too: extism-call ./inspect NAME";

/// Call a function of an Extism plug-in
#[derive(Debug, Parser)]
#[command(
    name = "extism-call",
    version,
    after_help = AFTER_HELP,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true,
    infer_long_args = true
)]
pub(crate) struct Cli {
    /// The command to run instead of calling a function.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// The call to make.
    #[command(flatten)]
    pub(crate) call: CallArgs,
}

/// The commands besides calling a function.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show a plug-in's exports and imports, and what it needs from its host
    Inspect(InspectArgs),
    /// Check whether a plug-in has the functions of an interface
    Check(CheckArgs),
    /// Print a shell's completion script
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// What to call, with which input, and within which limits.
#[derive(Debug, Args)]
pub(crate) struct CallArgs {
    /// The plug-in: a module (.wasm, .wat) or manifest (JSON, TOML), `-` for standard input, or a URL
    // Optional in the type, because it is absent for commands.
    #[arg(required = true)]
    pub(crate) file: Option<OsString>,
    /// The function to call
    #[arg(required = true)]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Call it this many more times, in the same instance, so that its variables persist
    #[arg(long = "loop", value_name = "TIMES", default_value_t = 0, hide_default_value = true)]
    pub(crate) more: u64,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    #[command(flatten)]
    pub(crate) log: LogArgs,
    /// Let the plug-in use WASI; its output goes to standard error
    #[arg(long)]
    pub(crate) wasi: bool,
    /// Add a module under the name that the plug-in imports it by: a file or an http(s) URL
    #[arg(long = "link", value_name = "NAME=FILE")]
    pub(crate) links: Vec<Link>,
    /// Print how long loading, compiling, instantiating and each call took
    #[arg(long)]
    pub(crate) time: bool,
    /// Accepted and ignored: the content of FILE shows whether it is a manifest
    #[arg(short, long)]
    pub(crate) manifest: bool,
}

/// The source of the call's input.
#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// The input
    #[arg(short, long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) input: Option<OsString>,
    /// Read the input from standard input
    #[arg(long)]
    pub(crate) stdin: bool,
    /// Read the input from a file
    #[arg(long, value_name = "PATH", conflicts_with_all = ["input", "stdin"])]
    pub(crate) input_file: Option<PathBuf>,
}

/// The resources that the plug-in may use, in addition to its manifest.
#[derive(Debug, Args)]
pub(crate) struct LimitArgs {
    /// The time limit of each call; 0 for none
    #[arg(short, long, value_name = "MILLIS")]
    pub(crate) timeout: Option<u64>,
    /// Let the plug-in access a directory through WASI, read-only with `ro:`, under the path PLUGIN if it is
    /// set; `::` means a colon in LOCAL
    #[arg(long = "allow-path", value_name = "[ro:]LOCAL[:PLUGIN]")]
    pub(crate) allow_paths: Vec<AllowPath>,
    /// Let the plug-in access a host over HTTP; `*` matches any text, and without a PORT all ports are allowed
    #[arg(long = "allow-host", value_name = "HOST[:PORT]")]
    pub(crate) allow_hosts: Vec<String>,
    /// Set a value of the plug-in's configuration
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) config: Vec<Config>,
    /// The memory limit of the plug-in, in pages of 64 KiB
    #[arg(long, value_name = "PAGES")]
    pub(crate) memory_max: Option<u32>,
    /// The maximum size of an HTTP response in bytes
    #[arg(long, value_name = "BYTES")]
    pub(crate) http_response_max: Option<u64>,
    /// The maximum size of the plug-in's variables in bytes; 0 disables variables
    #[arg(long, value_name = "BYTES")]
    pub(crate) var_max: Option<u64>,
}

/// The destination of the plug-in's log.
#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// Show the plug-in's log at this level or above
    #[arg(long, value_name = "LEVEL")]
    pub(crate) log_level: Option<Level>,
    /// Append the log to a file instead of printing it to standard error; the default level is `info`
    #[arg(long, value_name = "FILE")]
    pub(crate) log_file: Option<PathBuf>,
}

/// A [`LogLevel`], as it is named on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[allow(missing_docs, reason = "each would be one more help text")]
pub(crate) enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl From<Level> for LogLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warn => Self::Warn,
            Level::Info => Self::Info,
            Level::Debug => Self::Debug,
            Level::Trace => Self::Trace,
        }
    }
}

/// The plug-in to inspect, and the format to print.
#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// The plug-in, as for a call
    pub(crate) file: OsString,
    /// Add a module under the name that the plug-in imports it by
    #[arg(long = "link", value_name = "NAME=FILE")]
    pub(crate) links: Vec<Link>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The plug-in to check, and the interface.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The plug-in, as for a call
    pub(crate) file: OsString,
    /// The interface, as JSON; `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) interface: PathBuf,
    /// Add a module under the name that the plug-in imports it by
    #[arg(long = "link", value_name = "NAME=FILE")]
    pub(crate) links: Vec<Link>,
}

/// Whether FILE means standard input.
pub(crate) fn is_stdin(file: &OsStr) -> bool {
    file == "-"
}

/// Prints the help, or the error in the command line.
pub(crate) fn exit_code(error: &clap::Error) -> ExitCode {
    // If this fails, the error cannot be reported anywhere.
    let _ = match unexpected(error) {
        Some(argument) => {
            let message = format!("unexpected argument '{argument}' found");
            Cli::command().error(ErrorKind::UnknownArgument, message).print()
        }
        None => error.print(),
    };
    if error.use_stderr() { Status::Usage.into() } else { ExitCode::SUCCESS }
}

/// The argument after FILE and NAME, which the parser treats as an unknown command.
fn unexpected(error: &clap::Error) -> Option<&str> {
    match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(name)) if Cli::command().find_subcommand(name).is_none() => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
