//! New versions of a set's plug-ins.

use std::{
    collections::BTreeMap,
    io,
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError},
};

use super::{
    PluginSet, SetEntry, SetEvent,
    found::{self, Found, Rules},
    load_all::{Job, load_all},
};
use crate::{
    Error,
    background::Background,
    error::{SetError, SetProblem},
    plugin::FromPlugin,
};

/// Which plug-ins are loaded.
#[derive(Clone, Copy)]
enum Which<'a> {
    /// New ones, and those whose files have changed.
    Changed,
    All,
    Only(&'a str),
}

impl<C: FromPlugin + Send + Sync + 'static> PluginSet<C> {
    /// Loads a plug-in again, even if its files are the same.
    ///
    /// # Errors
    ///
    /// Returns an error if the plug-in cannot be loaded, or its file is gone: the old version still serves.
    pub fn reload(&self, name: &str) -> Result<(), Error> {
        let events = self.update(Which::Only(name))?;
        match events.into_iter().next() {
            Some(SetEvent::Failed(error)) => Err(error.into()),
            Some(_) => Ok(()),
            None => {
                let file = self.known(name)?.file();
                Err(SetError::new(name, &file, SetProblem::File(io::ErrorKind::NotFound.into())).into())
            }
        }
    }

    /// Like [`reload`](Self::reload), for async code: the work runs on a thread of its own, which the future waits for.
    ///
    /// # Errors
    ///
    /// The same as for [`reload`](Self::reload). Also if the system cannot start a thread.
    pub fn reload_async(&self, name: &str) -> impl Future<Output = Result<(), Error>> + Send + use<C> {
        let (set, name) = (self.clone(), name.to_owned());
        in_background(move || set.reload(&name))
    }

    /// Loads all plug-ins again, even those whose files are the same, and returns what has changed, sorted by name.
    /// Otherwise like [`rescan`](Self::rescan).
    ///
    /// # Errors
    ///
    /// Returns an error if the directory cannot be read: all plug-ins still serve.
    pub fn reload_all(&self) -> Result<Vec<SetEvent>, Error> {
        self.update(Which::All)
    }

    /// Like [`reload_all`](Self::reload_all), for async code.
    ///
    /// # Errors
    ///
    /// The same as for [`reload_all`](Self::reload_all). Also if the system cannot start a thread.
    pub fn reload_all_async(&self) -> impl Future<Output = Result<Vec<SetEvent>, Error>> + Send + use<C> {
        let set = self.clone();
        in_background(move || set.reload_all())
    }

    /// Reads the directory again: loads plug-ins that are new or whose files have another content, and removes those
    /// whose files are gone. Returns what has changed, sorted by name. `watch` (feature `watch`) does this
    /// whenever the files change.
    ///
    /// The content of a plug-in is that of its manifest and of the files that this names; what is downloaded is not
    /// looked at. A plug-in that could not be loaded is not tried again until its files change.
    ///
    /// # Errors
    ///
    /// Returns an error if the directory cannot be read: all plug-ins still serve.
    pub fn rescan(&self) -> Result<Vec<SetEvent>, Error> {
        self.update(Which::Changed)
    }

    /// Like [`rescan`](Self::rescan), for async code.
    ///
    /// # Errors
    ///
    /// The same as for [`rescan`](Self::rescan). Also if the system cannot start a thread.
    pub fn rescan_async(&self) -> impl Future<Output = Result<Vec<SetEvent>, Error>> + Send + use<C> {
        let set = self.clone();
        in_background(move || set.rescan())
    }

    fn update(&self, which: Which<'_>) -> Result<Vec<SetEvent>, Error> {
        let _one_at_a_time = self.0.reloading.lock().unwrap_or_else(PoisonError::into_inner);
        let found = self.find()?;
        let removed = match which {
            Which::Only(_) => Vec::new(),
            _ => self.remove_all_but(&found),
        };
        let jobs = found.into_iter().filter_map(|found| self.job(found, which)).collect();
        let add = |entry: &SetEntry<C>| drop(self.write().insert(entry.name().to_owned(), entry.clone()));
        let mut events = load_all(&self.0.loader, jobs, self.0.threads, self.0.progress.as_deref(), &add);
        events.extend(removed);
        events.sort_by(|a, b| a.plugin().cmp(b.plugin()));
        Ok(events)
    }

    fn find(&self) -> Result<Vec<Found>, Error> {
        let directory = &self.0.directory;
        let known = |file: &Path| self.known_files(file);
        let rules = Rules { base: self.0.loader.base.as_deref(), known: &known };
        let found = found::plugins(directory, rules);
        let found = found.map_err(|error| SetError::new("", directory, SetProblem::Directory(error)));
        let error = found.as_ref().err().map(Arc::clone);
        *self.0.error.lock().unwrap_or_else(PoisonError::into_inner) = error;
        Ok(found?)
    }

    /// Returns the files that a plug-in with this manifest had when it was last loaded.
    fn known_files(&self, file: &Path) -> Vec<PathBuf> {
        self.read().values().find_map(|entry| entry.known_files(file)).unwrap_or_default()
    }

    fn job(&self, found: Found, which: Which<'_>) -> Option<Job<C>> {
        let known = self.entry(&found.name);
        let wanted = match (which, &known) {
            (Which::All, _) | (Which::Changed, None) => true,
            (Which::Only(name), _) => name == found.name,
            (Which::Changed, Some(entry)) => entry.has_changed(&found.files),
        };
        wanted.then(|| Job { entry: known.unwrap_or_else(|| self.new_entry(&found)), found })
    }

    fn new_entry(&self, found: &Found) -> SetEntry<C> {
        let entry = SetEntry::new(&found.name, &found.file, self.0.loader.max_wait);
        let disabled = self.0.disabled.lock().unwrap_or_else(PoisonError::into_inner);
        entry.set_enabled(!disabled.contains(&found.name));
        entry
    }

    fn remove_all_but(&self, found: &[Found]) -> Vec<SetEvent> {
        let stay = |name: &String| found.binary_search_by(|found| found.name.cmp(name)).is_ok();
        let mut entries = self.write();
        let (stay, gone): (BTreeMap<_, _>, BTreeMap<_, _>) =
            std::mem::take(&mut *entries).into_iter().partition(|(name, _)| stay(name));
        *entries = stay;
        drop(entries);
        let retire = |(plugin, entry): (String, SetEntry<C>)| {
            entry.retire();
            SetEvent::Removed { plugin }
        };
        gone.into_iter().map(retire).collect()
    }
}

/// Does something on a thread of its own.
pub(super) async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let working = Background::start("extism-set", work);
    let working = working.map_err(|error| Error::engine("cannot start a thread that loads plug-ins", error))?;
    // A panic is that of a function of the program's, such as one that shows the progress.
    working.await.unwrap_or_else(|panic| resume_unwind(panic))
}
