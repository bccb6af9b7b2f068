//! `Debug` without what may be secret: configuration and headers contain API keys, and `Debug` output ends up in logs.
//! The bytes of modules are left out because they are of no use to a reader.

use std::collections::BTreeMap;
use std::fmt;

use super::{HttpRequest, Manifest, Wasm};

/// Stands for a value that is not shown.
struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// Shows only the keys of a map.
struct Keys<'a>(&'a BTreeMap<String, String>);

impl fmt::Debug for Keys<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.keys().map(|key| (key, Hidden))).finish()
    }
}

impl fmt::Debug for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manifest")
            .field("wasm", &self.wasm)
            .field("memory", &self.memory)
            .field("config", &Keys(&self.config))
            .field("allowed_hosts", &self.allowed_hosts)
            .field("allowed_paths", &self.allowed_paths)
            .field("timeout_ms", &self.timeout_ms)
            .finish()
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("url", &self.shown_url())
            .field("headers", &Keys(&self.headers))
            .field("method", &self.method)
            .finish()
    }
}

impl fmt::Debug for Wasm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut out, meta) = match self {
            Self::File { path, meta } => {
                let mut out = f.debug_struct("File");
                out.field("path", path);
                (out, meta)
            }
            Self::Data { data, meta } => {
                let mut out = f.debug_struct("Data");
                out.field("data", &format_args!("[{} bytes]", data.len()));
                (out, meta)
            }
            Self::Url { req, meta } => {
                let mut out = f.debug_struct("Url");
                out.field("req", req);
                (out, meta)
            }
        };
        out.field("meta", meta).finish()
    }
}
