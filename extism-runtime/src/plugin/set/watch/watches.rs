//! The directories that the system watches.

use std::{collections::BTreeSet, path::PathBuf};

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

/// The directories that are watched.
pub(super) struct Watches {
    watcher: RecommendedWatcher,
    watched: BTreeSet<PathBuf>,
}

impl Watches {
    pub(super) fn new(watcher: RecommendedWatcher) -> Self {
        Self { watcher, watched: BTreeSet::new() }
    }

    /// Watches these directories and no others; returns whether all of them can be watched.
    ///
    /// Those that were watched before are watched once more: one that was removed and came back is another one.
    pub(super) fn set(&mut self, wanted: BTreeSet<PathBuf>) -> bool {
        let Self { watcher, watched } = self;
        for old in watched.difference(&wanted) {
            // One that is gone is not watched any more.
            let _ = watcher.unwatch(old);
        }
        let mut all = true;
        for directory in &wanted {
            if let Err(error) = watcher.watch(directory, RecursiveMode::NonRecursive) {
                tracing::debug!("cannot watch `{}`, looking at it regularly instead: {error}", directory.display());
                all = false;
            }
        }
        *watched = wanted;
        all
    }
}
