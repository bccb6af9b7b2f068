//! A memory barrier between calls and the clock's thread, whose cost is the clock's alone.

use std::sync::atomic::{AtomicBool, Ordering, compiler_fence, fence};

#[cfg(target_os = "linux")]
use rustix::thread::{MembarrierCommand, membarrier};

/// A barrier of two halves. If one thread writes `a`, passes the call's half and reads `b`, and another one writes `b`,
/// passes the clock's half and reads `a`, then at least one of them reads what the other wrote.
///
/// On Linux, the clock's half makes the system run a barrier on every processor that runs this process, so that the
/// call's half is no instruction at all (`membarrier`, since Linux 4.14). Elsewhere, and until the process is registered,
/// both are ordinary barriers, which take a call as long as an atomic exchange.
#[derive(Debug, Default)]
pub(super) struct Barrier {
    /// Whether the system runs the barriers.
    by_system: AtomicBool,
}

impl Barrier {
    /// Registers this process. That takes the system some milliseconds, so calls should not wait for it.
    pub(super) fn register(&self) {
        // Everybody who reads this later than the registration relies on it; all others pass an ordinary barrier.
        self.by_system.store(register(), Ordering::Release);
    }

    /// The call's half.
    #[inline]
    pub(super) fn of_call(&self) {
        // Acquire, so that what the call reads next is not read before this.
        if self.by_system.load(Ordering::Acquire) { compiler_fence(Ordering::SeqCst) } else { fence(Ordering::SeqCst) }
    }

    /// The clock's half; returns `false` if the system refuses it.
    pub(super) fn of_clock(&self) -> bool {
        fence(Ordering::SeqCst);
        !self.by_system.load(Ordering::Relaxed) || by_system()
    }
}

#[cfg(target_os = "linux")]
fn register() -> bool {
    membarrier(MembarrierCommand::RegisterPrivateExpedited).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn register() -> bool {
    false
}

#[cfg(target_os = "linux")]
fn by_system() -> bool {
    membarrier(MembarrierCommand::PrivateExpedited).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn by_system() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicBool, AtomicU32},
        thread,
    };

    use super::*;

    const ROUNDS: u32 = 2_000;

    /// Writes and looks in each round, about when another thread does; returns what it saw.
    fn rounds(arrived: &AtomicU32, own: &AtomicBool, look: impl Fn() -> bool) -> Vec<bool> {
        let meet = |time: u32| {
            arrived.fetch_add(1, Ordering::SeqCst);
            while arrived.load(Ordering::SeqCst) < 2 * time {
                thread::yield_now();
            }
        };
        let round = |round| {
            meet(2 * round + 1);
            let saw = look();
            meet(2 * round + 2);
            own.store(false, Ordering::SeqCst);
            saw
        };
        (0..ROUNDS).map(round).collect()
    }

    #[test]
    fn a_call_and_the_clock_never_miss_each_other() {
        let registered = Barrier::default();
        registered.register();
        [Barrier::default(), registered].iter().for_each(never_misses);
    }

    fn never_misses(barrier: &Barrier) {
        let arrived = AtomicU32::new(0);
        let (call, clock) = (AtomicBool::new(false), AtomicBool::new(false));
        let (by_call, by_clock) = thread::scope(|scope| {
            let by_call = scope.spawn(|| {
                rounds(&arrived, &call, || {
                    call.store(true, Ordering::Release);
                    barrier.of_call();
                    clock.load(Ordering::Relaxed)
                })
            });
            let by_clock = rounds(&arrived, &clock, || {
                clock.store(true, Ordering::Relaxed);
                let passed = barrier.of_clock();
                call.load(Ordering::Relaxed) && passed
            });
            (by_call.join().expect("no panic"), by_clock)
        });
        assert!(
            by_call.iter().zip(&by_clock).all(|(call, clock)| *call || *clock),
            "in a round, neither saw the other"
        );
    }
}
