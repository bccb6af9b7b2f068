//! What is shown on a terminal while a plug-in is made: a bar while it is downloaded, a spinner while it is compiled.

use std::{
    io::{self, IsTerminal as _},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use extism_runtime::DownloadProgress;
use indicatif::{ProgressBar, ProgressStyle};

/// Bytes of a module whose compilation takes long enough to show that it goes on.
const LARGE: u64 = 1 << 20;

/// What is shown now. Its clones show the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress(Arc<Mutex<Option<Shown>>>);

#[derive(Debug)]
struct Shown {
    /// The URL of a download.
    url: Option<String>,
    bar: ProgressBar,
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Progress {
    /// Shows how far a download is.
    pub(crate) fn download(&self, download: &DownloadProgress<'_>) {
        if !io::stderr().is_terminal() {
            return;
        }
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.as_ref().is_none_or(|shown| shown.url.as_deref() != Some(download.url)) {
            // The bar before is cleared first.
            shown.take();
            *shown = Some(Shown { url: Some(download.url.to_owned()), bar: download_bar(download) });
        }
        if let Some(shown) = &*shown {
            shown.bar.set_position(download.received);
        }
    }

    /// Shows that modules of so many bytes are compiled.
    pub(crate) fn compile(&self, bytes: u64) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shown.take();
        if bytes >= LARGE && io::stderr().is_terminal() {
            let bar = ProgressBar::new_spinner();
            bar.set_message(format!("compiling {} MiB", bytes >> 20));
            bar.tick();
            bar.enable_steady_tick(Duration::from_millis(100));
            *shown = Some(Shown { url: None, bar });
        }
    }

    /// Clears what is shown.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

fn download_bar(download: &DownloadProgress<'_>) -> ProgressBar {
    let (bar, template) = match download.total {
        Some(total) => (ProgressBar::new(total), "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {wide_msg}"),
        None => (ProgressBar::new_spinner(), "{spinner} {bytes} {bytes_per_sec} {wide_msg}"),
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.with_message(crate::style::printable(download.url))
}
