//! Options for WASI.

use super::PluginBuilder;
use crate::settings::WasiOutput;

impl<P> PluginBuilder<P> {
    /// Sets whether the plug-in may use WASI, which provides clocks, random numbers and the manifest's `allowed_paths`;
    /// off by default.
    pub fn with_wasi(mut self, wasi: bool) -> Self {
        self.options.instance.wasi = wasi;
        self
    }

    /// Sets the destination of the plug-in's WASI output: with `true`, the process's own output; it is
    /// discarded by default. The environment variable `EXTISM_ENABLE_WASI_OUTPUT` does the same.
    pub fn with_wasi_output(mut self, output: impl Into<WasiOutput>) -> Self {
        self.options.instance.wasi_output = output.into();
        self
    }
}
