//! What a plug-in is built from.

use std::borrow::Cow;

use crate::{Error, Manifest};

/// A module or a manifest.
#[derive(Clone)]
pub enum WasmInput<'a> {
    /// The bytes of a module or of its text (WAT), or of a manifest in JSON or TOML.
    Data(Cow<'a, [u8]>),
    /// A manifest.
    Manifest(Manifest),
    /// A borrowed manifest.
    ManifestRef(&'a Manifest),
}

impl WasmInput<'_> {
    /// Returns the manifest; for a module alone one that has only this module.
    pub(crate) fn into_manifest(self) -> Result<Manifest, Error> {
        match self {
            Self::Manifest(manifest) => Ok(manifest),
            Self::ManifestRef(manifest) => Ok(manifest.clone()),
            Self::Data(bytes) => match std::str::from_utf8(&bytes) {
                Ok(text) if !is_module(text) => parse(text),
                _ => Ok(Manifest::new([bytes.into_owned()])),
            },
        }
    }
}

fn parse(text: &str) -> Result<Manifest, Error> {
    if let Ok(manifest) = toml::from_str(text) {
        return Ok(manifest);
    }
    serde_json::from_str(text).map_err(|error| {
        tracing::error!("the text is neither a module nor a manifest in TOML or JSON; as JSON: {error}");
        Error::msg("Unknown manifest format")
    })
}

/// Returns whether a text is a module: the binary format may be valid UTF-8 too.
fn is_module(text: &str) -> bool {
    let start = text.trim_start();
    let opens = |start: &str| start.strip_prefix('(').is_some_and(|rest| rest.trim_start().starts_with("module"));
    text.starts_with("\0asm") || start.starts_with(";;") || start.starts_with("(;") || opens(start)
}

impl From<Manifest> for WasmInput<'_> {
    fn from(manifest: Manifest) -> Self {
        Self::Manifest(manifest)
    }
}

impl<'a> From<&'a Manifest> for WasmInput<'a> {
    fn from(manifest: &'a Manifest) -> Self {
        Self::ManifestRef(manifest)
    }
}

impl<'a> From<&'a mut Manifest> for WasmInput<'a> {
    fn from(manifest: &'a mut Manifest) -> Self {
        Self::ManifestRef(manifest)
    }
}

impl<'a> From<&'a [u8]> for WasmInput<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Data(bytes.into())
    }
}

impl<'a> From<&'a str> for WasmInput<'a> {
    fn from(text: &'a str) -> Self {
        Self::Data(text.as_bytes().into())
    }
}

impl From<Vec<u8>> for WasmInput<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Data(bytes.into())
    }
}

impl<'a> From<&'a Vec<u8>> for WasmInput<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Self::Data(bytes.into())
    }
}
