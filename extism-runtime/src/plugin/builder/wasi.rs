//! What a plug-in sees through WASI.

use super::PluginBuilder;
use crate::settings::WasiOutput;

impl<P> PluginBuilder<P> {
    /// Sets whether the plug-in may use WASI, which provides clocks, random numbers and the manifest's `allowed_paths`;
    /// off by default.
    pub fn with_wasi(mut self, wasi: bool) -> Self {
        self.options.instance.wasi = wasi;
        self
    }

    /// Sets where the plug-in's WASI output goes: `true` for the process's own; nowhere by default. The environment
    /// variable `EXTISM_ENABLE_WASI_OUTPUT` does the same.
    pub fn with_wasi_output(mut self, output: impl Into<WasiOutput>) -> Self {
        self.options.instance.wasi_output = output.into();
        self
    }
}
