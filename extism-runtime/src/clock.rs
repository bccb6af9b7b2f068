//! The clocks that plug-ins read through WASI, where a program gives them.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// The clocks that a plug-in reads through WASI, instead of the system's;
/// [`PluginBuilder::with_clock`](crate::PluginBuilder::with_clock) takes it. There are [`FixedClock`] and
/// [`SteppingClock`].
///
/// Each instance has a clone of its own, so that no instance moves another one's time. A clock that all instances share,
/// or that the program moves, keeps its state in an `Arc`:
///
/// ```
/// use std::{sync::{Arc, Mutex}, time::Duration};
/// use extism_runtime::plugin::Clock;
///
/// /// Moves when the program moves it, and when a plug-in sleeps.
/// #[derive(Clone, Default)]
/// struct TestClock(Arc<Mutex<Duration>>);
///
/// impl Clock for TestClock {
///     fn wall(&mut self) -> Duration {
///         Duration::from_secs(1_000_000_000) + self.monotonic()
///     }
///
///     fn monotonic(&mut self) -> Duration {
///         *self.0.lock().unwrap()
///     }
///
///     fn sleep(&mut self, time: Duration) -> Duration {
///         *self.0.lock().unwrap() += time;
///         Duration::ZERO
///     }
/// }
/// # let mut clock = TestClock::default();
/// # clock.sleep(Duration::from_secs(1));
/// # assert_eq!(clock.wall(), Duration::from_secs(1_000_000_001));
/// ```
pub trait Clock: Send + 'static {
    /// Returns the time since 1970 (UTC).
    fn wall(&mut self) -> Duration;

    /// Returns the time since some beginning. It never decreases.
    fn monotonic(&mut self) -> Duration;

    /// Called when the plug-in sleeps, with how long it does so by this clock; a clock that stands still otherwise moves
    /// by that much. Returns how long the call really waits; by default not at all.
    ///
    /// A plug-in may sleep again and again. Its deadline is one of real time, and ends such a call too.
    fn sleep(&mut self, time: Duration) -> Duration {
        let _ = time;
        Duration::ZERO
    }
}

/// A [`Clock`] that stands still. Sleeping ends at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedClock {
    wall: Duration,
}

impl FixedClock {
    /// Creates a clock that always shows this time (one before 1970 counts as 1970); its monotonic time is zero.
    #[must_use]
    pub fn new(time: SystemTime) -> Self {
        Self { wall: since_1970(time) }
    }
}

impl Clock for FixedClock {
    fn wall(&mut self) -> Duration {
        self.wall
    }

    fn monotonic(&mut self) -> Duration {
        Duration::ZERO
    }
}

/// A [`Clock`] that moves by a step each time it is read, and by the time that the plug-in sleeps, which ends at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SteppingClock {
    start: Duration,
    step: Duration,
    passed: Duration,
}

impl SteppingClock {
    /// Creates a clock that shows `start` (one before 1970 counts as 1970) when it is first read, and a `step` more each
    /// time after that; its monotonic time starts at zero.
    #[must_use]
    pub fn new(start: SystemTime, step: Duration) -> Self {
        Self { start: since_1970(start), step, passed: Duration::ZERO }
    }

    fn read(&mut self) -> Duration {
        let now = self.passed;
        self.passed = now.saturating_add(self.step);
        now
    }
}

impl Clock for SteppingClock {
    fn wall(&mut self) -> Duration {
        let now = self.read();
        self.start.saturating_add(now)
    }

    fn monotonic(&mut self) -> Duration {
        self.read()
    }

    fn sleep(&mut self, time: Duration) -> Duration {
        self.passed = self.passed.saturating_add(time);
        Duration::ZERO
    }
}

fn since_1970(time: SystemTime) -> Duration {
    time.duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Creates the clocks of instances.
#[derive(Clone)]
pub(crate) struct ClockFactory(Arc<dyn Fn() -> Box<dyn Clock> + Send + Sync>);

impl ClockFactory {
    pub(crate) fn new(clock: impl Clock + Clone) -> Self {
        let clock = Mutex::new(clock);
        Self(Arc::new(move || Box::new(clock.lock().unwrap_or_else(PoisonError::into_inner).clone())))
    }
}

impl fmt::Debug for ClockFactory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClockFactory")
    }
}

/// The clock of an instance, as all that reads it shares it. Where the program's code panics, time stands still.
#[derive(Clone)]
pub(crate) struct InstanceClock(Arc<Mutex<Box<dyn Clock>>>);

impl InstanceClock {
    pub(crate) fn new(factory: &ClockFactory) -> Self {
        Self(Arc::new(Mutex::new((factory.0)())))
    }

    pub(crate) fn wall(&self) -> Duration {
        self.with(Clock::wall)
    }

    pub(crate) fn monotonic(&self) -> Duration {
        self.with(Clock::monotonic)
    }

    pub(crate) fn sleep(&self, time: Duration) -> Duration {
        self.with(|clock| clock.sleep(time))
    }

    fn with(&self, read: impl FnOnce(&mut dyn Clock) -> Duration) -> Duration {
        let mut clock = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        catch_unwind(AssertUnwindSafe(|| read(&mut **clock))).unwrap_or_else(|_| {
            tracing::error!("a plug-in's clock panicked");
            Duration::ZERO
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stepping_clock_moves_with_each_reading_and_with_sleeps() {
        let second = Duration::from_secs(1);
        let mut clock = SteppingClock::new(UNIX_EPOCH + 10 * second, second);
        assert_eq!((clock.wall(), clock.monotonic(), clock.wall()), (10 * second, second, 12 * second));
        assert_eq!(clock.sleep(100 * second), Duration::ZERO);
        assert_eq!((clock.monotonic(), clock.wall()), (103 * second, 114 * second));
        assert_eq!(clock.sleep(Duration::MAX), Duration::ZERO);
        assert_eq!((clock.monotonic(), clock.wall()), (Duration::MAX, Duration::MAX));
    }

    #[test]
    fn a_time_before_1970_is_1970() {
        let before = UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(FixedClock::new(before).wall(), Duration::ZERO);
        assert_eq!(SteppingClock::new(before, Duration::ZERO).wall(), Duration::ZERO);
    }

    #[test]
    fn instances_have_clocks_of_their_own() {
        let factory = ClockFactory::new(SteppingClock::new(UNIX_EPOCH, Duration::from_secs(1)));
        let (first, second) = (InstanceClock::new(&factory), InstanceClock::new(&factory));
        first.sleep(Duration::from_secs(5));
        assert_eq!((first.monotonic(), second.monotonic()), (Duration::from_secs(5), Duration::ZERO));
    }
}
