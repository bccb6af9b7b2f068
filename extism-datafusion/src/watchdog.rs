//! Ends the calls of batches that take too long together.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use extism_runtime::CancelHandle;

/// How often the batches are looked at.
const INTERVAL: Duration = Duration::from_millis(50);

/// The number of looks without a batch after which the thread ends.
const IDLE_LOOKS: u32 = 100;

/// A thread, while there are batches, that cancels the calls of those that are late. The calls themselves read no clock.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watchdog(Arc<Mutex<Watched>>);

#[derive(Debug, Default)]
struct Watched {
    batches: HashMap<u64, (Instant, CancelHandle)>,
    next: u64,
    is_running: bool,
}

/// A batch that is watched until this is dropped.
#[derive(Debug)]
pub(crate) struct Watch {
    watchdog: Watchdog,
    id: u64,
}

impl Watchdog {
    /// Cancels the calls of an instance once `limit` has passed.
    pub(crate) fn watch(&self, handle: CancelHandle, limit: Duration) -> Option<Watch> {
        let deadline = Instant::now().checked_add(limit)?;
        let mut watched = self.lock();
        let id = watched.next;
        watched.next += 1;
        watched.batches.insert(id, (deadline, handle));
        if !watched.is_running {
            let watchdog = self.clone();
            let spawned = thread::Builder::new().name("extism-batches".to_owned()).spawn(move || watchdog.run());
            watched.is_running = spawned.is_ok();
        }
        drop(watched);
        Some(Watch { watchdog: self.clone(), id })
    }

    fn run(&self) {
        let mut idle = 0;
        loop {
            thread::sleep(INTERVAL);
            let mut watched = self.lock();
            idle = if watched.batches.is_empty() { idle + 1 } else { 0 };
            if idle > IDLE_LOOKS {
                watched.is_running = false;
                return;
            }
            let now = Instant::now();
            for (_, handle) in watched.batches.values().filter(|(deadline, _)| *deadline <= now) {
                handle.cancel();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Watched> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.watchdog.lock().batches.remove(&self.id);
    }
}
