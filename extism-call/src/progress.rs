//! Progress on a terminal while a plug-in is created: a bar during downloads, a spinner during compilation.

use std::{
    io::{self, IsTerminal as _},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use extism_runtime::plugin::DownloadProgress;
use indicatif::{ProgressBar, ProgressStyle};

/// The size in bytes from which a module takes long enough to compile that progress is shown.
const LARGE: u64 = 1 << 20;

/// The progress shown at the moment, shared between clones.
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
    /// Shows the progress of a download.
    pub(crate) fn download(&self, download: &DownloadProgress<'_>) {
        if !io::stderr().is_terminal() {
            return;
        }
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.as_ref().is_none_or(|shown| shown.url.as_deref() != Some(download.url)) {
            // Clear the previous bar first.
            shown.take();
            *shown = Some(Shown { url: Some(download.url.to_owned()), bar: download_bar(download) });
        }
        if let Some(shown) = &*shown {
            shown.bar.set_position(download.received);
        }
    }

    /// Shows that modules of `bytes` in total are being compiled.
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

    /// Clears the display.
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
