//! The destination of the plug-in's log.

use std::io::{self, Write as _};

use extism_runtime::log::{LogLevel, LogRecord, set_log_callback, set_log_file};

use crate::{
    args::LogArgs,
    failure::Failure,
    style::{self, Style},
};

/// Sets up the log as the command line specifies: none, to standard error, or to a file.
pub(crate) fn set_up(args: &LogArgs) -> Result<(), Failure> {
    let level = args.log_level.map(LogLevel::from);
    match (&args.log_file, level) {
        (None, None) => Ok(()),
        (None, Some(level)) => {
            let style = Style::of_stderr();
            set_log_callback(level, move |record| print(style, record));
            Ok(())
        }
        (Some(file), level) => set_log_file(level.unwrap_or(LogLevel::Info), file)
            .map_err(|error| Failure::usage(format!("cannot write the log: {error}"))),
    }
}

/// Prints a message, with the level and the plug-in's name before each line.
fn print(style: Style, record: &LogRecord<'_>) {
    let level = format!("{:<5}", record.level);
    let level = if record.level >= LogLevel::Warn { style.error(&level) } else { style.dim(&level) };
    let plugin = style::printable(record.plugin);
    // An empty message is printed as one line.
    let empty = record.message.is_empty().then_some("");
    let lines = empty
        .into_iter()
        .chain(record.message.lines())
        .map(|line| format!("{level} {plugin}: {}\n", style::printable(line)));
    // A failure to print the log must not end the call.
    let _ = io::stderr().write_all(lines.collect::<String>().as_bytes());
}
