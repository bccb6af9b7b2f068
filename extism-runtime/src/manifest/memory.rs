//! The limits in a manifest's `memory`.

use serde::de::{Deserialize, Deserializer};

use super::map::{self, fields};

/// Limits on what a plug-in may store. `None` means the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct MemoryOptions {
    /// The pages, of 64 KiB, that the plug-in's modules may have at their start, and by which they and the plug-in's
    /// inputs and outputs may grow afterwards. Default: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_pages: Option<u32>,
    /// The maximum size of the body of an HTTP response in bytes. Default: 50 MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_http_response_bytes: Option<u64>,
    /// The maximum number of bytes that the plug-in's variables may take: their names and values, plus 48 for
    /// each variable. 0 disables variables. Default: 1 MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_var_bytes: Option<u64>,
}

impl MemoryOptions {
    /// Creates the default limits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`max_pages`](Self::max_pages).
    #[must_use]
    pub fn with_max_pages(mut self, pages: u32) -> Self {
        self.max_pages = Some(pages);
        self
    }

    /// Sets [`max_http_response_bytes`](Self::max_http_response_bytes).
    #[must_use]
    pub fn with_max_http_response_bytes(mut self, bytes: u64) -> Self {
        self.max_http_response_bytes = Some(bytes);
        self
    }

    /// Sets [`max_var_bytes`](Self::max_var_bytes).
    #[must_use]
    pub fn with_max_var_bytes(mut self, bytes: u64) -> Self {
        self.max_var_bytes = Some(bytes);
        self
    }

    /// Returns whether all limits are at their defaults.
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

fields! {
    MemoryOptions, "a map of memory limits",
    "max_pages" => |memory, map| memory.max_pages = map.next_value()?,
    "max_http_response_bytes" => |memory, map| memory.max_http_response_bytes = map.next_value()?,
    "max_var_bytes" => |memory, map| memory.max_var_bytes = map.next_value()?,
}

impl<'de> Deserialize<'de> for MemoryOptions {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        map::read(from)
    }
}
