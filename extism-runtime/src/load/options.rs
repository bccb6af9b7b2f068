//! What bounds loading.

use std::{fmt, sync::Arc, time::Duration};

/// How far a download is.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct DownloadProgress<'a> {
    /// The module's name.
    pub module: &'a str,
    /// What is downloaded, without user name, password and query.
    pub url: &'a str,
    /// The bytes that have come.
    pub received: u64,
    /// The bytes that will come in all, if the server told.
    pub total: Option<u64>,
}

/// Told how far a download is: at its start, after each piece, and at its end.
pub(crate) type OnProgress = Arc<dyn Fn(&DownloadProgress<'_>) + Send + Sync>;

/// What bounds loading, and who is told about it.
#[derive(Clone)]
pub(crate) struct LoadOptions {
    /// The most bytes that a module may have, be it read or downloaded.
    pub(crate) max_module_bytes: u64,
    /// The time that one download may take.
    pub(crate) download_timeout: Duration,
    /// Told how far downloads are.
    pub(crate) progress: Option<OnProgress>,
}

impl Default for LoadOptions {
    /// 1 GiB, which is the most that engines read, and ten minutes.
    fn default() -> Self {
        Self { max_module_bytes: 1 << 30, download_timeout: Duration::from_mins(10), progress: None }
    }
}

impl fmt::Debug for LoadOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadOptions")
            .field("max_module_bytes", &self.max_module_bytes)
            .field("download_timeout", &self.download_timeout)
            .finish_non_exhaustive()
    }
}
