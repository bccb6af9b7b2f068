//! The clock: a thread that ticks while calls with a deadline run, and wakes tasks at a given time.

use std::{
    cell::Cell,
    sync::{
        Arc, LazyLock, Mutex, OnceLock, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering},
    },
    task::Waker,
    thread::{self, Thread},
    time::{Duration, Instant},
};

use super::{
    alarms::{Alarms, Key},
    barrier::Barrier,
    beats::{Beat, Pulse, Pulses},
    process,
};
use crate::Error;

/// The time between two ticks.
pub(crate) const TICK: Duration = Duration::from_millis(2);
/// How many ticks the thread continues without a timed call before it sleeps.
const IDLE_TICKS: u32 = 50;
/// The number of calls within a tick after which a thread checks less often whether its process was forked.
const BUSY: u32 = 64;
/// Such a thread checks at one call in this many.
const SELDOM: u32 = 16;

/// What happens at each tick, to one engine.
pub(super) trait Tick: Send + Sync {
    fn tick(&self);
}

/// The clock of one process, and all that it has to look after. The thread starts with the first timed call, and again
/// with the first one of a forked process, because threads do not survive a fork.
struct Clock {
    process: u32,
    pulses: Pulses,
    engines: Mutex<Vec<Weak<dyn Tick>>>,
    alarms: Alarms,
    /// How often it has ticked.
    ticks: AtomicUsize,
    /// Whether the next call must wake the thread: it sleeps, or there is none yet.
    sleeping: AtomicBool,
    /// Between calls that begin and the thread that falls asleep.
    barrier: Barrier,
    thread: OnceLock<Thread>,
    /// Held while the thread is started, so that only one is.
    starting: Mutex<()>,
    /// The clock of a process that was forked from this one.
    forked: OnceLock<&'static Self>,
}

/// Which process's clock an engine is known to.
#[derive(Debug, Default)]
pub(super) struct Ticked(AtomicU32);

/// Wakes a task at a given time, unless it is dropped before.
pub(crate) struct Alarm {
    clock: &'static Clock,
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

/// What a thread needs to make timed calls.
struct Local {
    /// Its own calls, and the clock that looks after them; `None` before the first one.
    pulse: Cell<Option<(&'static Pulse, &'static Clock)>>,
    /// The tick in which it made its last call.
    tick: Cell<usize>,
    /// How many calls it has made since that tick.
    calls: Cell<u32>,
}

thread_local! {
    static LOCAL: Local = const { Local { pulse: Cell::new(None), tick: Cell::new(0), calls: Cell::new(0) } };
    static ENDING: Ending = const { Ending };
}

/// Gives the thread's pulse to another one when the thread ends.
struct Ending;

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some((pulse, _)) = LOCAL.with(|local| local.pulse.take()) {
            pulse.give_back();
        }
    }
}

/// Begins a timed call: until the result is dropped, the clock ticks for this engine.
#[inline]
pub(super) fn begin<E: Tick + 'static>(ticked: &Ticked, engine: &Arc<E>) -> Result<Beat, Error> {
    let (pulse, clock) = LOCAL.with(Local::current);
    if ticked.0.load(Ordering::Relaxed) != clock.process {
        clock.add(ticked, engine);
    }
    clock.begin(pulse)
}

/// Wakes a task at a given time.
pub(super) fn alarm(at: Instant, waker: Waker) -> Result<Alarm, Error> {
    Clock::current().alarm(at, waker)
}

impl Local {
    /// Returns the thread's pulse in this process.
    #[inline]
    fn current(&self) -> (&'static Pulse, &'static Clock) {
        if let Some((pulse, clock)) = self.pulse.get()
            && (self.is_busy(clock) || clock.is_current())
        {
            return (pulse, clock);
        }
        self.take()
    }

    /// Returns whether the thread may skip the check for a fork, which takes as long as a short call: it has made many
    /// calls in this tick, and checked at a recent one.
    #[inline]
    fn is_busy(&self, clock: &Clock) -> bool {
        let tick = clock.ticks.load(Ordering::Relaxed);
        if self.tick.replace(tick) != tick {
            self.calls.set(0);
        }
        let calls = self.calls.get().wrapping_add(1);
        self.calls.set(calls);
        calls > BUSY && !calls.is_multiple_of(SELDOM)
    }

    #[cold]
    fn take(&self) -> (&'static Pulse, &'static Clock) {
        let clock = Clock::current();
        let pulse = clock.pulses.take();
        self.calls.set(0);
        self.pulse.set(Some((pulse, clock)));
        // If the thread is ending already, its pulse is lost.
        let _ = ENDING.try_with(|_| ());
        (pulse, clock)
    }
}

impl Clock {
    fn of(process: u32) -> Self {
        Self {
            process,
            pulses: Pulses::default(),
            engines: Mutex::default(),
            alarms: Alarms::default(),
            ticks: AtomicUsize::new(0),
            sleeping: AtomicBool::new(true),
            barrier: Barrier::default(),
            thread: OnceLock::new(),
            starting: Mutex::default(),
            forked: OnceLock::new(),
        }
    }

    /// Returns the clock of this process.
    fn current() -> &'static Self {
        static FIRST: LazyLock<Clock> = LazyLock::new(|| Clock::of(process::id(Instant::now())));
        let mut last: &'static Self = &FIRST;
        while let Some(forked) = last.forked.get() {
            last = forked;
        }
        if last.is_current() {
            return last;
        }
        // Another one, because the old one looks after the parent's calls, and its locks may be held for ever.
        let forked = || &*Box::leak(Box::new(Self::of(process::id(Instant::now()))));
        last.forked.get_or_init(forked)
    }

    /// Returns whether it is that of this process.
    fn is_current(&self) -> bool {
        self.process == process::id(Instant::now())
    }

    /// Ticks for another engine.
    #[cold]
    fn add<E: Tick + 'static>(&self, ticked: &Ticked, engine: &Arc<E>) {
        let mut engines = self.engines.lock().unwrap_or_else(PoisonError::into_inner);
        if ticked.0.swap(self.process, Ordering::Relaxed) != self.process {
            let engine: Weak<E> = Arc::downgrade(engine);
            engines.push(engine);
        }
    }

    /// Begins a call of a thread with this pulse.
    #[inline]
    fn begin(&'static self, pulse: &'static Pulse) -> Result<Beat, Error> {
        let beat = pulse.begin();
        // Either this sees that the thread sleeps, or the thread sees the call and does not fall asleep.
        self.barrier.of_call();
        if self.sleeping.load(Ordering::Relaxed) {
            self.wake()?;
        }
        Ok(beat)
    }

    /// Wakes a task at a given time.
    fn alarm(&'static self, at: Instant, waker: Waker) -> Result<Alarm, Error> {
        // Before the look at `sleeping`: either the thread sees the alarm before it sleeps, or this sees it sleeping.
        let alarm = Alarm { clock: self, key: self.alarms.add(at, waker) };
        if self.sleeping.load(Ordering::SeqCst) {
            // It need not tick for that.
            match self.thread.get() {
                Some(thread) => thread.unpark(),
                None => self.wake()?,
            }
        }
        Ok(alarm)
    }

    /// Makes the thread tick; starts it if there is none.
    #[cold]
    fn wake(&'static self) -> Result<(), Error> {
        if let Some(thread) = self.thread.get() {
            if self.sleeping.swap(false, Ordering::SeqCst) {
                thread.unpark();
            }
            return Ok(());
        }
        let _one_at_a_time = self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        if self.thread.get().is_none() {
            let handle = thread::Builder::new()
                .name("extism-ticker".to_owned())
                .spawn(|| self.run())
                .map_err(|error| Error::engine("cannot start the thread that enforces deadlines", error))?;
            self.thread.get_or_init(|| handle.thread().clone());
        }
        Ok(())
    }

    fn run(&'static self) {
        self.sleeping.store(false, Ordering::SeqCst);
        // On a short-lived thread, as it takes the system some milliseconds, and ticks must not be late. Without it, calls
        // take a few nanoseconds more.
        let registering = thread::Builder::new().name("extism-barrier".to_owned());
        if let Err(error) = registering.spawn(|| self.barrier.register()) {
            tracing::debug!("cannot start a thread that registers the clock's barrier: {error}");
        }
        let mut idle = 0;
        loop {
            thread::sleep(TICK);
            self.ticks.fetch_add(1, Ordering::Relaxed);
            // Before the engines' code looks whether its time has passed.
            idle = if self.pulses.see() { 0 } else { idle + 1 };
            self.tick();
            self.alarms.ring();
            if idle > IDLE_TICKS {
                self.sleep();
                idle = 0;
            }
        }
    }

    fn tick(&self) {
        let mut engines = self.engines.lock().unwrap_or_else(PoisonError::into_inner);
        engines.retain(|engine| engine.upgrade().inspect(|engine| engine.tick()).is_some());
    }

    /// Sleeps until calls run again, and wakes those that wait for a time.
    fn sleep(&self) {
        self.sleeping.store(true, Ordering::SeqCst);
        if !self.barrier.of_clock() || self.pulses.are_running() {
            self.sleeping.store(false, Ordering::SeqCst);
            return;
        }
        while self.sleeping.load(Ordering::SeqCst) {
            match self.alarms.next() {
                Some(next) => thread::park_timeout(next.saturating_duration_since(Instant::now())),
                None => thread::park(),
            }
            self.alarms.ring();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    fn wait_until(done: impl Fn() -> bool) {
        let began = Instant::now();
        while !done() {
            assert!(began.elapsed() < LONG, "it never happens");
            thread::sleep(Duration::from_micros(100));
        }
    }

    /// A clock that nobody else uses.
    fn clock() -> &'static Clock {
        Box::leak(Box::new(Clock::of(process::id(Instant::now()))))
    }

    #[test]
    fn it_sleeps_while_no_call_runs_and_the_next_call_wakes_it() {
        let clock = clock();
        let pulse = clock.pulses.take();
        for round in 0..3 {
            let call = clock.begin(pulse).expect("the thread starts");
            wait_until(|| call.since().has_ticked());
            assert!(!clock.sleeping.load(Ordering::SeqCst), "in round {round}, while a call runs");
            drop(call);
            wait_until(|| clock.sleeping.load(Ordering::SeqCst));
            let ticks = clock.ticks.load(Ordering::SeqCst);
            thread::sleep(TICK * 10);
            assert_eq!(clock.ticks.load(Ordering::SeqCst), ticks, "it sleeps");
        }
    }

    #[test]
    fn an_alarm_rings_while_it_sleeps() {
        struct Rung(AtomicBool);
        impl std::task::Wake for Rung {
            fn wake(self: Arc<Self>) {
                self.0.store(true, Ordering::SeqCst);
            }
        }
        let clock = clock();
        let pulse = clock.pulses.take();
        drop(clock.begin(pulse).expect("the thread starts"));
        // Until the thread has started, `sleeping` only says that it does not run.
        wait_until(|| clock.ticks.load(Ordering::SeqCst) > 0 && clock.sleeping.load(Ordering::SeqCst));
        let rung = Arc::new(Rung(AtomicBool::new(false)));
        let _alarm = clock.alarm(Instant::now() + TICK, Arc::clone(&rung).into()).expect("it is set");
        wait_until(|| rung.0.load(Ordering::SeqCst));
        assert!(clock.sleeping.load(Ordering::SeqCst), "nothing else has begun");
    }
}
