//! Logs, which the host receives.

use std::fmt;

use crate::{block::Block, env};

/// How important a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// What happens in detail.
    Trace,
    /// For finding mistakes.
    Debug,
    /// What happens.
    Info,
    /// What may be a problem.
    Warn,
    /// What is a problem.
    Error,
}

/// Whether the host takes texts of this level.
fn enabled(level: LogLevel) -> bool {
    let lowest = env::get_log_level();
    lowest != i32::MAX && level as i32 >= lowest
}

/// Logs a text, if the host takes texts of this level; else it is not even formatted.
pub fn write(level: LogLevel, text: fmt::Arguments<'_>) {
    if !enabled(level) {
        return;
    }
    let offset = match text.as_str() {
        Some(text) => Block::of(text.as_bytes()),
        None => Block::of(text.to_string().as_bytes()),
    }
    .offset;
    match level {
        LogLevel::Trace => env::log_trace(offset),
        LogLevel::Debug => env::log_debug(offset),
        LogLevel::Info => env::log_info(offset),
        LogLevel::Warn => env::log_warn(offset),
        LogLevel::Error => env::log_error(offset),
    }
}

/// Logs a text with a [`LogLevel`]: `log!(LogLevel::Info, "{count} vowels")`.
#[macro_export]
macro_rules! log {
    ($level:expr, $($text:tt)+) => {
        $crate::__private::log($level, ::core::format_args!($($text)+))
    };
}

/// Logs what happens in detail: `trace!("{count} vowels")`.
#[macro_export]
macro_rules! trace {
    ($($text:tt)+) => {
        $crate::log!($crate::LogLevel::Trace, $($text)+)
    };
}

/// Logs what helps to find mistakes: `debug!("{count} vowels")`.
#[macro_export]
macro_rules! debug {
    ($($text:tt)+) => {
        $crate::log!($crate::LogLevel::Debug, $($text)+)
    };
}

/// Logs what happens: `info!("{count} vowels")`.
#[macro_export]
macro_rules! info {
    ($($text:tt)+) => {
        $crate::log!($crate::LogLevel::Info, $($text)+)
    };
}

/// Logs what may be a problem: `warn!("{count} vowels")`.
#[macro_export]
macro_rules! warn {
    ($($text:tt)+) => {
        $crate::log!($crate::LogLevel::Warn, $($text)+)
    };
}

/// Logs what is a problem: `error!("{count} vowels")`.
#[macro_export]
macro_rules! error {
    ($($text:tt)+) => {
        $crate::log!($crate::LogLevel::Error, $($text)+)
    };
}
