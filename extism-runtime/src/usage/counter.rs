use std::sync::atomic::{AtomicU64, Ordering};

/// A number that one thread at a time changes while others may read it. Changing it is a plain addition: it locks
/// nothing, and orders nothing.
#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    #[inline]
    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    #[inline]
    pub(super) fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn add(&self, value: u64) {
        self.set(self.get().wrapping_add(value));
    }

    /// Adds as [`add`](Self::add) does, but also while other threads add.
    pub(super) fn add_shared(&self, value: u64) {
        self.0.fetch_add(value, Ordering::Relaxed);
    }
}
