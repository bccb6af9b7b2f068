//! Sets of plug-ins: a directory of them, loaded side by side, and replaced while they run.

mod builder;
mod call_all;
mod entry;
mod event;
pub(in crate::plugin) mod files;
pub(in crate::plugin) mod found;
mod lent;
mod load_all;
mod loader;
mod reload;
mod reloadable;
#[cfg(feature = "watch")]
mod watch;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

#[cfg(feature = "watch")]
pub use self::watch::{Watch, WatchOptions};
pub use self::{
    builder::PluginSetBuilder,
    entry::SetEntry,
    event::SetEvent,
    lent::Lent,
    load_all::{SetProgress, SetStage},
    loader::PluginFile,
    reloadable::{Reloadable, ReloadableBuilder},
};
use self::{load_all::Progress, loader::Loader};
use crate::{
    Error, Plugin,
    error::{SetError, SetProblem},
    nearest::nearest,
    plugin::FromPlugin,
};

/// The plug-ins of a directory, by name. Cheap to clone.
///
/// `C` is what each plug-in becomes: a client that [`#[plugin_interface]`](macro@crate::plugin_interface) generates,
/// [`Pool`](crate::Pool) or [`Plugin`].
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use extism_runtime::{Error, plugin_interface, set::PluginSet};
///
/// #[plugin_interface]
/// trait Greeter {
///     fn greet(&self, name: &str) -> String;
/// }
///
/// # let directory = tempfile::tempdir()?;
/// # let directory = directory.path();
/// std::fs::copy("examples/plugins/kitchen_sink.wasm", directory.join("english.wasm"))?;
/// std::fs::write(directory.join("broken.wat"), "(module")?;
///
/// let greeters = PluginSet::<GreeterPlugin>::load(directory)?;
/// assert_eq!(greeters.get("english")?.greet("World")?, "Hello, World!");
/// assert!(greeters.errors()[0].to_string().contains("broken.wat"));
/// for (name, greeting) in greeters.call_all(|greeter| greeter.greet("World")) {
///     assert_eq!((name == "english", greeting.is_ok()), (name != "broken", name != "broken"));
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Which files are plug-ins
///
/// | file | plug-in |
/// | --- | --- |
/// | `NAME.wasm`, `NAME.wat` | the module, unless a manifest of the directory names it: then it belongs to that one |
/// | `NAME.toml`, `NAME.json` | the manifest |
/// | `NAME/plugin.toml`, `NAME/plugin.json` | the manifest, in a directory of the plug-in's own |
///
/// Other files, and those whose names start with a dot, are ignored. Links are followed. In the manifests of a set,
/// relative paths start at the directory that the manifest is in; everywhere else, and for the official runtime, they
/// start at the process's current directory. [`PluginSetBuilder::with_relative_to`] chooses another one.
///
/// The set trusts the directory as programs trust manifests: see the section about trust in
/// [`guide::security`](crate::guide::security).
///
/// # Errors
///
/// A plug-in that cannot be loaded is an entry with an error, which [`get`](Self::get) returns; the others serve. The
/// same holds for two files with the same name, files that cannot be read, links that lead nowhere, and modules larger
/// than allowed.
///
/// # Clients
///
/// [`get`](Self::get) lends a client. If the methods of `C` take `&self`, each user gets a handle of their own, and calls
/// run side by side in a pool for each plug-in. If they take `&mut self`, as those of `Plugin`, each plug-in has a single
/// instance, with its variables: whoever gets it has it alone, and others wait, in the order of their arrival and no
/// longer than [`PluginSetBuilder::with_max_wait`] says.
///
/// # Reloading
///
/// [`reload`](Self::reload), [`rescan`](Self::rescan) and `watch` (feature `watch`) load new versions while the set is in
/// use. A new version is loaded, compiled and checked first, and then replaces the old one at once. Calls that run, and
/// clients that are lent, go on with the old version; whoever gets a client afterwards, or has waited for one, gets the
/// new one. If the new version cannot be loaded, the old one still serves, and the entry has the error. The variables of
/// a plug-in's instances end with its version.
pub struct PluginSet<C = Plugin>(Arc<Inner<C>>);

struct Inner<C> {
    directory: PathBuf,
    loader: Loader<C>,
    threads: Option<usize>,
    progress: Option<Box<Progress>>,
    entries: RwLock<BTreeMap<String, SetEntry<C>>>,
    /// The plug-ins that are disabled, whether they exist or not.
    disabled: Mutex<BTreeSet<String>>,
    /// Why the directory could not be read.
    error: Mutex<Option<Arc<SetError>>>,
    /// Held by whoever reloads.
    reloading: Mutex<()>,
}

impl<C: FromPlugin + Send + Sync + 'static> PluginSet<C> {
    /// Loads the plug-ins of a directory without host functions and without WASI; [`builder`](Self::builder) adds these
    /// and more.
    ///
    /// # Errors
    ///
    /// Returns an error if the directory cannot be read. A plug-in that cannot be loaded is an entry with an error.
    pub fn load(directory: impl Into<PathBuf>) -> Result<Self, Error> {
        Self::builder(directory).load()
    }

    /// Creates a builder, which configures the plug-ins.
    pub fn builder(directory: impl Into<PathBuf>) -> PluginSetBuilder<C> {
        PluginSetBuilder::new(directory.into())
    }

    /// Lends a plug-in's client, waiting if it is the only one and in use.
    ///
    /// A thread that gets the same client twice at the same time, and a host function that gets the client of the
    /// plug-in that it serves, wait in vain if the client cannot be shared.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no plug-in with this name, or it is disabled, or it could not be loaded; or if its
    /// only instance stays in use for as long as the set [may wait](PluginSetBuilder::with_max_wait).
    pub fn get(&self, name: &str) -> Result<Lent<C>, Error> {
        self.known(name)?.get()
    }

    /// Like [`get`](Self::get), waiting as a task, on any executor.
    ///
    /// # Errors
    ///
    /// The same as for [`get`](Self::get).
    pub async fn get_async(&self, name: &str) -> Result<Lent<C>, Error> {
        self.known(name)?.get_async().await
    }
}

impl<C> PluginSet<C> {
    /// Returns the directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.0.directory
    }

    /// Returns a plug-in's entry.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<SetEntry<C>> {
        self.read().get(name).cloned()
    }

    /// Returns the plug-ins that there are now, sorted by name: those that serve, those that are disabled, and those
    /// that could not be loaded.
    #[must_use]
    pub fn iter(&self) -> std::vec::IntoIter<SetEntry<C>> {
        self.entries().into_iter()
    }

    /// Returns how many plug-ins there are, including those that could not be loaded.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read().len()
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    /// Returns what is wrong: with the directory, then with the plug-ins, sorted by name. A plug-in is here if it could
    /// not be loaded, or if its newest version could not be loaded, even though an older one serves.
    #[must_use]
    pub fn errors(&self) -> Vec<Arc<SetError>> {
        self.directory_error().into_iter().chain(self.iter().filter_map(|entry| entry.error())).collect()
    }

    /// Enables a plug-in again.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no plug-in with this name.
    pub fn enable(&self, name: &str) -> Result<(), Error> {
        self.set_enabled(name, true)
    }

    /// Disables a plug-in: it is loaded and reloaded as before, but [`get`](Self::get) returns an error, and
    /// [`call_all`](Self::call_all) leaves it out. Clients that are lent are not affected. The plug-in stays disabled
    /// until it is enabled, even if its file is removed and comes back.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no plug-in with this name.
    pub fn disable(&self, name: &str) -> Result<(), Error> {
        self.set_enabled(name, false)
    }

    fn set_enabled(&self, name: &str, enabled: bool) -> Result<(), Error> {
        // Held until the entry knows, so that an entry that is made meanwhile has the right state.
        let mut disabled = self.0.disabled.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = self.known(name)?;
        if enabled {
            disabled.remove(name);
        } else {
            disabled.insert(name.to_owned());
        }
        entry.set_enabled(enabled);
        Ok(())
    }

    /// Returns why the directory could not be read.
    fn directory_error(&self) -> Option<Arc<SetError>> {
        self.0.error.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn entries(&self) -> Vec<SetEntry<C>> {
        self.read().values().cloned().collect()
    }

    /// Returns a plug-in's entry, or the error that there is none.
    fn known(&self, name: &str) -> Result<SetEntry<C>, Error> {
        let entries = self.read();
        if let Some(entry) = entries.get(name) {
            return Ok(entry.clone());
        }
        let nearest = nearest(name, entries.keys().map(String::as_str)).map(str::to_owned);
        Err(SetError::new(name, &self.0.directory, SetProblem::Unknown { nearest }).into())
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<String, SetEntry<C>>> {
        self.0.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<String, SetEntry<C>>> {
        self.0.entries.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C> Clone for PluginSet<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C> IntoIterator for &PluginSet<C> {
    type Item = SetEntry<C>;
    type IntoIter = std::vec::IntoIter<SetEntry<C>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<C> fmt::Debug for PluginSet<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.entries();
        f.debug_struct("PluginSet").field("directory", &self.0.directory).field("plugins", &entries).finish()
    }
}
