use std::path::PathBuf;

use super::{Engine, EngineOptions, Profiling, options::CacheChoice};
use crate::{Error, Features};

/// Configures an [`Engine`].
///
/// ```
/// # use extism_runtime::Engine;
/// let engine = Engine::builder().fuel(true).pool_size(200).build()?;
/// # Ok::<(), extism_runtime::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "an engine is made by `build`"]
pub struct EngineBuilder {
    options: EngineOptions,
}

impl EngineBuilder {
    /// Whether code counts its instructions, so that calls can be limited
    /// ([`PluginBuilder::with_fuel_limit`](crate::PluginBuilder::with_fuel_limit)) and measured
    /// ([`Plugin::fuel_consumed`](crate::Plugin::fuel_consumed)). Costs speed; off by default.
    pub fn fuel(mut self, fuel: bool) -> Self {
        self.options.fuel = fuel;
        self
    }

    /// How many instances the pool holds, 1000 by default; 0 for none. An instance from the pool starts in a few
    /// microseconds. Those beyond the pool's size are allocated one by one. A pool reserves addresses (8 GiB an
    /// instance), not memory; but on Linux up to a hundred places that were used keep up to 128 KiB of each of their
    /// memories for the next instance.
    pub fn pool_size(mut self, instances: u32) -> Self {
        self.options.pool_size = instances;
        self
    }

    /// Bytes of stack that WebAssembly may use in a call, 512 KiB by default. What needs more traps.
    pub fn max_stack(mut self, bytes: usize) -> Self {
        self.options.max_stack = bytes;
        self
    }

    /// Which WebAssembly proposals its plug-ins may use at most; all by default. A plug-in's own
    /// [`PluginBuilder::with_features`](crate::PluginBuilder::with_features) may allow less.
    pub fn features(mut self, features: Features) -> Self {
        self.options.features = features;
        self
    }

    /// Whether a trap's core dump is taken, for
    /// [`PluginBuilder::with_coredump`](crate::PluginBuilder::with_coredump); off by default.
    pub fn coredump(mut self, coredump: bool) -> Self {
        self.options.coredump = coredump;
        self
    }

    /// Which profiler learns of the compiled code; none by default.
    pub fn profiling(mut self, profiling: Profiling) -> Self {
        self.options.profiling = profiling;
        self
    }

    /// Keeps compiled code in the user's cache directory (wasmtime's, and `wasmtime-fused` beside it), which is the
    /// default, or nowhere. Each of the two is kept below 512 MiB. Feature `cache`.
    pub fn cache(mut self, cache: bool) -> Self {
        self.options.cache = if cache { CacheChoice::Default } else { CacheChoice::Off };
        self
    }

    /// Keeps compiled code in this directory. Whoever can write to it can make the process run any code.
    pub fn cache_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.options.cache = CacheChoice::Directory(directory.into());
        self
    }

    /// Keeps compiled code as this configuration file of wasmtime's cache says, and what it was compiled from beside it:
    /// in the directory that has the same name with `-fused` after it.
    pub fn cache_config(mut self, file: impl Into<PathBuf>) -> Self {
        self.options.cache = CacheChoice::Config(file.into());
        self
    }

    /// Makes the engine.
    ///
    /// # Errors
    ///
    /// When this machine isn't supported, or the cache's configuration is wrong.
    pub fn build(self) -> Result<Engine, Error> {
        Engine::with_options(self.options)
    }
}
