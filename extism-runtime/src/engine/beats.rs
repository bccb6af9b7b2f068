//! Which calls run that the clock has to interrupt, and when it first saw each of them.
//!
//! Each thread that makes such calls has a [`Pulse`] of its own, which only it and the clock's thread write to. So a call
//! that begins neither reads the time nor writes to what other threads' calls write to: it leaves a mark, and the clock's
//! thread replaces the mark by the time at its next tick. A call that ends before that tick is not late, whatever its
//! limit; any other one began no later than the clock's thread says.

use std::{
    sync::{
        LazyLock, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// How many timed calls may run within each other on a thread and leave their marks; more than can be nested.
const LEVELS: usize = 40;

/// No call runs.
const IDLE: u64 = 0;
/// A call runs that the clock's thread has not seen yet. Above the kind: the call's number on its thread.
const MARK: u64 = 2;
/// A call runs. Above the kind: nanoseconds, when the clock's thread saw it for the first time.
const TIME: u64 = 3;
const KIND_BITS: u32 = 2;
const KIND: u64 = (1 << KIND_BITS) - 1;

/// The timed calls that run on a thread. Alone on its cache lines (pairs of them, since processors fetch pairs).
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Pulse {
    /// How many timed calls run, within each other. Only the thread itself uses it.
    depth: AtomicUsize,
    /// The number of the last call. Only the thread itself uses it.
    count: AtomicU64,
    /// Whether a thread has it.
    taken: AtomicBool,
    /// The calls, the outermost first.
    calls: [AtomicU64; LEVELS],
}

/// The pulses of all threads of a process.
#[derive(Debug, Default)]
pub(super) struct Pulses(Mutex<Vec<&'static Pulse>>);

/// A call that the clock sees until it is dropped.
#[derive(Debug)]
pub(crate) struct Beat {
    pulse: &'static Pulse,
    level: usize,
    since: Since,
}

/// When a call began.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Since {
    /// Known by the clock of the system.
    At(Instant),
    /// Known as soon as the clock's thread has seen the call.
    Seen { call: &'static AtomicU64, mark: u64 },
}

impl Pulse {
    fn new() -> Self {
        let calls = std::array::from_fn(|_| AtomicU64::new(IDLE));
        Self { depth: AtomicUsize::new(0), count: AtomicU64::new(0), taken: AtomicBool::new(true), calls }
    }

    /// Begins a call. The caller must then look whether the clock sleeps.
    #[inline]
    pub(super) fn begin(&'static self) -> Beat {
        let level = self.depth.load(Ordering::Relaxed);
        self.depth.store(level + 1, Ordering::Relaxed);
        let Some(call) = self.calls.get(level) else {
            return Beat { pulse: self, level, since: Since::At(Instant::now()) };
        };
        let number = self.count.load(Ordering::Relaxed).wrapping_add(1);
        self.count.store(number, Ordering::Relaxed);
        let mark = number << KIND_BITS | MARK;
        call.store(mark, Ordering::Release);
        Beat { pulse: self, level, since: Since::Seen { call, mark } }
    }

    /// Lets another thread have it.
    pub(super) fn give_back(&self) {
        self.taken.store(false, Ordering::Release);
    }

    /// Notes the time for all calls that were not seen before; returns whether any call runs.
    fn see(&self) -> bool {
        let mut running = false;
        for call in &self.calls {
            let found = call.load(Ordering::Acquire);
            if found == IDLE {
                break;
            }
            running = true;
            if found & KIND == MARK {
                // Read after the mark, so the call began before. If another call has begun since, its mark differs.
                let time = now() << KIND_BITS | TIME;
                let _ = call.compare_exchange(found, time, Ordering::AcqRel, Ordering::Relaxed);
            }
        }
        running
    }

    /// Returns whether a call runs.
    fn is_running(&self) -> bool {
        self.calls[0].load(Ordering::Acquire) != IDLE
    }
}

impl Pulses {
    /// Returns a pulse for a thread that has none.
    pub(super) fn take(&self) -> &'static Pulse {
        let mut pulses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_free = |pulse: &&&'static Pulse| !pulse.taken.load(Ordering::Acquire);
        if let Some(pulse) = pulses.iter().find(is_free) {
            pulse.taken.store(true, Ordering::Relaxed);
            return pulse;
        }
        // Kept for ever, and used by one thread after another.
        let pulse: &'static Pulse = Box::leak(Box::new(Pulse::new()));
        pulses.push(pulse);
        pulse
    }

    /// Notes the time for all calls that were not seen before; returns whether any call runs.
    pub(super) fn see(&self) -> bool {
        let pulses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pulses.iter().fold(false, |running, pulse| running | pulse.see())
    }

    /// Returns whether any call runs.
    pub(super) fn are_running(&self) -> bool {
        let pulses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pulses.iter().any(|pulse| pulse.is_running())
    }
}

impl Beat {
    /// Returns when the call began, as far as that is known.
    #[inline]
    pub(crate) fn since(&self) -> Since {
        self.since
    }
}

impl Drop for Beat {
    #[inline]
    fn drop(&mut self) {
        self.pulse.depth.store(self.level, Ordering::Relaxed);
        if let Some(call) = self.pulse.calls.get(self.level) {
            call.store(IDLE, Ordering::Release);
        }
    }
}

impl Since {
    /// Returns whether the clock has ticked since; a call that saw no tick is not late.
    #[inline]
    pub(crate) fn has_ticked(&self) -> bool {
        match self {
            Self::At(_) => true,
            Self::Seen { call, mark } => call.load(Ordering::Acquire) != *mark,
        }
    }

    /// Returns the time, or the latest time that it can have been; `None` if the clock's thread has not seen the call
    /// yet, so that it began before this moment and after the last tick.
    pub(super) fn time(&self) -> Option<Instant> {
        match self {
            Self::At(time) => Some(*time),
            Self::Seen { call, .. } => match call.load(Ordering::Acquire) {
                seen if seen & KIND == TIME => Some(*ORIGIN + Duration::from_nanos(seen >> KIND_BITS)),
                _ => None,
            },
        }
    }
}

/// When the clock was first read.
static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Returns the nanoseconds since the clock was first read.
fn now() -> u64 {
    u64::try_from(ORIGIN.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_given_the_time_at_which_it_was_first_seen() {
        let pulses = Pulses::default();
        let pulse = pulses.take();
        let outer = pulse.begin();
        assert!(!outer.since().has_ticked());
        assert_eq!(outer.since().time(), None);
        let before = Instant::now();
        assert!(pulses.see());
        let first = outer.since().time().expect("it was seen");
        assert!(outer.since().has_ticked() && first >= before && first <= Instant::now());
        assert!(pulses.see());
        assert_eq!(outer.since().time(), Some(first), "the first time counts");
    }

    #[test]
    fn a_call_within_a_call_and_the_next_call_have_times_of_their_own() {
        let pulses = Pulses::default();
        let pulse = pulses.take();
        let outer = pulse.begin();
        pulses.see();
        let first = outer.since().time();
        let inner = pulse.begin();
        assert!(!inner.since().has_ticked());
        pulses.see();
        assert!(inner.since().time() > first);
        assert_eq!(outer.since().time(), first);
        drop(inner);
        drop(outer);
        let next = pulse.begin();
        assert!(next.since().time().is_none());
    }

    #[test]
    fn calls_of_any_thread_run_until_they_end() {
        let pulses = Pulses::default();
        let (pulse, other) = (pulses.take(), pulses.take());
        assert!(!pulses.are_running());
        let (call, inner) = (other.begin(), other.begin());
        assert!(pulses.are_running() && pulse.calls[0].load(Ordering::Relaxed) == IDLE);
        drop(inner);
        assert!(pulses.are_running());
        drop(call);
        assert!(!pulses.are_running() && !pulses.see());
    }

    #[test]
    fn a_pulse_is_used_again_and_more_calls_than_it_has_room_for_have_times() {
        let pulses = Pulses::default();
        let pulse = pulses.take();
        let calls: Vec<_> = (0..LEVELS + 2).map(|_| pulse.begin()).collect();
        assert_eq!(calls.iter().filter(|call| call.since().time().is_some()).count(), 2);
        calls.into_iter().rev().for_each(drop);
        assert!(!pulses.see());
        pulse.give_back();
        assert!(std::ptr::eq(pulse, pulses.take()) && !std::ptr::eq(pulse, pulses.take()));
    }
}
