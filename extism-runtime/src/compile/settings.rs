use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use crate::Engine;

/// What a plug-in's manifest and builder say, as far as instances need it.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) name: Arc<str>,
    pub(crate) engine: Engine,
    pub(crate) config: Arc<BTreeMap<String, String>>,
    pub(crate) max_pages: Option<u32>,
    pub(crate) max_var_bytes: Option<u64>,
    pub(crate) timeout: Option<Duration>,
    #[cfg_attr(not(feature = "http"), expect(dead_code, reason = "only HTTP requests look at it"))]
    pub(crate) allowed_hosts: Option<Vec<String>>,
    #[cfg_attr(not(feature = "http"), expect(dead_code, reason = "only HTTP requests look at it"))]
    pub(crate) max_http_response_bytes: Option<u64>,
    #[cfg_attr(not(feature = "wasi"), expect(dead_code, reason = "only WASI looks at it"))]
    pub(crate) allowed_paths: Vec<AllowedDirectory>,
    pub(crate) wasi: bool,
    #[cfg_attr(not(feature = "wasi"), expect(dead_code, reason = "only WASI looks at it"))]
    pub(crate) wasi_output: WasiOutput,
    pub(crate) fuel_limit: Option<u64>,
    pub(crate) coredump: Option<PathBuf>,
    pub(crate) memdump: Option<PathBuf>,
}

/// A directory that a plug-in may reach by WASI.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "wasi"), expect(dead_code, reason = "only WASI looks at it"))]
pub(crate) struct AllowedDirectory {
    pub(crate) host: PathBuf,
    /// As the plug-in sees it.
    pub(crate) guest: String,
    pub(crate) read_only: bool,
}

/// Where a plug-in's WASI output goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WasiOutput {
    /// Nowhere.
    #[default]
    Discard,
    /// Its standard output to the process's, its standard error to the process's.
    Inherit,
    /// Both to the process's standard error, so that the process's standard output is its own.
    Stderr,
}

impl From<bool> for WasiOutput {
    fn from(inherit: bool) -> Self {
        if inherit { Self::Inherit } else { Self::Discard }
    }
}
