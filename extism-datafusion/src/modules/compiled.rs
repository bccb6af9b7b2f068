//! Compiled modules in memory.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use extism_runtime::Pool;

/// A compiled module's instances.
#[derive(Clone)]
pub(super) struct Pools {
    /// Each user gets a new instance.
    pub(super) fresh: Pool,
    /// Users get the instances of earlier ones.
    pub(super) kept: Pool,
}

/// The place of a module, once it is compiled; who compiles it holds the lock. Who has a clone is using it.
#[derive(Default)]
pub(super) struct Slot<P>(Mutex<Option<P>>);

impl<P> Slot<P> {
    pub(super) fn lock(&self) -> MutexGuard<'_, Option<P>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many modules are kept, and how many bytes of WebAssembly.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) modules: usize,
    pub(super) bytes: u64,
}

/// Compiled modules by their hashes. Those that have not been used for the longest time are dropped beyond the limits.
pub(super) struct CompiledModules<P> {
    limits: Limits,
    by_hash: HashMap<[u8; 32], Entry<P>>,
    /// Of all entries.
    bytes: u64,
    /// Counts the uses.
    clock: u64,
}

struct Entry<P> {
    slot: Arc<Slot<P>>,
    last_use: u64,
    /// 0 until it is compiled.
    bytes: u64,
}

impl<P> CompiledModules<P> {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, by_hash: HashMap::new(), bytes: 0, clock: 0 }
    }

    /// Returns the place of a module, which is in use as long as the caller has it. What is dropped for it is added to
    /// `dropped`, as dropping takes a while.
    pub(super) fn slot(&mut self, hash: [u8; 32], dropped: &mut Vec<Arc<Slot<P>>>) -> Arc<Slot<P>> {
        self.clock += 1;
        let new = || Entry { slot: Arc::new(Slot(Mutex::new(None))), last_use: 0, bytes: 0 };
        let entry = self.by_hash.entry(hash).or_insert_with(new);
        entry.last_use = self.clock;
        let slot = Arc::clone(&entry.slot);
        self.trim(dropped);
        slot
    }

    /// Notes that a module is compiled, from this number of bytes.
    pub(super) fn compiled(&mut self, hash: &[u8; 32], bytes: u64, dropped: &mut Vec<Arc<Slot<P>>>) {
        if let Some(entry) = self.by_hash.get_mut(hash) {
            self.bytes = self.bytes - entry.bytes + bytes;
            entry.bytes = bytes;
        }
        self.trim(dropped);
    }

    /// Forgets a module that cannot be compiled, unless others are waiting to try.
    pub(super) fn failed(&mut self, hash: &[u8; 32]) {
        // One is the map's, and one the caller's.
        if self.by_hash.get(hash).is_some_and(|entry| entry.bytes == 0 && Arc::strong_count(&entry.slot) <= 2) {
            self.by_hash.remove(hash);
        }
    }

    fn trim(&mut self, dropped: &mut Vec<Arc<Slot<P>>>) {
        while self.by_hash.len() > self.limits.modules || self.bytes > self.limits.bytes {
            let unused = self.by_hash.iter().filter(|(_, entry)| Arc::strong_count(&entry.slot) == 1);
            let Some((&oldest, _)) = unused.min_by_key(|(_, entry)| entry.last_use) else { return };
            if let Some(entry) = self.by_hash.remove(&oldest) {
                self.bytes -= entry.bytes;
                dropped.push(entry.slot);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modules(limits: Limits) -> CompiledModules<()> {
        CompiledModules::new(limits)
    }

    /// Uses a module of so many bytes, whose hash is this number, and returns the use.
    fn used(modules: &mut CompiledModules<()>, number: u8, bytes: u64) -> Arc<Slot<()>> {
        let slot = modules.slot([number; 32], &mut Vec::new());
        modules.compiled(&[number; 32], bytes, &mut Vec::new());
        slot
    }

    fn numbers(modules: &CompiledModules<()>) -> Vec<u8> {
        let mut numbers: Vec<u8> = modules.by_hash.keys().map(|hash| hash[0]).collect();
        numbers.sort_unstable();
        numbers
    }

    #[test]
    fn the_one_that_was_not_used_for_the_longest_time_is_dropped() {
        let mut modules = modules(Limits { modules: 2, bytes: u64::MAX });
        for number in [1, 2, 1, 3] {
            used(&mut modules, number, 10);
        }
        assert_eq!(numbers(&modules), [1, 3]);
        assert_eq!(modules.bytes, 20);
    }

    #[test]
    fn the_bytes_are_limited_too() {
        let mut modules = modules(Limits { modules: 100, bytes: 25 });
        for number in 1..=4 {
            used(&mut modules, number, 10);
        }
        assert_eq!(numbers(&modules), [3, 4]);
        // One that is too large by itself is kept while it is used.
        let large = used(&mut modules, 5, 1000);
        assert_eq!(numbers(&modules), [5]);
        drop(large);
        used(&mut modules, 6, 10);
        assert_eq!((numbers(&modules), modules.bytes), (vec![6], 10));
    }

    #[test]
    fn those_in_use_are_kept_and_dropped_at_a_later_use() {
        let mut modules = modules(Limits { modules: 1, bytes: u64::MAX });
        let first = used(&mut modules, 1, 10);
        let second = used(&mut modules, 2, 10);
        assert_eq!(numbers(&modules), [1, 2]);
        drop(first);
        let mut dropped = Vec::new();
        let again = modules.slot([2; 32], &mut dropped);
        assert_eq!((numbers(&modules), dropped.len()), (vec![2], 1));
        assert!(Arc::ptr_eq(&second, &again));
    }

    #[test]
    fn a_module_that_cannot_be_compiled_is_forgotten() {
        let mut modules = modules(Limits { modules: 10, bytes: u64::MAX });
        let (first, second) = (modules.slot([1; 32], &mut Vec::new()), modules.slot([1; 32], &mut Vec::new()));
        modules.failed(&[1; 32]);
        assert_eq!(numbers(&modules), [1], "another one waits");
        drop(first);
        modules.failed(&[1; 32]);
        assert!(numbers(&modules).is_empty());
        drop(second);
    }
}
