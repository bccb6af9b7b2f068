//! Reloads plug-ins when their files change.

mod interest;
mod options;
mod thread;
mod watches;

use std::{fmt, path::PathBuf, sync::mpsc, thread::JoinHandle};

pub use self::options::WatchOptions;
use self::{
    interest::Interest,
    thread::{Message, Watching},
};
use super::{PluginSet, Reloadable, SetEvent, files::Files};
use crate::{Error, plugin::FromPlugin};

/// Watches the files of a [`PluginSet`] or a [`Reloadable`] until it is dropped.
///
/// A thread belongs to it. Dropping it waits until that thread has finished what it is doing, so that nothing is
/// reloaded and no function is called afterwards; the exception is a function of its own that drops it.
#[must_use = "the files are watched until this is dropped"]
pub struct Watch {
    messages: mpsc::Sender<Message>,
    thread: Option<JoinHandle<()>>,
}

/// What is watched.
trait Watched: Send {
    /// Loads what has changed.
    fn rescan(&self) -> Vec<SetEvent>;

    /// Returns the files whose changes matter.
    fn interest(&self) -> Interest;

    /// Returns all files that are read.
    fn files(&self) -> Vec<PathBuf>;
}

impl<C: FromPlugin + Send + Sync + 'static> PluginSet<C> {
    /// Reloads plug-ins when files change, until the returned value is dropped; calls a function with each change, on
    /// the thread that reloads.
    ///
    /// Changes are noticed in the directory, in plug-ins' own directories, and in all files that manifests name. A plug-in
    /// is reloaded when nothing has been written for 100 milliseconds, so that a file that is still being written is not
    /// read, and many changes at once are one. It is reloaded only if the content has changed. If the directory itself
    /// vanishes, its plug-ins still serve, the function is told once, and the set goes on when the directory is back.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::{fs, sync::mpsc, time::Duration};
    /// use extism_runtime::{Plugin, set::{PluginSet, SetEvent}};
    ///
    /// # let directory = tempfile::tempdir()?;
    /// # let directory = directory.path();
    /// let plugins = PluginSet::<Plugin>::load(directory)?;
    /// let (events, changes) = mpsc::channel();
    /// let watch = plugins.watch(move |event| drop(events.send(event.clone())))?;
    ///
    /// fs::write(directory.join("new.wat"), r#"(module (func (export "run")))"#)?;
    /// match changes.recv_timeout(Duration::from_secs(60))? {
    ///     SetEvent::Loaded { plugin, .. } => assert_eq!(plugin, "new"),
    ///     other => panic!("{other:?}"),
    /// }
    /// plugins.get("new")?.call::<_, ()>("run", ())?;
    /// drop(watch);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the system cannot watch files, or cannot start a thread.
    pub fn watch(&self, on_event: impl FnMut(&SetEvent) + Send + 'static) -> Result<Watch, Error> {
        self.watch_with(WatchOptions::default(), on_event)
    }

    /// Like [`watch`](Self::watch), with other times.
    ///
    /// # Errors
    ///
    /// The same as for [`watch`](Self::watch).
    pub fn watch_with(
        &self,
        options: WatchOptions,
        on_event: impl FnMut(&SetEvent) + Send + 'static,
    ) -> Result<Watch, Error> {
        Watching::start(Box::new(self.clone()), options, Box::new(on_event))
    }
}

impl<C: FromPlugin + Send + Sync + 'static> Reloadable<C> {
    /// Reloads the plug-in when its files change, until the returned value is dropped; see [`PluginSet::watch`].
    ///
    /// # Errors
    ///
    /// Returns an error if the system cannot watch files, or cannot start a thread.
    pub fn watch(&self, on_event: impl FnMut(&SetEvent) + Send + 'static) -> Result<Watch, Error> {
        self.watch_with(WatchOptions::default(), on_event)
    }

    /// Like [`watch`](Self::watch), with other times.
    ///
    /// # Errors
    ///
    /// The same as for [`watch`](Self::watch).
    pub fn watch_with(
        &self,
        options: WatchOptions,
        on_event: impl FnMut(&SetEvent) + Send + 'static,
    ) -> Result<Watch, Error> {
        Watching::start(Box::new(self.clone()), options, Box::new(on_event))
    }
}

impl<C: FromPlugin + Send + Sync + 'static> Watched for PluginSet<C> {
    fn rescan(&self) -> Vec<SetEvent> {
        let before = self.directory_error();
        match self.rescan() {
            Ok(events) => events,
            // Told once.
            Err(_) if before.is_some() => Vec::new(),
            Err(_) => self.directory_error().map(SetEvent::Failed).into_iter().collect(),
        }
    }

    fn interest(&self) -> Interest {
        Interest::of_set(self.directory(), &self.files())
    }

    fn files(&self) -> Vec<PathBuf> {
        self.iter().flat_map(|entry| entry.watched_files()).collect()
    }
}

impl<C: FromPlugin + Send + Sync + 'static> Watched for Reloadable<C> {
    fn rescan(&self) -> Vec<SetEvent> {
        self.rescan().into_iter().collect()
    }

    fn interest(&self) -> Interest {
        Interest::of_files(&self.files())
    }

    fn files(&self) -> Vec<PathBuf> {
        self.watched_files()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.messages.send(Message::Stop);
        let Some(thread) = self.thread.take() else { return };
        if thread.thread().id() != std::thread::current().id() {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}
