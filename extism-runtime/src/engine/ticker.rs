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
    sleeping: AtomicBool,
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
    let (beat, wake) = pulse.begin();
    if wake && let Err(error) = clock.wake() {
        drop(beat);
        // The next call tries again to start the thread.
        pulse.fall_asleep();
        return Err(error);
    }
    Ok(beat)
}

/// Wakes a task at a given time.
pub(super) fn alarm(at: Instant, waker: Waker) -> Result<Alarm, Error> {
    let clock = Clock::current();
    // Before the look at `sleeping`: either the thread sees the alarm before it sleeps, or this sees it sleeping.
    let alarm = Alarm { clock, key: clock.alarms.add(at, waker) };
    if clock.thread.get().is_none() || clock.sleeping.load(Ordering::SeqCst) {
        clock.wake()?;
    }
    Ok(alarm)
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
            sleeping: AtomicBool::new(false),
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

    /// Makes the thread look at what there is to do; starts it if there is none.
    #[cold]
    fn wake(&'static self) -> Result<(), Error> {
        if let Some(thread) = self.thread.get() {
            thread.unpark();
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

    fn run(&self) {
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
        // A call that has ended in the meantime keeps it awake too: the next one is probably near, and waking takes long.
        let mut asleep = self.pulses.fall_asleep();
        while asleep {
            match self.alarms.next() {
                Some(next) => thread::park_timeout(next.saturating_duration_since(Instant::now())),
                None => thread::park(),
            }
            self.alarms.ring();
            asleep = self.pulses.are_asleep();
        }
        self.sleeping.store(false, Ordering::SeqCst);
    }
}
