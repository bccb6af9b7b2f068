//! The clock of deadlines: a thread that ticks only while calls with a deadline run.

use std::{
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, Thread},
    time::Duration,
};

use crate::Error;

/// Between two ticks: how late a deadline may be noticed.
const TICK: Duration = Duration::from_millis(2);
/// How many ticks the thread goes on without a timed call before it sleeps.
const IDLE_TICKS: u32 = 50;
/// Calls count themselves in one of these, so that threads rarely write to the same cache line.
const SHARDS: usize = 32;

/// A counter alone on its cache line (two of them, since processors fetch pairs).
#[derive(Default)]
#[repr(align(128))]
struct Shard(AtomicUsize);

#[derive(Default)]
struct Shared {
    running: [Shard; SHARDS],
    sleeping: AtomicBool,
    stopped: AtomicBool,
}

/// See the module. The thread starts with the first timed call.
#[derive(Default)]
pub(super) struct Ticker {
    shared: Arc<Shared>,
    thread: OnceLock<Thread>,
    /// Held while the thread is started, so that only one is.
    starting: Mutex<()>,
}

/// A call with a deadline is running; ends when dropped.
#[derive(Debug)]
pub(crate) struct TimedCall<'a>(&'a AtomicUsize);

impl Drop for TimedCall<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Ticker {
    /// Counts a timed call, and sees that the thread runs; `tick` returns whether there is still something to tick.
    pub(super) fn enter(&self, shard: usize, tick: impl Fn() -> bool + Send + 'static) -> Result<TimedCall<'_>, Error> {
        let counter = &self.shared.running[shard % SHARDS].0;
        // Sequentially consistent, as is the thread's look at the counters after it says that it sleeps: either it
        // sees this call, or this call sees it sleeping.
        counter.fetch_add(1, Ordering::SeqCst);
        let call = TimedCall(counter);
        match self.thread.get() {
            Some(thread) if self.shared.sleeping.load(Ordering::SeqCst) => thread.unpark(),
            Some(_) => {}
            None => self.start(tick)?,
        }
        Ok(call)
    }

    fn start(&self, tick: impl Fn() -> bool + Send + 'static) -> Result<(), Error> {
        let _one_at_a_time = self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        if self.thread.get().is_some() {
            return Ok(());
        }
        let shared = Arc::clone(&self.shared);
        let handle = thread::Builder::new()
            .name("extism-ticker".to_owned())
            .spawn(move || run(&shared, tick))
            .map_err(|error| Error::engine("cannot start the thread that watches deadlines", error))?;
        self.thread.get_or_init(|| handle.thread().clone());
        Ok(())
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }
}

fn run(shared: &Shared, tick: impl Fn() -> bool) {
    let mut idle = 0;
    while !shared.stopped.load(Ordering::SeqCst) {
        thread::sleep(TICK);
        if !tick() {
            return;
        }
        idle = if any_running(shared) { 0 } else { idle + 1 };
        if idle > IDLE_TICKS {
            shared.sleeping.store(true, Ordering::SeqCst);
            while !any_running(shared) && !shared.stopped.load(Ordering::SeqCst) {
                thread::park();
            }
            shared.sleeping.store(false, Ordering::SeqCst);
            idle = 0;
        }
    }
}

fn any_running(shared: &Shared) -> bool {
    shared.running.iter().any(|shard| shard.0.load(Ordering::SeqCst) > 0)
}
