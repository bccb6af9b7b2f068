//! Reads a manifest from JSON, TOML and files.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::{Deserialize, Deserializer, Error, MapAccess};

use super::fields::{self, Fields};
use super::values::{HashText, ModuleData};
use super::{HttpRequest, Manifest, ManifestError, ManifestFormat, MemoryOptions, Wasm, WasmMetadata};
use crate::display;

impl Manifest {
    /// Reads a manifest from JSON.
    ///
    /// # Errors
    ///
    /// Returns a [`ManifestError`] with the place in the text.
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
    /// Returns a [`ManifestError`] with the place in the text.
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
    /// Returns a [`ManifestError`] with the place in the text.
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
    /// Returns a [`ManifestError`] with the file and the place in it.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ManifestError> {
        let path = path.as_ref();
        let text = std::fs::read(path).map_err(|source| ManifestError::Read { path: path.to_owned(), source })?;
        let manifest = match format_of_name(path).unwrap_or_else(|| format_of(&text)) {
            ManifestFormat::Json => Self::from_json(text),
            ManifestFormat::Toml => Self::from_toml(text),
        };
        manifest.map_err(|error| error.in_file(path.to_owned()))
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

/// What some editors put in front of UTF-8 text.
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

/// Returns the error at its place in `text`; with a path it is about a field, else about the syntax.
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

impl<'de> Deserialize<'de> for Manifest {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        fields::deserialize(from)
    }
}

impl Fields for Manifest {
    const WHAT: &'static str = "a manifest (a map with `wasm` and other fields)";
    const NAMES: &'static [&'static str] =
        &["wasm", "memory", "config", "allowed_hosts", "allowed_paths", "timeout_ms"];

    fn read<'de, A: MapAccess<'de>>(&mut self, index: usize, map: &mut A) -> Result<(), A::Error> {
        match index {
            0 => self.wasm = map.next_value()?,
            1 => self.memory = map.next_value()?,
            2 => self.config = map.next_value::<UniqueMap<String>>()?.0,
            3 => self.allowed_hosts = map.next_value()?,
            4 => self.allowed_paths = map.next_value::<Option<UniqueMap<PathBuf>>>()?.map(|m| m.0),
            _ => self.timeout_ms = map.next_value()?,
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for MemoryOptions {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        fields::deserialize(from)
    }
}

impl Fields for MemoryOptions {
    const WHAT: &'static str = "a map of memory limits";
    const NAMES: &'static [&'static str] = &["max_pages", "max_http_response_bytes", "max_var_bytes"];

    fn read<'de, A: MapAccess<'de>>(&mut self, index: usize, map: &mut A) -> Result<(), A::Error> {
        match index {
            0 => self.max_pages = map.next_value()?,
            1 => self.max_http_response_bytes = map.next_value()?,
            _ => self.max_var_bytes = map.next_value()?,
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Wasm {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let fields: WasmFields = fields::deserialize(from)?;
        fields.into_wasm().map_err(D::Error::custom)
    }
}

/// All that an entry of `wasm` may have.
#[derive(Default)]
struct WasmFields {
    path: Option<PathBuf>,
    data: Option<ModuleData>,
    url: Option<String>,
    headers: Option<UniqueMap<String>>,
    method: Option<String>,
    /// Whether `method` was present, even as `null`.
    has_method: bool,
    meta: WasmMetadata,
}

impl Fields for WasmFields {
    const WHAT: &'static str = "a module (a map with `path`, `data` or `url`)";
    const NAMES: &'static [&'static str] = &["path", "data", "url", "headers", "method", "name", "hash"];

    fn read<'de, A: MapAccess<'de>>(&mut self, index: usize, map: &mut A) -> Result<(), A::Error> {
        match index {
            0 => self.path = Some(map.next_value()?),
            1 => self.data = Some(map.next_value()?),
            2 => self.url = Some(map.next_value()?),
            3 => self.headers = Some(map.next_value()?),
            4 => (self.method, self.has_method) = (map.next_value()?, true),
            5 => self.meta.name = map.next_value()?,
            _ => self.meta.hash = map.next_value::<Option<HashText>>()?.map(|hash| hash.0),
        }
        Ok(())
    }
}

impl WasmFields {
    /// Returns the module, if the fields describe one.
    fn into_wasm(self) -> Result<Wasm, Cow<'static, str>> {
        let meta = self.meta;
        match (self.path, self.data, self.url) {
            (None, None, Some(url)) => Ok(Wasm::Url {
                req: HttpRequest {
                    url,
                    headers: self.headers.map(|map| map.0).unwrap_or_default(),
                    method: self.method,
                },
                meta,
            }),
            _ if self.headers.is_some() || self.has_method => Err("`headers` and `method` go with `url` only".into()),
            (Some(path), None, None) => Ok(Wasm::File { path, meta }),
            (None, Some(data), None) => Ok(Wasm::Data { data: data.0, meta }),
            (None, None, None) => Err("a module needs `path`, `data` or `url`".into()),
            _ => Err("a module has only one of `path`, `data` and `url`".into()),
        }
    }
}

/// A map in which no key occurs twice.
struct UniqueMap<V>(BTreeMap<String, V>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for UniqueMap<V> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        fields::unique_map(from).map(Self)
    }
}
