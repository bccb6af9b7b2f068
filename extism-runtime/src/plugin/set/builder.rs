use std::{
    collections::BTreeMap,
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, RwLock},
    time::Duration,
};

use super::{
    Inner, PluginSet,
    load_all::{Progress, SetProgress},
    loader::{Loader, PluginFile},
};
use crate::{Error, PluginBuilder, error::BoxError, plugin::FromPlugin};

/// Configures a [`PluginSet`] and loads it.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use extism_runtime::{Error, Plugin, host_fn, host_fns, set::PluginSet};
///
/// #[host_fn]
/// fn reflect(text: String) -> String {
///     text.to_uppercase()
/// }
///
/// # let directory = tempfile::tempdir()?;
/// # let directory = directory.path();
/// # std::fs::copy("examples/plugins/reflect.wasm", directory.join("reflect.wasm"))?;
/// let plugins = PluginSet::<Plugin>::builder(directory)
///     .with_plugins(|file, plugin| {
///         println!("{} is in {}", file.name, file.file.display());
///         plugin.with_functions(host_fns![reflect]).with_timeout(Duration::from_secs(1))
///     })
///     .with_check(|_, plugin| match plugin.function_exists("reflect") {
///         true => Ok(()),
///         false => Err("it does not reflect".into()),
///     })
///     .load()?;
/// assert_eq!(plugins.get("reflect")?.call::<_, &str>("reflect", "hello")?, "HELLO");
/// # Ok(())
/// # }
/// ```
#[must_use = "a set is made by `load`"]
pub struct PluginSetBuilder<C> {
    directory: PathBuf,
    loader: Loader<C>,
    threads: Option<usize>,
    progress: Option<Box<Progress>>,
}

impl<C: FromPlugin + Send + Sync + 'static> PluginSetBuilder<C> {
    pub(super) fn new(directory: PathBuf) -> Self {
        Self { directory, loader: Loader::default(), threads: None, progress: None }
    }

    /// Sets the function that configures the plug-ins: it receives each plug-in's file, with its manifest, and the
    /// builder, and returns the builder with host functions, WASI, limits and an engine. It is called each time a
    /// plug-in is loaded, from several threads, and must not reload the set itself. A panic of it is an error of the plug-in.
    pub fn with_plugins(
        mut self,
        configure: impl Fn(PluginFile<'_>, PluginBuilder<C>) -> PluginBuilder<C> + Send + Sync + 'static,
    ) -> Self {
        self.loader.configure = Some(Box::new(configure));
        self
    }

    /// Builds each plug-in with the limits of [`PluginBuilder::untrusted`].
    pub fn untrusted(mut self) -> Self {
        self.loader.untrusted = true;
        self
    }

    /// Sets a function that checks each plug-in after it has been loaded and before it serves. It may call it. If it
    /// returns an error, the plug-in counts as one that could not be loaded: the old version still serves. The client is
    /// the one that serves afterwards, so what the calls leave in its instance stays there.
    pub fn with_check(
        mut self,
        check: impl Fn(PluginFile<'_>, &mut C) -> Result<(), BoxError> + Send + Sync + 'static,
    ) -> Self {
        self.loader.check = Some(Box::new(check));
        self
    }

    /// Sets how many threads load plug-ins; by default, the number of the machine's processors. Compiling a single
    /// module also uses several threads.
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Calls a function while plug-ins are loaded and reloaded, from the threads that load them.
    pub fn with_progress(mut self, progress: impl Fn(&SetProgress<'_>) + Send + Sync + 'static) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }

    /// Sets the directory at which relative paths in manifests start; by default, that of each manifest. With `"."`,
    /// they start at the process's current directory, as everywhere else.
    pub fn with_relative_to(mut self, directory: impl Into<PathBuf>) -> Self {
        self.loader.base = Some(directory.into());
        self
    }

    /// Sets how long [`PluginSet::get`] waits for a client that cannot be shared; 30 seconds by default.
    /// [`Duration::MAX`] is no limit. For clients that can be shared, the pools' own option applies:
    /// [`PluginBuilder::with_max_wait`].
    pub fn with_max_wait(mut self, wait: Duration) -> Self {
        self.loader.max_wait = wait;
        self
    }

    /// Loads the plug-ins of the directory.
    ///
    /// # Errors
    ///
    /// Returns an error if the directory cannot be read. A plug-in that cannot be loaded is an entry with an error.
    pub fn load(self) -> Result<PluginSet<C>, Error> {
        let Self { directory, loader, threads, progress } = self;
        let set = PluginSet(Arc::new(Inner {
            directory,
            loader,
            threads,
            progress,
            entries: RwLock::new(BTreeMap::new()),
            disabled: Mutex::default(),
            error: Mutex::default(),
            reloading: Mutex::default(),
        }));
        set.rescan()?;
        Ok(set)
    }

    /// Like [`load`](Self::load), for async code: the work runs on threads of its own, which the future waits for.
    ///
    /// # Errors
    ///
    /// The same as for [`load`](Self::load). Also if the system cannot start a thread.
    pub fn load_async(self) -> impl Future<Output = Result<PluginSet<C>, Error>> + Send {
        super::reload::in_background(move || self.load())
    }
}

impl<C> fmt::Debug for PluginSetBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PluginSetBuilder").field("directory", &self.directory).finish_non_exhaustive()
    }
}
