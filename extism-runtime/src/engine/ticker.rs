//! The clock: a thread that ticks while calls with a deadline run, and wakes tasks at a given time.

use std::{
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::Waker,
    thread::{self, Thread},
    time::{Duration, Instant},
};

use super::{
    alarms::{Alarms, Key},
    process,
};
use crate::Error;

/// The time between two ticks, and so how late a deadline may be noticed.
pub(crate) const TICK: Duration = Duration::from_millis(2);
/// How many ticks the thread continues without a timed call before it sleeps.
const IDLE_TICKS: u32 = 50;
/// Calls count themselves in one of these counters, so that threads rarely write to the same cache line.
const SHARDS: usize = 32;

/// A counter alone on its cache line (two lines, since processors fetch pairs).
#[derive(Default)]
#[repr(align(128))]
struct Shard(AtomicUsize);

#[derive(Default)]
struct Clock {
    running: [Shard; SHARDS],
    sleeping: AtomicBool,
    stopped: AtomicBool,
    /// The number of ticks so far.
    ticks: AtomicUsize,
    alarms: Alarms,
}

/// See the module. The thread starts with the first timed call, and again with the first one of a forked process,
/// because threads do not survive a fork.
pub(super) struct Ticker(Generation);

/// The thread of one process, and the calls that it ticks for.
struct Generation {
    process: u32,
    clock: Arc<Clock>,
    thread: OnceLock<Thread>,
    /// Held while the thread is started, so that only one is.
    starting: Mutex<()>,
    /// The generation of a process that was forked from this one.
    forked: OnceLock<Box<Self>>,
}

/// Wakes a task at a given time, unless it is dropped before.
pub(crate) struct Alarm {
    clock: Arc<Clock>,
    key: Key,
}

impl Alarm {
    /// Makes the alarm wake this waker, even if it has rung.
    pub(crate) fn rewire(&self, waker: Waker) {
        self.clock.alarms.replace(self.key, waker);
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.clock.alarms.remove(self.key);
    }
}

/// A running call for which the clock ticks; it ends when this is dropped.
pub(crate) struct TimedCall<'a> {
    counter: &'a AtomicUsize,
    clock: &'a Clock,
    /// The number of ticks when the call began.
    ticks: usize,
}

impl TimedCall<'_> {
    /// Returns whether the clock has ticked since the call began: a call that saw no tick is not late.
    #[inline]
    pub(crate) fn has_ticked(&self) -> bool {
        self.clock.ticks.load(Ordering::Relaxed) != self.ticks
    }
}

impl Drop for TimedCall<'_> {
    fn drop(&mut self) {
        self.counter.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Default for Ticker {
    fn default() -> Self {
        Self(Generation::of(process::id(Instant::now())))
    }
}

impl Ticker {
    /// Counts a timed call that begins at `now`, and ensures that the thread runs. `tick` creates the function that the
    /// thread calls, which returns whether there is still something to tick.
    #[inline]
    pub(super) fn begin<F>(&self, shard: usize, now: Instant, tick: impl FnOnce() -> F) -> Result<TimedCall<'_>, Error>
    where
        F: Fn() -> bool + Send + 'static,
    {
        self.0.current(now).begin(shard, tick)
    }

    /// Wakes a task at a given time; `tick` is as for [`begin`](Self::begin).
    pub(super) fn alarm<F>(&self, at: Instant, waker: Waker, tick: impl FnOnce() -> F) -> Result<Alarm, Error>
    where
        F: Fn() -> bool + Send + 'static,
    {
        self.0.current(Instant::now()).alarm(at, waker, tick)
    }
}

impl Generation {
    fn of(process: u32) -> Self {
        Self {
            process,
            clock: Arc::default(),
            thread: OnceLock::new(),
            starting: Mutex::default(),
            forked: OnceLock::new(),
        }
    }

    /// Returns the generation of this process.
    fn current(&self, now: Instant) -> &Self {
        let mut last = self;
        while let Some(forked) = last.forked.get() {
            last = forked;
        }
        let process = process::id(now);
        if last.process != process {
            // A new one, because the old one counts the parent's calls, which end only there.
            last = last.forked.get_or_init(|| Box::new(Self::of(process)));
        }
        last
    }

    fn begin<F>(&self, shard: usize, tick: impl FnOnce() -> F) -> Result<TimedCall<'_>, Error>
    where
        F: Fn() -> bool + Send + 'static,
    {
        let counter = &self.clock.running[shard % SHARDS].0;
        let ticks = self.clock.ticks.load(Ordering::Relaxed);
        // Sequentially consistent, like the thread's look at the counters after it announces that it sleeps: either it
        // sees this call, or this call sees it sleeping.
        counter.fetch_add(1, Ordering::SeqCst);
        let call = TimedCall { counter, clock: &self.clock, ticks };
        self.rouse(tick)?;
        Ok(call)
    }

    fn alarm<F>(&self, at: Instant, waker: Waker, tick: impl FnOnce() -> F) -> Result<Alarm, Error>
    where
        F: Fn() -> bool + Send + 'static,
    {
        // Before the look at `sleeping`, as in `begin`.
        let alarm = Alarm { clock: Arc::clone(&self.clock), key: self.clock.alarms.add(at, waker) };
        self.rouse(tick)?;
        Ok(alarm)
    }

    /// Makes the thread look at what there is to do, if it sleeps; starts it if there is none.
    #[inline]
    fn rouse<F>(&self, tick: impl FnOnce() -> F) -> Result<(), Error>
    where
        F: Fn() -> bool + Send + 'static,
    {
        match self.thread.get() {
            Some(thread) if self.clock.sleeping.load(Ordering::SeqCst) => thread.unpark(),
            Some(_) => {}
            None => self.start(tick())?,
        }
        Ok(())
    }

    #[cold]
    fn start(&self, tick: impl Fn() -> bool + Send + 'static) -> Result<(), Error> {
        let _one_at_a_time = self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        if self.thread.get().is_some() {
            return Ok(());
        }
        let clock = Arc::clone(&self.clock);
        let handle = thread::Builder::new()
            .name("extism-ticker".to_owned())
            .spawn(move || run(&clock, tick))
            .map_err(|error| Error::engine("cannot start the thread that enforces deadlines", error))?;
        self.thread.get_or_init(|| handle.thread().clone());
        Ok(())
    }
}

impl Drop for Generation {
    fn drop(&mut self) {
        self.clock.stopped.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }
}

fn run(clock: &Clock, tick: impl Fn() -> bool) {
    let mut idle = 0;
    while !clock.stopped.load(Ordering::SeqCst) {
        thread::sleep(TICK);
        clock.ticks.fetch_add(1, Ordering::Relaxed);
        if !tick() {
            return;
        }
        clock.alarms.ring();
        idle = if any_running(clock) { 0 } else { idle + 1 };
        if idle > IDLE_TICKS {
            sleep(clock);
            idle = 0;
        }
    }
}

/// Sleeps until calls run again, and wakes those that wait for a time.
fn sleep(clock: &Clock) {
    clock.sleeping.store(true, Ordering::SeqCst);
    while !any_running(clock) && !clock.stopped.load(Ordering::SeqCst) {
        match clock.alarms.next() {
            Some(next) => thread::park_timeout(next.saturating_duration_since(Instant::now())),
            None => thread::park(),
        }
        clock.alarms.ring();
    }
    clock.sleeping.store(false, Ordering::SeqCst);
}

fn any_running(clock: &Clock) -> bool {
    clock.running.iter().any(|shard| shard.0.load(Ordering::SeqCst) > 0)
}
