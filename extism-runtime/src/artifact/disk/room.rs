//! When the size of a directory has to be looked at: that takes longer the more files there are, so it is not done for each
//! file that is written.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// The bytes that may be written to a directory before its size is looked at again; none at first. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Room(Arc<AtomicU64>);

impl Room {
    /// Counts bytes that are written; returns whether the directory's size has to be looked at.
    pub(super) fn take(&self, bytes: u64) -> bool {
        let take = |left: u64| left.checked_sub(bytes);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_err()
    }

    /// Sets how many bytes fit into the directory. A quarter of them may be written before it is looked at again, since
    /// other processes write there, too.
    pub(super) fn found(&self, free: u64) {
        self.0.store(free / 4, Ordering::Relaxed);
    }
}
