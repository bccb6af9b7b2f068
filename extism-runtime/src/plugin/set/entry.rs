//! A plug-in of a set: what serves, and what is wrong.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::{Duration, Instant},
};

use super::{
    SetEvent,
    files::Files,
    lent::{Kept, Lent, end_of},
    loader::{Outcome, Version},
};
use crate::{
    CompiledPlugin, Error, Manifest,
    error::{SetError, SetProblem},
    plugin::FromPlugin,
};

/// A plug-in of a [`PluginSet`](super::PluginSet). Cheap to clone.
///
/// It stays the same when the plug-in is reloaded, and shows its current state.
pub struct SetEntry<C>(Arc<Inner<C>>);

struct Inner<C> {
    name: String,
    max_wait: Duration,
    state: RwLock<State<C>>,
}

struct State<C> {
    file: PathBuf,
    enabled: bool,
    /// What serves.
    version: Option<Arc<Version<C>>>,
    /// Why the last attempt to load it failed.
    error: Option<Arc<SetError>>,
    /// The files at the last attempt.
    files: Files,
    limit: u64,
}

impl<C> SetEntry<C> {
    pub(super) fn new(name: &str, file: &Path, max_wait: Duration) -> Self {
        let (file, files) = (file.to_owned(), Files::default());
        let state = State { file, enabled: true, version: None, error: None, files, limit: u64::MAX };
        Self(Arc::new(Inner { name: name.to_owned(), max_wait, state: RwLock::new(state) }))
    }

    /// Returns the plug-in's name: that of its file without the extension, or that of its directory.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Returns the plug-in's file: its manifest or its module.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.read().file.clone()
    }

    /// Returns whether the plug-in is enabled.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.read().enabled
    }

    /// Returns whether a version of the plug-in is loaded, which serves unless the plug-in is disabled.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.read().version.is_some()
    }

    /// Returns the number of the version that is loaded: 1 for the first, and one more with each replacement; 0 if none
    /// is loaded.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.read().version.as_ref().map_or(0, |version| version.number)
    }

    /// Returns why the plug-in, or its newest version, could not be loaded.
    #[must_use]
    pub fn error(&self) -> Option<Arc<SetError>> {
        self.read().error.clone()
    }

    /// Returns the manifest of the version that is loaded.
    #[must_use]
    pub fn manifest(&self) -> Option<Arc<Manifest>> {
        self.read().version.as_ref().map(|version| Arc::clone(&version.manifest))
    }

    /// Returns the compiled plug-in of the version that is loaded: its exports, its imports, what its calls have used.
    #[must_use]
    pub fn compiled(&self) -> Option<CompiledPlugin> {
        self.read().version.as_ref().map(|version| version.compiled.clone())
    }

    pub(super) fn set_enabled(&self, enabled: bool) {
        self.write().enabled = enabled;
    }

    /// Returns whether the files have another content than at the last attempt to load them.
    pub(super) fn has_changed(&self, paths: &[PathBuf]) -> bool {
        let (before, limit) = {
            let state = self.read();
            (state.files.clone(), state.limit)
        };
        // Without the lock: calls do not wait for disks.
        let files = Files::read(paths, &before, limit);
        let same = files.same_content(&before);
        if same {
            self.write().files = files;
        }
        !same
    }

    #[cfg(feature = "watch")]
    pub(super) fn watched_files(&self) -> Vec<PathBuf> {
        self.read().files.paths().cloned().collect()
    }

    /// Returns the files that the plug-in had at the last attempt to load it, if `file` is its file.
    pub(super) fn known_files(&self, file: &Path) -> Option<Vec<PathBuf>> {
        let state = self.read();
        (state.file == file).then(|| state.files.paths().filter(|path| *path != file).cloned().collect())
    }

    /// Takes over what came of loading the plug-in, and returns the event. A failure leaves the old version serving.
    pub(super) fn update(&self, file: &Path, outcome: Outcome<C>) -> SetEvent {
        let plugin = self.0.name.clone();
        let mut state = self.write();
        file.clone_into(&mut state.file);
        (state.files, state.limit) = (outcome.files, outcome.limit);
        let (old, event) = match outcome.result {
            Ok(version) => {
                let old = state.version.replace(Arc::new(version));
                state.error = None;
                let event = if old.is_some() { SetEvent::Replaced { plugin } } else { SetEvent::Loaded { plugin } };
                (old, event)
            }
            Err(error) => {
                state.error = Some(Arc::clone(&error));
                (None, SetEvent::Failed(error))
            }
        };
        drop(state);
        // Without the lock: this drops instances, unless calls still run in them.
        drop(old);
        event
    }

    /// Ends it: the plug-in is gone.
    pub(super) fn retire(&self) {
        let mut state = self.write();
        state.error = None;
        let old = state.version.take();
        drop(state);
        drop(old);
    }

    /// Returns the version that serves.
    fn serving(&self) -> Result<Arc<Version<C>>, Error> {
        let state = self.read();
        let problem = match (&state.version, &state.error) {
            _ if !state.enabled => SetProblem::Disabled,
            (Some(version), _) => return Ok(Arc::clone(version)),
            (None, Some(error)) => return Err(Arc::clone(error).into()),
            (None, None) => SetProblem::Unknown { nearest: None },
        };
        Err(SetError::new(&self.0.name, &state.file, problem).into())
    }

    /// Returns whether a version is the one to lend: whoever has waited gets what serves when the turn comes.
    fn is_current(&self, version: &Arc<Version<C>>) -> bool {
        let state = self.read();
        state.version.as_ref().is_none_or(|current| Arc::ptr_eq(current, version))
    }

    fn busy(&self, version: &Version<C>, began: Instant) -> Error {
        version.busy(&self.file(), began.elapsed())
    }

    fn read(&self) -> RwLockReadGuard<'_, State<C>> {
        self.0.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State<C>> {
        self.0.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: FromPlugin> SetEntry<C> {
    /// Lends the plug-in's client; see [`PluginSet::get`](super::PluginSet::get).
    ///
    /// # Errors
    ///
    /// Returns an error if the plug-in is disabled or could not be loaded, or if its only instance stays in use.
    pub fn get(&self) -> Result<Lent<C>, Error> {
        let version = self.serving()?;
        if let Kept::Shared(_) = version.client
            && let Some(lent) = version.client.lend(version.number, None)
        {
            return Ok(lent);
        }
        self.wait(version)
    }

    fn wait(&self, mut version: Arc<Version<C>>) -> Result<Lent<C>, Error> {
        let began = Instant::now();
        let until = end_of(self.0.max_wait);
        loop {
            let Some(lent) = version.client.lend(version.number, until) else {
                return Err(self.busy(&version, began));
            };
            if self.is_current(&version) {
                return Ok(lent);
            }
            drop(lent);
            version = self.serving()?;
        }
    }

    /// Like [`get`](Self::get), waiting as a task.
    ///
    /// # Errors
    ///
    /// The same as for [`get`](Self::get).
    pub async fn get_async(&self) -> Result<Lent<C>, Error> {
        let began = Instant::now();
        let until = end_of(self.0.max_wait);
        let mut version = self.serving()?;
        loop {
            let engine = version.compiled.engine().clone();
            let Some(lent) = version.client.lend_async(version.number, until, &engine).await? else {
                return Err(self.busy(&version, began));
            };
            if self.is_current(&version) {
                return Ok(lent);
            }
            drop(lent);
            version = self.serving()?;
        }
    }
}

impl<C> Clone for SetEntry<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C> fmt::Debug for SetEntry<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.read();
        f.debug_struct("SetEntry")
            .field("name", &self.0.name)
            .field("file", &state.file)
            .field("enabled", &state.enabled)
            .field("version", &state.version.as_ref().map(|version| version.number))
            .field("error", &state.error)
            .finish()
    }
}
