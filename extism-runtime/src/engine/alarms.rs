//! Tasks that the clock's thread wakes at a given time.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, MutexGuard, PoisonError},
    task::Waker,
    time::Instant,
};

/// A time, and a number that distinguishes alarms set for the same time.
pub(super) type Key = (Instant, u64);

/// The alarms that are set, the earliest first.
#[derive(Default)]
pub(super) struct Alarms(Mutex<Pending>);

#[derive(Default)]
struct Pending {
    /// How many alarms there have been.
    count: u64,
    wakers: BTreeMap<Key, Waker>,
}

impl Alarms {
    /// Sets a new alarm.
    pub(super) fn add(&self, at: Instant, waker: Waker) -> Key {
        let mut pending = self.lock();
        pending.count += 1;
        let key = (at, pending.count);
        pending.wakers.insert(key, waker);
        key
    }

    /// Changes the waker of an alarm, or sets it again if it has rung.
    pub(super) fn replace(&self, key: Key, waker: Waker) {
        let old = self.lock().wakers.insert(key, waker);
        // Without the lock: dropping a waker may run arbitrary code.
        drop(old);
    }

    /// Removes an alarm.
    pub(super) fn remove(&self, key: Key) {
        let waker = self.lock().wakers.remove(&key);
        drop(waker);
    }

    /// Returns when the next alarm rings.
    pub(super) fn next(&self) -> Option<Instant> {
        self.lock().wakers.first_key_value().map(|((at, _), _)| *at)
    }

    /// Wakes the tasks whose time has come.
    pub(super) fn ring(&self) {
        let Some(next) = self.next() else { return };
        let now = Instant::now();
        if next > now {
            return;
        }
        let due = {
            let mut pending = self.lock();
            let later = pending.wakers.split_off(&(now, u64::MAX));
            std::mem::replace(&mut pending.wakers, later)
        };
        for waker in due.into_values() {
            // A waker that panics must not end the clock.
            let _ = catch_unwind(AssertUnwindSafe(|| waker.wake()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
