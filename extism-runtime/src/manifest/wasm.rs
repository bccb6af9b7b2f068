//! Where the bytes of a module come from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::display;

/// A module of a plug-in: a WebAssembly binary, or its text format (WAT).
#[derive(Clone, PartialEq, Eq)]
pub enum Wasm {
    /// A file.
    File {
        /// Its path, relative to the current directory of the process.
        path: PathBuf,
        /// Name and hash.
        meta: WasmMetadata,
    },
    /// Bytes in memory; base64 in JSON and TOML.
    Data {
        /// The bytes.
        data: Vec<u8>,
        /// Name and hash.
        meta: WasmMetadata,
    },
    /// A download.
    Url {
        /// The request that downloads it.
        req: HttpRequest,
        /// Name and hash.
        meta: WasmMetadata,
    },
}

/// A module's name, and its expected hash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WasmMetadata {
    /// The name under which other modules import it; the module named `main` is the main module.
    pub name: Option<String>,
    /// The SHA-256 of its bytes (of the text, for WAT), as 64 hexadecimal digits.
    pub hash: Option<String>,
}

/// The HTTP request that downloads a module.
#[derive(Clone, PartialEq, Eq)]
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
}

impl HttpRequest {
    /// Returns the URL for messages.
    pub(crate) fn shown_url(&self) -> String {
        display::url(&self.url)
    }
}

impl Wasm {
    /// Refers to the module in a file.
    pub fn file(path: impl AsRef<Path>) -> Self {
        path.as_ref().to_path_buf().into()
    }

    /// Refers to the module in these bytes.
    pub fn data(data: impl Into<Vec<u8>>) -> Self {
        data.into().into()
    }

    /// Refers to the module at a URL.
    pub fn url(url: impl Into<String>) -> Self {
        HttpRequest::new(url).into()
    }

    /// Refers to the module that a request downloads.
    pub fn http(request: impl Into<HttpRequest>) -> Self {
        request.into().into()
    }

    /// Sets the module's name.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.meta_mut().name = Some(name.into());
        self
    }

    /// Sets the module's expected SHA-256, as 64 hexadecimal digits. Any other text is an error when the module is
    /// loaded.
    #[must_use]
    pub fn with_hash(mut self, hash: impl Into<String>) -> Self {
        self.meta_mut().hash = Some(hash.into());
        self
    }

    /// Sets a header of the download; does nothing for a module that is not downloaded.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Self::Url { req, .. } = &mut self {
            req.headers.insert(name.into(), value.into());
        }
        self
    }

    /// Returns name and hash.
    #[must_use]
    pub fn meta(&self) -> &WasmMetadata {
        match self {
            Self::File { meta, .. } | Self::Data { meta, .. } | Self::Url { meta, .. } => meta,
        }
    }

    /// Returns name and hash, mutably.
    pub fn meta_mut(&mut self) -> &mut WasmMetadata {
        match self {
            Self::File { meta, .. } | Self::Data { meta, .. } | Self::Url { meta, .. } => meta,
        }
    }
}

impl From<PathBuf> for Wasm {
    fn from(path: PathBuf) -> Self {
        Self::File { path, meta: WasmMetadata::default() }
    }
}

impl From<Vec<u8>> for Wasm {
    fn from(data: Vec<u8>) -> Self {
        Self::Data { data, meta: WasmMetadata::default() }
    }
}

impl From<HttpRequest> for Wasm {
    fn from(req: HttpRequest) -> Self {
        Self::Url { req, meta: WasmMetadata::default() }
    }
}
