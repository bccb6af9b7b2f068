//! Writes a manifest as JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{HttpRequest, Manifest, ManifestError, Wasm};

impl Manifest {
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

impl Serialize for Manifest {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("wasm", &self.wasm)?;
        if !self.memory.is_default() {
            map.serialize_entry("memory", &self.memory)?;
        }
        if !self.config.is_empty() {
            map.serialize_entry("config", &self.config)?;
        }
        entry(&mut map, "allowed_hosts", self.allowed_hosts.as_ref())?;
        entry(&mut map, "allowed_paths", self.allowed_paths.as_ref())?;
        entry(&mut map, "timeout_ms", self.timeout_ms.as_ref())?;
        map.end()
    }
}

impl Serialize for Wasm {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        let meta = match self {
            Self::File { path, meta } => {
                map.serialize_entry("path", path)?;
                meta
            }
            Self::Data { data, meta } => {
                map.serialize_entry("data", &STANDARD.encode(data))?;
                meta
            }
            Self::Url { req, meta } => {
                request(&mut map, req)?;
                meta
            }
        };
        entry(&mut map, "name", meta.name.as_ref())?;
        entry(&mut map, "hash", meta.hash.as_ref())?;
        map.end()
    }
}

fn request<M: SerializeMap>(map: &mut M, request: &HttpRequest) -> Result<(), M::Error> {
    map.serialize_entry("url", &request.url)?;
    if !request.headers.is_empty() {
        map.serialize_entry("headers", &request.headers)?;
    }
    entry(map, "method", request.method.as_ref())
}

/// Writes a field if it has a value.
fn entry<M: SerializeMap>(map: &mut M, name: &str, value: Option<impl Serialize>) -> Result<(), M::Error> {
    match value {
        Some(value) => map.serialize_entry(name, &value),
        None => Ok(()),
    }
}
