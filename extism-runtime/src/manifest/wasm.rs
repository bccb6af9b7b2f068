//! An entry of a manifest's `wasm`: where the bytes of a module come from.

use std::{
    borrow::Cow,
    fmt,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{
    de::{Deserialize, Deserializer, Error},
    ser::{Serialize, SerializeMap, Serializer},
};

use super::{
    HttpRequest,
    data::ModuleData,
    hash::HashText,
    map::{self, UniqueMap, entry, fields},
};

/// A module of a plug-in: a WebAssembly binary, or its text format (WAT).
///
/// ```
/// use extism_runtime::{Manifest, Wasm};
///
/// let main = Wasm::file("examples/plugins/linking_main.wat");
/// let math = Wasm::url("https://example.com/math.wasm")
///     .with_name("math")
///     .with_hash("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
/// let manifest = Manifest::new([math, main]);
/// assert_eq!(manifest.wasm[0].meta().name.as_deref(), Some("math"));
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wasm {
    /// A file.
    #[non_exhaustive]
    File {
        /// Its path, relative to the current directory of the process.
        path: PathBuf,
        /// Name and hash.
        meta: WasmMetadata,
    },
    /// Bytes in memory; base64 in JSON and TOML.
    #[non_exhaustive]
    Data {
        /// The bytes.
        data: Vec<u8>,
        /// Name and hash.
        meta: WasmMetadata,
    },
    /// A download.
    #[non_exhaustive]
    Url {
        /// The request that downloads it.
        req: HttpRequest,
        /// Name and hash.
        meta: WasmMetadata,
    },
}

/// A module's name, and its expected hash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WasmMetadata {
    /// The name under which other modules import it; the module named `main` is the main module.
    pub name: Option<String>,
    /// The SHA-256 of its bytes (of the text, for WAT), as 64 hexadecimal digits.
    pub hash: Option<String>,
}

impl WasmMetadata {
    /// Creates metadata without a name and a hash.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the name.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the hash: a SHA-256, as 64 hexadecimal digits.
    #[must_use]
    pub fn with_hash(mut self, hash: impl Into<String>) -> Self {
        self.hash = Some(hash.into());
        self
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

    /// Sets both name and hash.
    #[must_use]
    pub fn with_meta(mut self, meta: WasmMetadata) -> Self {
        *self.meta_mut() = meta;
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

/// All the fields that an entry of `wasm` may have.
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

fields! {
    WasmFields, "a module (a map with `path`, `data` or `url`)",
    "path" => |module, map| module.path = Some(map.next_value()?),
    "data" => |module, map| module.data = Some(map.next_value()?),
    "url" => |module, map| module.url = Some(map.next_value()?),
    "headers" => |module, map| module.headers = Some(map.next_value()?),
    "method" => |module, map| (module.method, module.has_method) = (map.next_value()?, true),
    "name" => |module, map| module.meta.name = map.next_value()?,
    "hash" => |module, map| module.meta.hash = map.next_value::<Option<HashText>>()?.map(|hash| hash.0),
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
            _ if self.headers.is_some() || self.has_method => {
                Err("`headers` and `method` are allowed only with `url`".into())
            }
            (Some(path), None, None) => Ok(Wasm::File { path, meta }),
            (None, Some(data), None) => Ok(Wasm::Data { data: data.0, meta }),
            (None, None, None) => Err("a module needs `path`, `data` or `url`".into()),
            _ => Err("a module must have only one of `path`, `data` and `url`".into()),
        }
    }
}

impl<'de> Deserialize<'de> for Wasm {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let fields: WasmFields = map::read(from)?;
        fields.into_wasm().map_err(D::Error::custom)
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
                req.write(&mut map)?;
                meta
            }
        };
        entry(&mut map, "name", meta.name.as_ref())?;
        entry(&mut map, "hash", meta.hash.as_ref())?;
        map.end()
    }
}

/// Omits the bytes of modules, which are of no use to a reader.
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
