use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::{
    Lent, PluginFile, SetEntry, SetEvent,
    found::{self, Found, Rules},
    loader::Loader,
    reload::in_background,
};
use crate::{
    CompiledPlugin, Error, Manifest, Plugin, PluginBuilder, error::BoxError, error::SetError, plugin::FromPlugin,
};

/// A plug-in that is replaced while it is in use, when its file changes. Cheap to clone.
///
/// It is a [`PluginSet`](super::PluginSet) of a single file, a manifest or a module: what is said there about clients,
/// reloading, and relative paths in manifests holds here too.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use extism_runtime::{Plugin, set::Reloadable};
///
/// # let directory = tempfile::tempdir()?;
/// let file = directory.path().join("greeter.wat");
/// let greeter = |text: &str| format!(r#"(module
///     (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
///     (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
///     (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
///     (func (export "greet") (local $at i64)
///         (local.set $at (call $alloc (i64.const 1)))
///         (call $store (local.get $at) (i32.const {}))
///         (call $output_set (local.get $at) (i64.const 1))))"#, text.as_bytes()[0]);
///
/// std::fs::write(&file, greeter("a"))?;
/// let plugin = Reloadable::<Plugin>::load(&file)?;
/// assert_eq!(plugin.get()?.call::<_, &str>("greet", ())?, "a");
///
/// std::fs::write(&file, greeter("b"))?;
/// plugin.reload()?;
/// assert_eq!(plugin.get()?.call::<_, &str>("greet", ())?, "b");
///
/// std::fs::write(&file, "(module")?;
/// assert!(plugin.reload().is_err());
/// assert_eq!(plugin.get()?.call::<_, &str>("greet", ())?, "b");
/// # Ok(())
/// # }
/// ```
pub struct Reloadable<C = Plugin>(Arc<Inner<C>>);

struct Inner<C> {
    file: PathBuf,
    loader: Loader<C>,
    entry: SetEntry<C>,
    /// Held by whoever reloads.
    reloading: Mutex<()>,
}

/// Configures a [`Reloadable`] and loads it.
#[must_use = "a plug-in is made by `load`"]
pub struct ReloadableBuilder<C> {
    file: PathBuf,
    loader: Loader<C>,
}

impl<C: FromPlugin + Send + Sync + 'static> Reloadable<C> {
    /// Loads a plug-in without host functions and without WASI; [`builder`](Self::builder) adds these and more.
    ///
    /// # Errors
    ///
    /// Returns an error if the plug-in cannot be loaded.
    pub fn load(file: impl Into<PathBuf>) -> Result<Self, Error> {
        Self::builder(file).load()
    }

    /// Creates a builder, which configures the plug-in.
    pub fn builder(file: impl Into<PathBuf>) -> ReloadableBuilder<C> {
        ReloadableBuilder { file: file.into(), loader: Loader::default() }
    }

    /// Lends the client, waiting if it is the only one and in use; see [`PluginSet::get`](super::PluginSet::get).
    ///
    /// # Errors
    ///
    /// Returns an error if the only instance stays in use.
    pub fn get(&self) -> Result<Lent<C>, Error> {
        self.0.entry.get()
    }

    /// Like [`get`](Self::get), waiting as a task, on any executor.
    ///
    /// # Errors
    ///
    /// The same as for [`get`](Self::get).
    pub async fn get_async(&self) -> Result<Lent<C>, Error> {
        self.0.entry.get_async().await
    }

    /// Loads the plug-in again, even if its files are the same.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be loaded: the old version still serves.
    pub fn reload(&self) -> Result<(), Error> {
        let _one_at_a_time = self.0.reloading.lock().unwrap_or_else(PoisonError::into_inner);
        self.update(self.find()).error().map_or(Ok(()), |error| Err(Arc::clone(error).into()))
    }

    /// Like [`reload`](Self::reload), for async code: the work runs on a thread of its own, which the future waits for.
    ///
    /// # Errors
    ///
    /// The same as for [`reload`](Self::reload). Also if the system cannot start a thread.
    pub fn reload_async(&self) -> impl Future<Output = Result<(), Error>> + Send + use<C> {
        let plugin = self.clone();
        in_background(move || plugin.reload())
    }

    /// Loads the plug-in again if the content of its files has changed since the last attempt; returns what has
    /// happened, if anything.
    #[allow(clippy::must_use_candidate, reason = "reloading is done for its effect")]
    pub fn rescan(&self) -> Option<SetEvent> {
        let _one_at_a_time = self.0.reloading.lock().unwrap_or_else(PoisonError::into_inner);
        let found = self.find();
        self.0.entry.has_changed(&found.files).then(|| self.update(found))
    }

    fn find(&self) -> Found {
        let known = |file: &Path| self.0.entry.known_files(file).unwrap_or_default();
        let rules = Rules { base: self.0.loader.base.as_deref(), known: &known };
        found::plugin(self.0.entry.name(), &self.0.file, rules)
    }

    fn update(&self, found: Found) -> SetEvent {
        let entry = &self.0.entry;
        entry.update(&self.0.file, self.0.loader.load(found, entry.version() + 1, &|_| ()))
    }
}

impl<C> Reloadable<C> {
    /// Returns the plug-in's name: that of its file without the extension.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.entry.name()
    }

    /// Returns the file.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.0.file
    }

    /// Returns the number of the version that serves: 1 for the first, and one more with each replacement.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.0.entry.version()
    }

    /// Returns why the newest version could not be loaded, if an older one serves.
    #[must_use]
    pub fn error(&self) -> Option<Arc<SetError>> {
        self.0.entry.error()
    }

    /// Returns the manifest of the version that serves.
    #[must_use]
    pub fn manifest(&self) -> Option<Arc<Manifest>> {
        self.0.entry.manifest()
    }

    /// Returns the compiled plug-in of the version that serves.
    #[must_use]
    pub fn compiled(&self) -> Option<CompiledPlugin> {
        self.0.entry.compiled()
    }

    #[cfg(feature = "watch")]
    pub(super) fn watched_files(&self) -> Vec<PathBuf> {
        self.0.entry.watched_files()
    }
}

impl<C: FromPlugin + Send + Sync + 'static> ReloadableBuilder<C> {
    /// Sets the function that configures the plug-in each time it is loaded; see
    /// [`PluginSetBuilder::with_plugins`](super::PluginSetBuilder::with_plugins).
    pub fn with_plugin(
        mut self,
        configure: impl Fn(PluginFile<'_>, PluginBuilder<C>) -> PluginBuilder<C> + Send + Sync + 'static,
    ) -> Self {
        self.loader.configure = Some(Box::new(configure));
        self
    }

    /// Builds the plug-in with the limits of [`PluginBuilder::untrusted`].
    pub fn untrusted(mut self) -> Self {
        self.loader.untrusted = true;
        self
    }

    /// Sets a function that checks each version before it serves; see
    /// [`PluginSetBuilder::with_check`](super::PluginSetBuilder::with_check).
    pub fn with_check(
        mut self,
        check: impl Fn(PluginFile<'_>, &mut C) -> Result<(), BoxError> + Send + Sync + 'static,
    ) -> Self {
        self.loader.check = Some(Box::new(check));
        self
    }

    /// Sets the directory at which relative paths in the manifest start; see
    /// [`PluginSetBuilder::with_relative_to`](super::PluginSetBuilder::with_relative_to).
    pub fn with_relative_to(mut self, directory: impl Into<PathBuf>) -> Self {
        self.loader.base = Some(directory.into());
        self
    }

    /// Sets how long [`Reloadable::get`] waits; see
    /// [`PluginSetBuilder::with_max_wait`](super::PluginSetBuilder::with_max_wait).
    pub fn with_max_wait(mut self, wait: Duration) -> Self {
        self.loader.max_wait = wait;
        self
    }

    /// Loads the plug-in.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be loaded.
    pub fn load(self) -> Result<Reloadable<C>, Error> {
        let Self { file, loader } = self;
        let name = found::name_of(&file).unwrap_or_else(|| file.to_string_lossy().into_owned());
        let entry = SetEntry::new(&name, &file, loader.max_wait);
        let plugin = Reloadable(Arc::new(Inner { file, loader, entry, reloading: Mutex::default() }));
        plugin.reload()?;
        Ok(plugin)
    }

    /// Like [`load`](Self::load), for async code: the work runs on a thread of its own, which the future waits for.
    ///
    /// # Errors
    ///
    /// The same as for [`load`](Self::load). Also if the system cannot start a thread.
    pub fn load_async(self) -> impl Future<Output = Result<Reloadable<C>, Error>> + Send {
        in_background(move || self.load())
    }
}

impl<C> Clone for Reloadable<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C> fmt::Debug for Reloadable<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reloadable").field(&self.0.entry).finish()
    }
}

impl<C> fmt::Debug for ReloadableBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReloadableBuilder").field("file", &self.file).finish_non_exhaustive()
    }
}
