//! Why a manifest could not be read.

use std::{fmt, io, path::PathBuf};

use crate::display;

/// The text formats of a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ManifestFormat {
    /// JSON.
    Json,
    /// TOML.
    Toml,
}

impl fmt::Display for ManifestFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "JSON",
            Self::Toml => "TOML",
        })
    }
}

/// Why a manifest could not be read or written.
///
/// Lines and columns are counted from 1. In TOML they point to the start of the error, in JSON to where the
/// parser stopped: within it or right after it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The file could not be read.
    #[error("cannot read the manifest {}: {source}", path.display())]
    #[non_exhaustive]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The file is larger than a manifest of a set may be.
    #[error("the manifest {} is larger than {limit} bytes", path.display())]
    #[non_exhaustive]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most bytes that are read.
        limit: u64,
    },
    /// The text is not UTF-8.
    #[error("the manifest{} is not UTF-8 text (byte {offset})", in_file(file.as_ref()))]
    #[non_exhaustive]
    NotUtf8 {
        /// The file, if it is one.
        file: Option<PathBuf>,
        /// The offset of the first invalid byte, counted from 0.
        offset: usize,
    },
    /// The text is not JSON or TOML.
    #[error("the manifest{} is not valid {format}: {message} (line {line}, column {column})", in_file(file.as_ref()))]
    #[non_exhaustive]
    Syntax {
        /// The file, if it is one.
        file: Option<PathBuf>,
        /// The format that it was read as.
        format: ManifestFormat,
        /// The line.
        line: usize,
        /// The column.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// A field is unknown, repeated, of a wrong type or has an invalid value.
    #[error("in the manifest{}, {}{message} (line {line}, column {column})", in_file(file.as_ref()), at_path(path))]
    #[non_exhaustive]
    Field {
        /// The file, if it is one.
        file: Option<PathBuf>,
        /// The path to the field, such as `wasm[0].hash`; empty for the manifest itself.
        path: String,
        /// The line.
        line: usize,
        /// The column.
        column: usize,
        /// What is wrong, and what may have been meant.
        message: String,
    },
    /// A value of the program's own, which is in `config`, is missing or is not of the type that the program reads.
    #[error("in the manifest{}, `config`, {}{message}", in_file(file.as_ref()), at_path(key))]
    #[non_exhaustive]
    Value {
        /// The file, if the manifest was read from one.
        file: Option<PathBuf>,
        /// The key in `config`, such as `plugin.version`.
        key: String,
        /// What is wrong.
        message: String,
    },
    /// The manifest cannot be written as JSON: a path in it is not UTF-8.
    #[error("the manifest cannot be written as JSON: {source}")]
    #[non_exhaustive]
    Write {
        /// The writer's error.
        source: serde_json::Error,
    },
}

impl ManifestError {
    /// Returns the same error, with the file that it is about.
    pub(super) fn in_file(mut self, name: PathBuf) -> Self {
        match &mut self {
            Self::NotUtf8 { file, .. } | Self::Syntax { file, .. } | Self::Field { file, .. } => {
                *file = Some(name);
            }
            Self::Value { file, .. } => *file = Some(name),
            Self::Read { .. } | Self::TooLarge { .. } | Self::Write { .. } => {}
        }
        self
    }
}

/// ` NAME` of the file, or nothing.
fn in_file(file: Option<&PathBuf>) -> String {
    file.map(|file| format!(" {}", file.display())).unwrap_or_default()
}

/// The field's path in front of the message, or nothing for the manifest itself.
fn at_path(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("`{}`: ", display::name(path)) }
}
