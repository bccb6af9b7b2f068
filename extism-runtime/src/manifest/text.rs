//! Reads and writes manifests as text: JSON, TOML, and files in either format.

use std::path::Path;

use super::{Manifest, ManifestError, ManifestFormat};
use crate::{bounded::Readable, display};

impl Manifest {
    /// Reads a manifest from JSON.
    ///
    /// # Errors
    ///
    /// Returns a [`ManifestError`] with the position in the text.
    pub fn from_json(text: impl AsRef<[u8]>) -> Result<Self, ManifestError> {
        let text = utf8(text.as_ref())?;
        let mut reader = serde_json::Deserializer::from_str(text);
        let manifest = serde_path_to_error::deserialize(&mut reader)
            .map_err(|error| json_error(error.inner(), &path_text(error.path())))?;
        reader.end().map_err(|error| json_error(&error, ""))?;
        Ok(manifest)
    }

    /// Reads a manifest from TOML.
    ///
    /// # Errors
    ///
    /// Returns a [`ManifestError`] with the position in the text.
    pub fn from_toml(text: impl AsRef<[u8]>) -> Result<Self, ManifestError> {
        let text = utf8(text.as_ref())?;
        let reader = toml::Deserializer::parse(text).map_err(|error| toml_error(text, &error, None))?;
        serde_path_to_error::deserialize(reader)
            .map_err(|error| toml_error(text, error.inner(), Some(path_text(error.path()))))
    }

    /// Reads a manifest from JSON if the text starts with `{`, or else from TOML.
    ///
    /// # Errors
    ///
    /// Returns a [`ManifestError`] with the position in the text.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, ManifestError> {
        let text = text.as_ref();
        match format_of(text) {
            ManifestFormat::Json => Self::from_json(text),
            ManifestFormat::Toml => Self::from_toml(text),
        }
    }

    /// Reads a manifest from a file: JSON if its name ends in `.json`, TOML if it ends in `.toml`, else what its
    /// content [looks like](Self::parse). The paths in it are relative to the current directory of the process, as for
    /// the official runtime.
    ///
    /// # Errors
    ///
    /// Returns a [`ManifestError`] with the file and the position in it.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ManifestError> {
        Self::from_file_up_to(path.as_ref(), u64::MAX, Readable::Any)
    }

    /// Reads a manifest from a file of at most `limit` bytes.
    pub(crate) fn from_file_up_to(path: &Path, limit: u64, files: Readable) -> Result<Self, ManifestError> {
        let text =
            files.read_up_to(path, limit).map_err(|source| ManifestError::Read { path: path.to_owned(), source })?;
        let text = text.ok_or_else(|| ManifestError::TooLarge { path: path.to_owned(), limit })?;
        let manifest = match format_of_name(path).unwrap_or_else(|| format_of(&text)) {
            ManifestFormat::Json => Self::from_json(text),
            ManifestFormat::Toml => Self::from_toml(text),
        };
        let mut manifest = manifest.map_err(|error| error.in_file(path.to_owned()))?;
        manifest.read_from.0 = Some(path.to_owned());
        Ok(manifest)
    }

    /// Writes the manifest as JSON, on one line, without fields at their defaults.
    ///
    /// # Errors
    ///
    /// Returns [`ManifestError::Write`] if a path is not UTF-8.
    pub fn to_json(&self) -> Result<String, ManifestError> {
        serde_json::to_string(self).map_err(|source| ManifestError::Write { source })
    }

    /// Writes the manifest as indented JSON.
    ///
    /// # Errors
    ///
    /// Returns [`ManifestError::Write`] if a path is not UTF-8.
    pub fn to_json_pretty(&self) -> Result<String, ManifestError> {
        serde_json::to_string_pretty(self).map_err(|source| ManifestError::Write { source })
    }
}

impl std::str::FromStr for Manifest {
    type Err = ManifestError;

    fn from_str(text: &str) -> Result<Self, ManifestError> {
        Self::parse(text)
    }
}

/// Returns the format that a file's name implies.
pub(crate) fn format_of_name(path: &Path) -> Option<ManifestFormat> {
    let extension = path.extension()?;
    if extension.eq_ignore_ascii_case("json") {
        Some(ManifestFormat::Json)
    } else if extension.eq_ignore_ascii_case("toml") {
        Some(ManifestFormat::Toml)
    } else {
        None
    }
}

/// Returns the format that a text looks like. No TOML text starts with `{`.
fn format_of(text: &[u8]) -> ManifestFormat {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    if text.trim_ascii_start().starts_with(b"{") { ManifestFormat::Json } else { ManifestFormat::Toml }
}

/// The byte order mark that some editors put in front of UTF-8 text.
pub(crate) const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

fn utf8(text: &[u8]) -> Result<&str, ManifestError> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    std::str::from_utf8(text).map_err(|error| ManifestError::NotUtf8 { file: None, offset: error.valid_up_to() })
}

/// Returns the path, without the dot that stands for the whole manifest.
fn path_text(path: &serde_path_to_error::Path) -> String {
    if path.iter().len() == 0 { String::new() } else { path.to_string() }
}

fn json_error(error: &serde_json::Error, path: &str) -> ManifestError {
    let (line, column) = (error.line(), error.column());
    let message = error.to_string();
    let place = format!(" at line {line} column {column}");
    let message = message.strip_suffix(&place).unwrap_or(&message);
    // A key in the message may have any length.
    let message = display::start(display::without_values(message), display::MAX_TEXT);
    if error.is_data() {
        ManifestError::Field { file: None, path: path.to_owned(), line, column, message }
    } else {
        ManifestError::Syntax { file: None, format: ManifestFormat::Json, line, column, message }
    }
}

/// Returns the error at its position in `text`; with a path it is about a field, else about the syntax.
fn toml_error(text: &str, error: &toml::de::Error, path: Option<String>) -> ManifestError {
    let (line, column) = line_and_column(text, error.span().map_or(0, |span| span.start));
    let message = display::start(display::without_values(error.message()), display::MAX_TEXT);
    match path {
        Some(path) => ManifestError::Field { file: None, path, line, column, message },
        None => ManifestError::Syntax { file: None, format: ManifestFormat::Toml, line, column, message },
    }
}

/// Returns line and column of a byte, counted from 1.
fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}
