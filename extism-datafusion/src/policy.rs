//! What plug-ins may use in this process.

use std::{path::PathBuf, sync::Arc, thread, time::Duration};

use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry};

/// What plug-ins may use in the process that calls them. It is the process's own: a plan that comes from elsewhere cannot
/// change it.
#[derive(Clone, Debug)]
#[must_use = "a policy has an effect in the `Modules` that get it"]
pub struct ExecutorPolicy {
    pub(crate) timeout: Duration,
    pub(crate) batch_timeout: Duration,
    pub(crate) compile_timeout: Duration,
    pub(crate) max_pages: u32,
    pub(crate) max_output_bytes: u64,
    pub(crate) max_result_bytes: u64,
    pub(crate) max_state_bytes: u64,
    pub(crate) max_log_bytes: u64,
    pub(crate) fuel: Option<u64>,
    pub(crate) hosts: Vec<String>,
    pub(crate) private_addresses: bool,
    pub(crate) paths: Vec<(String, PathBuf)>,
    pub(crate) modules_from: Vec<String>,
    pub(crate) files: Vec<String>,
    pub(crate) max_file_bytes: u64,
    pub(crate) wasi: bool,
    pub(crate) instances: usize,
    pub(crate) cache: Cache,
    pub(crate) max_module_bytes: u64,
    pub(crate) max_kept_modules: usize,
    pub(crate) max_kept_module_bytes: u64,
    pub(crate) max_inline_bytes: u64,
    pub(crate) object_stores: Arc<dyn ObjectStoreRegistry>,
}

/// Where compiled modules are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cache {
    /// In the user's cache directory.
    Default,
    /// In this directory.
    Directory(PathBuf),
    /// Nowhere.
    Off,
}

impl Default for ExecutorPolicy {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(5),
            batch_timeout: Duration::from_mins(1),
            compile_timeout: Duration::from_mins(2),
            max_pages: 1024,
            max_output_bytes: 64 << 20,
            max_result_bytes: 256 << 20,
            max_state_bytes: 1 << 30,
            max_log_bytes: 4 << 10,
            fuel: None,
            hosts: Vec::new(),
            private_addresses: false,
            paths: Vec::new(),
            modules_from: Vec::new(),
            files: Vec::new(),
            max_file_bytes: 64 << 20,
            wasi: true,
            instances: 4 * thread::available_parallelism().map_or(4, usize::from),
            cache: Cache::Default,
            max_module_bytes: 64 << 20,
            max_kept_modules: 64,
            max_kept_module_bytes: 256 << 20,
            max_inline_bytes: 256 << 10,
            object_stores: Arc::new(DefaultObjectStoreRegistry::new()),
        }
    }
}

impl ExecutorPolicy {
    /// Creates a policy that allows plug-ins to compute within limits, and nothing else.
    pub fn new() -> Self {
        Self::default()
    }

    /// Limits the time of a call of an export; 5 seconds by default.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Limits the time that the calls for a batch of rows may take together; a minute by default.
    pub fn with_batch_timeout(mut self, timeout: Duration) -> Self {
        self.batch_timeout = timeout;
        self
    }

    /// Limits the time that compiling a module may take; two minutes by default.
    pub fn with_compile_timeout(mut self, timeout: Duration) -> Self {
        self.compile_timeout = timeout;
        self
    }

    /// Limits the pages of 64 KiB of an instance, both of its own memory and of what it exchanges with its host; 1024 by
    /// default, which is 64 MiB.
    pub fn with_max_pages(mut self, pages: u32) -> Self {
        self.max_pages = pages;
        self
    }

    /// Limits the bytes that a call may return; 64 MiB by default.
    pub fn with_max_output_bytes(mut self, bytes: u64) -> Self {
        self.max_output_bytes = bytes;
        self
    }

    /// Limits the bytes that the results of a batch, or the rows of a table function, may take in memory; 256 MiB by default.
    /// JSON takes more memory once it is decoded, and each row of a batch has an output of its own.
    pub fn with_max_result_bytes(mut self, bytes: u64) -> Self {
        self.max_result_bytes = bytes;
        self
    }

    /// Limits the bytes of the states of all groups of an aggregate together, in each partition of a query; 1 GiB by
    /// default. There are at most 2 GiB, whatever is set here.
    pub fn with_max_state_bytes(mut self, bytes: u64) -> Self {
        self.max_state_bytes = bytes;
        self
    }

    /// Limits the bytes that a call may log; 4 KiB by default, since a function of rows is called for each row.
    pub fn with_max_log_bytes(mut self, bytes: u64) -> Self {
        self.max_log_bytes = bytes;
        self
    }

    /// Limits the fuel of a call, in units of about one per instruction; without a limit by default, since counting makes
    /// calls slower.
    pub fn with_fuel(mut self, fuel: u64) -> Self {
        self.fuel = Some(fuel);
        self
    }

    /// Allows plug-ins to send HTTP requests to a host, as [`Manifest::with_allowed_host`] does; none by default.
    ///
    /// [`Manifest::with_allowed_host`]: extism_runtime::Manifest::with_allowed_host
    pub fn with_allowed_host(mut self, host: impl Into<String>) -> Self {
        self.hosts.push(host.into());
        self
    }

    /// Allows requests to the allowed hosts even if their addresses are not of the public internet; off by default.
    pub fn with_private_addresses(mut self, allowed: bool) -> Self {
        self.private_addresses = allowed;
        self
    }

    /// Allows plug-ins to access a directory, as [`Manifest::with_allowed_path`] does; none by default. `ro:` in front of
    /// the path makes it read-only.
    ///
    /// [`Manifest::with_allowed_path`]: extism_runtime::Manifest::with_allowed_path
    pub fn with_allowed_path(mut self, host: impl Into<String>, guest: impl Into<PathBuf>) -> Self {
        self.paths.push((host.into(), guest.into()));
        self
    }

    /// Allows plans that come from elsewhere to name modules in this directory, or objects whose URLs start with this one.
    ///
    /// By default a plan can only bring its modules with it, or name objects that are called `<SHA-256>.wasm`, as those of
    /// a [module store](crate::ship::Shipping::with_module_store) are: they are of no use to somebody who does not know
    /// their content. The files that a program names itself, or a `CREATE FUNCTION` statement, are read whatever this says.
    pub fn with_modules_from(mut self, location: impl Into<String>) -> Self {
        self.modules_from.push(location.into());
        self
    }

    /// Allows table functions to be given the content of files in this directory, or of objects whose URLs start with this
    /// one; none by default. The plug-in itself opens no file.
    pub fn with_files(mut self, directory: impl Into<String>) -> Self {
        self.files.push(directory.into());
        self
    }

    /// Limits the size of a file that a table function reads; 64 MiB by default. The plug-in needs memory for it too, see
    /// [`with_max_pages`](Self::with_max_pages).
    pub fn with_max_file_bytes(mut self, bytes: u64) -> Self {
        self.max_file_bytes = bytes;
        self
    }

    /// Sets whether plug-ins may import WASI, which gives them clocks and random numbers, and the
    /// [allowed paths](Self::with_allowed_path); on by default, since many toolchains' modules do.
    pub fn with_wasi(mut self, wasi: bool) -> Self {
        self.wasi = wasi;
        self
    }

    /// Limits the instances of a plug-in that run at a time; four for each processor by default. More batches wait.
    pub fn with_max_instances(mut self, instances: usize) -> Self {
        self.instances = instances.max(1);
        self
    }

    /// Keeps compiled modules in this directory, instead of the user's cache directory; see
    /// [`EngineBuilder::with_cache_directory`](extism_runtime::engine::EngineBuilder::with_cache_directory).
    pub fn with_cache_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.cache = Cache::Directory(directory.into());
        self
    }

    /// Keeps no compiled modules on disk.
    pub fn without_cache(mut self) -> Self {
        self.cache = Cache::Off;
        self
    }

    /// Limits the size of a module; 64 MiB by default.
    pub fn with_max_module_bytes(mut self, bytes: u64) -> Self {
        self.max_module_bytes = bytes;
        self
    }

    /// Limits how many compiled modules are kept in memory; 64 by default. Beyond it, the module that has not been used for
    /// the longest time is dropped, with the instances of functions that keep their state. Modules that a batch is using
    /// are never dropped.
    pub fn with_max_kept_modules(mut self, modules: usize) -> Self {
        self.max_kept_modules = modules;
        self
    }

    /// Limits the bytes of WebAssembly of all compiled modules that are kept in memory, as
    /// [`with_max_kept_modules`](Self::with_max_kept_modules) limits their number; 256 MiB by default. Compiled code takes
    /// a few times as much.
    pub fn with_max_kept_module_bytes(mut self, bytes: u64) -> Self {
        self.max_kept_module_bytes = bytes;
        self
    }

    /// Limits the size of a module that is sent within plans; 256 KiB by default. A plan has it once for each use of each
    /// of its functions, and Ballista's messages have at most 16 MiB unless configured otherwise.
    pub fn with_max_inline_bytes(mut self, bytes: u64) -> Self {
        self.max_inline_bytes = bytes;
        self
    }

    /// Sets the object stores from which modules, and the files of table functions, are fetched; by default only local
    /// files are.
    pub fn with_object_stores(mut self, stores: Arc<dyn ObjectStoreRegistry>) -> Self {
        self.object_stores = stores;
        self
    }
}
