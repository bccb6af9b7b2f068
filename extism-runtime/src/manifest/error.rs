//! Why a manifest couldn't be read.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::shown;

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

/// Why a manifest couldn't be read or written.
///
/// Lines and columns count from 1. In TOML they name the start of the culprit, in JSON the place where
/// the reader stopped: in the culprit or right behind it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The file couldn't be read.
    #[error("cannot read the manifest {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The text isn't UTF-8.
    #[error("the manifest{} is not UTF-8 text (byte {offset})", in_file(file.as_ref()))]
    NotUtf8 {
        /// The file, if it is one.
        file: Option<PathBuf>,
        /// The place of the first wrong byte, counted from 0.
        offset: usize,
    },
    /// The text isn't JSON or TOML.
    #[error("the manifest{} is not valid {format}: {message} (line {line}, column {column})", in_file(file.as_ref()))]
    Syntax {
        /// The file, if it is one.
        file: Option<PathBuf>,
        /// What it was read as.
        format: ManifestFormat,
        /// The line.
        line: usize,
        /// The column.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// A field isn't what it should be: unknown, given twice, of a wrong type or with a wrong value.
    #[error("in the manifest{}, {}{message} (line {line}, column {column})", in_file(file.as_ref()), at_path(path))]
    Field {
        /// The file, if it is one.
        file: Option<PathBuf>,
        /// The way to the field, such as `wasm[0].hash`; empty for the manifest itself.
        path: String,
        /// The line.
        line: usize,
        /// The column.
        column: usize,
        /// What is wrong, and what may have been meant.
        message: String,
    },
    /// The manifest can't be written as JSON: a path in it isn't UTF-8.
    #[error("the manifest cannot be written as JSON: {source}")]
    Write {
        /// What the writer said.
        source: serde_json::Error,
    },
}

impl ManifestError {
    /// The same error, saying which file it is about.
    pub(super) fn in_file(mut self, name: PathBuf) -> Self {
        match &mut self {
            Self::NotUtf8 { file, .. } | Self::Syntax { file, .. } | Self::Field { file, .. } => {
                *file = Some(name);
            }
            Self::Read { .. } | Self::Write { .. } => {}
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
    if path.is_empty() { String::new() } else { format!("`{}`: ", shown::name(path)) }
}
