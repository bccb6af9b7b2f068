use std::{collections::BTreeMap, fmt};

use serde::ser::SerializeMap;

use super::map::{Keys, entry};
use crate::display;

/// The HTTP request that downloads a module.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpRequest {
    /// An `http` or `https` URL.
    pub url: String,
    /// The headers to send.
    pub headers: BTreeMap<String, String>,
    /// The method. Default: `GET`.
    pub method: Option<String>,
}

impl HttpRequest {
    /// Creates a `GET` request without headers.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), headers: BTreeMap::new(), method: None }
    }

    /// Sets the method.
    #[must_use]
    pub fn with_method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Sets a header.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// Returns the URL for messages.
    pub(crate) fn shown_url(&self) -> String {
        display::url(&self.url)
    }

    /// Writes the request's fields into an entry of `wasm`.
    pub(super) fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("url", &self.url)?;
        if !self.headers.is_empty() {
            map.serialize_entry("headers", &self.headers)?;
        }
        entry(map, "method", self.method.as_ref())
    }
}

/// Omits what may be secret: user name, password and query of the URL, and the headers' values.
impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("url", &self.shown_url())
            .field("headers", &Keys(&self.headers))
            .field("method", &self.method)
            .finish()
    }
}
