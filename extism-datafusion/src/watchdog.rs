//! Ends the calls of batches that take too long together.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
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
    batches: HashMap<u64, Batch>,
    next: u64,
    is_running: bool,
}

#[derive(Debug)]
struct Batch {
    deadline: Instant,
    calls: CancelHandle,
    is_late: Arc<AtomicBool>,
}

/// A batch that is watched until this is dropped.
#[derive(Debug)]
pub(crate) struct Watch {
    watchdog: Watchdog,
    id: u64,
    is_late: Arc<AtomicBool>,
}

impl Watch {
    /// Whether the time of the batch is over. Then no call begins: what the process itself does between the calls, such as
    /// decoding their outputs, takes time too, and a call that is never running when it is looked at is not cancelled.
    pub(crate) fn is_late(&self) -> bool {
        self.is_late.load(Ordering::Relaxed)
    }
}

impl Watchdog {
    /// Cancels the calls of an instance once `limit` has passed.
    pub(crate) fn watch(&self, handle: CancelHandle, limit: Duration) -> Option<Watch> {
        let deadline = Instant::now().checked_add(limit)?;
        let mut watched = self.lock();
        let id = watched.next;
        watched.next += 1;
        let is_late = Arc::new(AtomicBool::new(false));
        watched.batches.insert(id, Batch { deadline, calls: handle, is_late: Arc::clone(&is_late) });
        if !watched.is_running {
            let watchdog = self.clone();
            let spawned = thread::Builder::new().name("extism-batches".to_owned()).spawn(move || watchdog.run());
            watched.is_running = spawned.is_ok();
        }
        drop(watched);
        Some(Watch { watchdog: self.clone(), id, is_late })
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
            for batch in watched.batches.values().filter(|batch| batch.deadline <= now) {
                batch.is_late.store(true, Ordering::Relaxed);
                batch.calls.cancel();
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

#[cfg(test)]
mod tests {
    use extism_runtime::Plugin;

    use super::*;

    #[test]
    fn a_batch_is_late_even_if_no_call_is_running() {
        let plugin = Plugin::new("(module)").unwrap();
        let watchdog = Watchdog::default();
        let endless = watchdog.watch(plugin.cancel_handle(), Duration::from_hours(1)).unwrap();
        let short = watchdog.watch(plugin.cancel_handle(), Duration::from_millis(10)).unwrap();
        let started = Instant::now();
        while !short.is_late() && started.elapsed() < Duration::from_mins(1) {
            thread::sleep(Duration::from_millis(10));
        }
        assert!(short.is_late() && !endless.is_late());
    }
}
