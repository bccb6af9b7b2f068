//! Where the compiled code is kept.

use std::path::PathBuf;

use super::PluginBuilder;
use crate::engine::CacheChoice;

/// The cache of compiled code. Plug-ins with the same cache (and the same engine otherwise) share an engine.
impl<P> PluginBuilder<P> {
    /// Sets whether compiled code is kept in the user's cache directory, which is the default, or nowhere; see
    /// [`EngineBuilder::with_cache`](crate::engine::EngineBuilder::with_cache).
    pub fn with_cache(self, cache: bool) -> Self {
        self.with_cache_choice(if cache { CacheChoice::Default } else { CacheChoice::Off })
    }

    /// Keeps compiled code in this directory; see
    /// [`EngineBuilder::with_cache_directory`](crate::engine::EngineBuilder::with_cache_directory).
    pub fn with_cache_directory(self, directory: impl Into<PathBuf>) -> Self {
        self.with_cache_choice(CacheChoice::Directory(directory.into()))
    }

    /// Keeps compiled code according to this configuration file of wasmtime's cache, as the environment variable
    /// `EXTISM_CACHE_CONFIG` does; see
    /// [`EngineBuilder::with_cache_config`](crate::engine::EngineBuilder::with_cache_config).
    pub fn with_cache_config(self, file: impl Into<PathBuf>) -> Self {
        self.with_cache_choice(CacheChoice::Config(file.into()))
    }

    fn with_cache_choice(mut self, cache: CacheChoice) -> Self {
        self.options.cache = Some(cache);
        self
    }
}
