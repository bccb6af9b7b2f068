//! The limits of loading.

use std::{fmt, sync::Arc, time::Duration};

use crate::bounded::Readable;
#[cfg(feature = "http")]
use crate::http::HttpClient;

/// The progress of a download.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct DownloadProgress<'a> {
    /// The module's name.
    pub module: &'a str,
    /// The URL, without user name, password and query.
    pub url: &'a str,
    /// The bytes received so far.
    pub received: u64,
    /// The total number of bytes, if the server announced it.
    pub total: Option<u64>,
}

/// Called with the progress of a download: at its start, after each piece, and at its end.
pub(crate) type OnProgress = Arc<dyn Fn(&DownloadProgress<'_>) + Send + Sync>;

/// The limits of loading, and who is notified of its progress.
#[derive(Clone)]
pub(crate) struct LoadOptions {
    /// The maximum size of a module in bytes, whether it is read or downloaded.
    pub(crate) max_module_bytes: u64,
    /// The files that a module may be in.
    pub(crate) files: Readable,
    /// The time that a single download may take.
    pub(crate) download_timeout: Duration,
    /// What sends requests instead of the runtime's own client.
    #[cfg(feature = "http")]
    pub(crate) client: Option<Arc<dyn HttpClient>>,
    /// Notified of the progress of downloads.
    pub(crate) progress: Option<OnProgress>,
}

impl Default for LoadOptions {
    /// 1 GiB, the most that engines accept, and ten minutes.
    fn default() -> Self {
        Self {
            max_module_bytes: 1 << 30,
            files: Readable::Any,
            download_timeout: Duration::from_mins(10),
            #[cfg(feature = "http")]
            client: None,
            progress: None,
        }
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
