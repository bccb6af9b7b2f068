//! The directories that the system watches.

use std::{collections::BTreeSet, path::PathBuf};

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

/// The directories that are watched.
pub(super) struct Watches {
    watcher: RecommendedWatcher,
    watched: BTreeSet<PathBuf>,
}

/// What came of watching directories.
pub(super) struct Set {
    /// Whether all of them can be watched.
    pub(super) complete: bool,
    /// Whether some were not watched before.
    pub(super) more: bool,
}

impl Watches {
    pub(super) fn new(watcher: RecommendedWatcher) -> Self {
        Self { watcher, watched: BTreeSet::new() }
    }

    /// Watches these directories and no others.
    ///
    /// Those that were watched before are watched once more: one that was removed and came back is another one.
    pub(super) fn set(&mut self, wanted: BTreeSet<PathBuf>) -> Set {
        let Self { watcher, watched } = self;
        for old in watched.difference(&wanted) {
            // One that is gone is not watched any more.
            let _ = watcher.unwatch(old);
        }
        let mut complete = true;
        for directory in &wanted {
            if let Err(error) = watcher.watch(directory, RecursiveMode::NonRecursive) {
                tracing::debug!("cannot watch `{}`, looking at it regularly instead: {error}", directory.display());
                complete = false;
            }
        }
        let more = !wanted.is_subset(watched);
        *watched = wanted;
        Set { complete, more }
    }
}
