//! Builds a manifest in code.

use std::path::PathBuf;
use std::time::Duration;

use super::{Manifest, MemoryOptions, Wasm};

impl Manifest {
    /// Creates a manifest of these modules, with everything else at its default.
    pub fn new(wasm: impl IntoIterator<Item = impl Into<Wasm>>) -> Self {
        Self { wasm: wasm.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Adds a module.
    #[must_use]
    pub fn with_wasm(mut self, wasm: impl Into<Wasm>) -> Self {
        self.wasm.push(wasm.into());
        self
    }

    /// Sets one configuration value.
    #[must_use]
    pub fn with_config_key(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.config.insert(key.into(), value.into());
        self
    }

    /// Sets several configuration values; the others are kept.
    #[must_use]
    pub fn with_config<K: Into<String>, V: Into<String>>(mut self, entries: impl IntoIterator<Item = (K, V)>) -> Self {
        let entries = entries.into_iter().map(|(k, v)| (k.into(), v.into()));
        self.config.extend(entries);
        self
    }

    /// Replaces the memory limits.
    #[must_use]
    pub fn with_memory_options(mut self, memory: MemoryOptions) -> Self {
        self.memory = memory;
        self
    }

    /// Sets [`MemoryOptions::max_pages`], in pages of 64 KiB.
    #[must_use]
    pub fn with_memory_max(mut self, pages: u32) -> Self {
        self.memory.max_pages = Some(pages);
        self
    }

    /// Allows HTTP requests to a host.
    ///
    /// The pattern is compared with the host of the URL, in lower case and without a port: `*` matches any text
    /// (including dots), `?` one character, `[ab]` one of these. `example.com` does not match `www.example.com`. An
    /// IPv6 address is written with or without its brackets. With a port behind it (`localhost:8080`,
    /// `*.example.com:443`, `[::1]:8080`) the pattern allows that port only, which is 80 for `http` and 443 for `https`
    /// if the URL has none; without a port it allows all. The official runtime does not support ports there. Every
    /// redirect must lead to an allowed host, too.
    #[must_use]
    pub fn with_allowed_host(mut self, host: impl Into<String>) -> Self {
        self.allowed_hosts.get_or_insert_default().push(host.into());
        self
    }

    /// Replaces the [allowed hosts](Self::with_allowed_host).
    #[must_use]
    pub fn with_allowed_hosts(mut self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.allowed_hosts = Some(hosts.into_iter().map(Into::into).collect());
        self
    }

    /// Allows no HTTP requests (the default).
    #[must_use]
    pub fn disallow_all_hosts(mut self) -> Self {
        self.allowed_hosts = Some(Vec::new());
        self
    }

    /// Gives the plug-in access to the directory `host` under the path `guest`; read-only with `ro:` in front of
    /// `host`.
    #[must_use]
    pub fn with_allowed_path(mut self, host: impl Into<String>, guest: impl Into<PathBuf>) -> Self {
        self.allowed_paths.get_or_insert_default().insert(host.into(), guest.into());
        self
    }

    /// Replaces the [allowed paths](Self::with_allowed_path).
    #[must_use]
    pub fn with_allowed_paths<H: Into<String>, G: Into<PathBuf>>(
        mut self,
        paths: impl IntoIterator<Item = (H, G)>,
    ) -> Self {
        let paths = paths.into_iter().map(|(h, g)| (h.into(), g.into()));
        self.allowed_paths = Some(paths.collect());
        self
    }

    /// Sets the time that one call may take, in whole milliseconds, rounded up.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        let millis = timeout.as_nanos().div_ceil(1_000_000);
        self.timeout_ms = Some(u64::try_from(millis).unwrap_or(u64::MAX));
        self
    }
}
