//! The bytes of modules that are in this process.

use std::{
    collections::HashMap,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;

/// A module's bytes, which are kept as long as a function has them.
#[derive(Debug)]
pub(crate) struct Held {
    bytes: Bytes,
    /// Whether they came within a plan.
    is_sent: AtomicBool,
}

/// The bytes of modules by their hashes.
#[derive(Debug, Default)]
pub(super) struct HeldModules {
    by_hash: HashMap<[u8; 32], Entry>,
    /// The number of entries at which those are removed that nobody has any more.
    sweep_at: usize,
}

#[derive(Debug)]
enum Entry {
    /// The program gave them, for good.
    Given(Bytes),
    Held(Weak<Held>),
}

impl HeldModules {
    /// Keeps a module for good.
    pub(super) fn give(&mut self, hash: [u8; 32], bytes: Bytes) {
        self.by_hash.insert(hash, Entry::Given(bytes));
    }

    /// Keeps a module as long as the returned value lives, unless it is kept for good.
    pub(super) fn hold(&mut self, hash: [u8; 32], bytes: Bytes, is_sent: bool) -> Option<Arc<Held>> {
        match self.by_hash.get(&hash) {
            Some(Entry::Given(_)) => return None,
            Some(Entry::Held(held)) => {
                if let Some(held) = held.upgrade() {
                    held.is_sent.fetch_or(is_sent, Ordering::Relaxed);
                    return Some(held);
                }
            }
            None => {}
        }
        self.sweep();
        let held = Arc::new(Held { bytes, is_sent: is_sent.into() });
        self.by_hash.insert(hash, Entry::Held(Arc::downgrade(&held)));
        Some(held)
    }

    /// Returns what is kept of a module, as [`hold`](Self::hold) does.
    pub(super) fn holder(&self, hash: &[u8; 32]) -> Option<Arc<Held>> {
        match self.by_hash.get(hash)? {
            Entry::Given(_) => None,
            Entry::Held(held) => held.upgrade(),
        }
    }

    /// Returns a module's bytes.
    pub(super) fn bytes(&self, hash: &[u8; 32]) -> Option<Bytes> {
        match self.by_hash.get(hash)? {
            Entry::Given(bytes) => Some(bytes.clone()),
            Entry::Held(held) => Some(held.upgrade()?.bytes.clone()),
        }
    }

    /// Whether a module came within a plan.
    pub(super) fn is_sent(&self, hash: &[u8; 32]) -> bool {
        self.holder(hash).is_some_and(|held| held.is_sent.load(Ordering::Relaxed))
    }

    /// Removes the entries that nobody has any more, each time that there are twice as many.
    fn sweep(&mut self) {
        if self.by_hash.len() >= self.sweep_at {
            self.by_hash.retain(|_, entry| match entry {
                Entry::Given(_) => true,
                Entry::Held(held) => held.strong_count() > 0,
            });
            self.sweep_at = 2 * self.by_hash.len() + 16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_kept_as_long_as_somebody_has_it() {
        let mut modules = HeldModules::default();
        let first = modules.hold([1; 32], Bytes::from_static(b"one"), false).unwrap();
        let second = modules.hold([1; 32], Bytes::from_static(b"one"), true).unwrap();
        drop(first);
        assert_eq!(modules.bytes(&[1; 32]).unwrap(), "one");
        assert!(modules.is_sent(&[1; 32]));
        drop(second);
        assert_eq!(modules.bytes(&[1; 32]), None);
        modules.give([1; 32], Bytes::from_static(b"one"));
        assert!(modules.hold([1; 32], Bytes::from_static(b"one"), true).is_none());
        assert_eq!(modules.bytes(&[1; 32]).unwrap(), "one");
    }

    #[test]
    fn what_nobody_has_takes_no_room() {
        let mut modules = HeldModules::default();
        let kept = modules.hold([255; 32], Bytes::new(), false).unwrap();
        for number in 0..10_000_u32 {
            let mut hash = [0; 32];
            hash[..4].copy_from_slice(&number.to_le_bytes());
            modules.hold(hash, Bytes::new(), true);
        }
        assert!(modules.by_hash.len() < 100, "{}", modules.by_hash.len());
        assert!(modules.holder(&[255; 32]).is_some_and(|held| Arc::ptr_eq(&held, &kept)));
    }
}
