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
    /// Compile the plug-ins of a directory ahead of time, into a cache that can be shipped
    Warm(WarmArgs),
    /// Run a module's initialization once, and write a module that is initialized
    Snapshot(SnapshotArgs),
    /// Tell what a change of an interface breaks
    #[command(after_help = DIFF_HELP)]
    Diff(DiffArgs),
    /// Show an interface in another format
    Schema(SchemaArgs),
    /// Write an interface as source code
    Generate(GenerateArgs),
    /// Write an interface into a module, which then describes itself
    Stamp(StampArgs),
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
    #[command(flatten)]
    pub(crate) profile: ProfileArgs,
    /// Accepted and ignored: the content of FILE shows whether it is a manifest
    #[arg(short, long)]
    pub(crate) manifest: bool,
}

/// Which plug-ins to compile, and where to keep the code.
#[derive(Debug, Args)]
pub(crate) struct WarmArgs {
    /// The directory: modules (NAME.wasm, NAME.wat), manifests (NAME.toml, NAME.json), and directories with a plugin.toml
    /// or plugin.json
    pub(crate) directory: PathBuf,
    /// The directory of the cache; the user's own by default
    #[arg(long, value_name = "DIR")]
    pub(crate) cache: Option<PathBuf>,
}

/// Which module to initialize, and how.
#[derive(Debug, Args)]
pub(crate) struct SnapshotArgs {
    /// The module (.wasm, .wat), or `-` for standard input
    pub(crate) file: OsString,
    /// The file for the initialized module
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Also run this export, after the usual initializers
    #[arg(long, value_name = "NAME")]
    pub(crate) init: Option<String>,
    /// Let the initialization read clocks, random bytes, and an empty environment; all instances then have the same
    #[arg(long)]
    pub(crate) wasi: bool,
    /// The time that the initialization may take; one minute by default
    #[arg(short, long, value_name = "MILLIS")]
    pub(crate) timeout: Option<u64>,
}

/// Where to write profiles of the calls.
#[derive(Debug, Args)]
pub(crate) struct ProfileArgs {
    /// Write a profile of the plug-in's functions for profiler.firefox.com
    #[arg(long = "profile", value_name = "FILE.json")]
    pub(crate) firefox: Option<PathBuf>,
    /// Draw a flame graph of the plug-in's functions
    #[arg(long, value_name = "FILE.svg")]
    pub(crate) flamegraph: Option<PathBuf>,
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
    /// The interface: JSON, an XTP document, or a module that describes itself; `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) interface: PathBuf,
    /// Add a module under the name that the plug-in imports it by
    #[arg(long = "link", value_name = "NAME=FILE")]
    pub(crate) links: Vec<Link>,
}

const DIFF_HELP: &str = "\
Exit codes: 0 when nothing breaks; 1 when something breaks plug-ins or hosts; 2 when a file can't be read; 64 for a wrong \
command line.";

/// Which versions to compare.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The old version: an interface (JSON or an XTP document), or a module that describes itself
    pub(crate) old: PathBuf,
    /// The new version
    pub(crate) new: PathBuf,
}

/// Which interface to show.
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// The interfaces: JSON, an XTP document, or a module that describes itself; `-` for standard input
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The format
    #[arg(long, value_enum)]
    pub(crate) format: SchemaFormat,
}

/// What an interface is shown as.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SchemaFormat {
    /// An XTP document (v1-draft), for the generators of bindings for other languages
    Xtp,
    /// A JSON Schema
    JsonSchema,
    /// A page for the authors of plug-ins
    Markdown,
}

/// What to write as source code.
#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    /// The language
    #[arg(value_enum)]
    pub(crate) language: Language,
    /// The interfaces: JSON, an XTP document, or a module that describes itself; `-` for standard input
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The name of the trait, if the file has none, as XTP documents have; by default it is that of the file
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
}

/// A programming language.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Language {
    /// The traits for `extism-runtime`, and their types
    Rust,
}

/// What to write into which module.
#[derive(Debug, Args)]
pub(crate) struct StampArgs {
    /// The module (.wasm)
    pub(crate) file: PathBuf,
    /// What it implements, and the host functions that it needs: JSON, an XTP document, or a module that describes itself;
    /// may be given several times
    #[arg(long = "interface", value_name = "FILE", required = true)]
    pub(crate) interfaces: Vec<PathBuf>,
    /// Write the result to another file; `-` for standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
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
