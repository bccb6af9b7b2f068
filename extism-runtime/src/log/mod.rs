//! The log output of plug-ins: to `tracing`, and to a file or a function for programs without a subscriber.

mod own;
mod sink;

pub(crate) use self::own::PluginLog;
pub use self::sink::{set_log_callback, set_log_file};
use crate::plugin_id::PluginId;

/// The severity of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LogLevel {
    /// Every step.
    Trace = 0,
    /// For finding faults.
    Debug = 1,
    /// Of interest in normal operation.
    Info = 2,
    /// Unexpected, but handled.
    Warn = 3,
    /// Something failed.
    Error = 4,
}

impl std::fmt::Display for LogLevel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        })
    }
}

impl std::str::FromStr for LogLevel {
    type Err = ParseLogLevelError;

    fn from_str(text: &str) -> Result<Self, ParseLogLevelError> {
        match text.to_ascii_lowercase().as_str() {
            "trace" => Ok(Self::Trace),
            "debug" => Ok(Self::Debug),
            "info" => Ok(Self::Info),
            "warn" | "warning" => Ok(Self::Warn),
            "error" => Ok(Self::Error),
            _ => Err(ParseLogLevelError { text: text.to_owned() }),
        }
    }
}

/// A text is not a [`LogLevel`]: the error of its [`FromStr`](std::str::FromStr).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a log level; use trace, debug, info, warn or error")]
pub struct ParseLogLevelError {
    text: String,
}

/// A line that a plug-in logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogRecord<'a> {
    /// The line's severity.
    pub level: LogLevel,
    /// The plug-in's id.
    pub id: PluginId,
    /// The plug-in's name.
    pub plugin: &'a str,
    /// The text; invalid UTF-8 is replaced.
    pub message: &'a str,
}

/// The form of the `tracing` events for what plug-ins log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LogEvents {
    /// With the target `extism::plugin`, the plug-in's name as the field `plugin`, and its id as `id`.
    #[default]
    Named,
    /// As the official crate emits them, for programs with filters for these or readers of their lines: with the target
    /// `extism::pdk`, and the plug-in's id as the field `plugin`.
    Official,
}

/// Returns whether this level is enabled for a plug-in with this log of its own.
pub(crate) fn enabled(level: LogLevel, own: Option<&PluginLog>) -> bool {
    max_level(own).is_some_and(|lowest| level >= lowest)
}

/// Writes a plug-in's line.
pub(crate) fn emit(record: &LogRecord<'_>, events: LogEvents, own: Option<&PluginLog>) {
    event(record, events);
    sink::write(record);
    if let Some(own) = own {
        own.write(record);
    }
}

/// Emits the event of `tracing` for a line.
fn event(record: &LogRecord<'_>, events: LogEvents) {
    let LogRecord { level, id, plugin, message } = *record;
    macro_rules! event {
        ($level:ident) => {
            match events {
                LogEvents::Named => {
                    tracing::event!(target: "extism::plugin", tracing::Level::$level, plugin, %id, "{message}");
                }
                LogEvents::Official => {
                    let plugin = id.to_string();
                    tracing::event!(target: "extism::pdk", tracing::Level::$level, plugin, "{message}");
                }
            }
        };
    }
    match level {
        LogLevel::Trace => event!(TRACE),
        LogLevel::Debug => event!(DEBUG),
        LogLevel::Info => event!(INFO),
        LogLevel::Warn => event!(WARN),
        LogLevel::Error => event!(ERROR),
    }
}

/// The most verbose enabled level for a plug-in with this log of its own; `None` if none is.
pub(crate) fn max_level(own: Option<&PluginLog>) -> Option<LogLevel> {
    use tracing::level_filters::LevelFilter;

    let subscriber = match LevelFilter::current() {
        LevelFilter::OFF => None,
        LevelFilter::ERROR => Some(LogLevel::Error),
        LevelFilter::WARN => Some(LogLevel::Warn),
        LevelFilter::INFO => Some(LogLevel::Info),
        LevelFilter::DEBUG => Some(LogLevel::Debug),
        _ => Some(LogLevel::Trace),
    };
    [subscriber, sink::level(), own.map(PluginLog::level)].into_iter().flatten().min()
}
