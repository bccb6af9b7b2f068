use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::plugin::Clock;

/// A clock that stands still until the test moves it, or the plug-in sleeps;
/// [`PluginBuilder::with_clock`](crate::PluginBuilder::with_clock) takes it. All clones, and so all instances of a
/// plug-in, share the time.
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use std::time::{Duration, UNIX_EPOCH};
/// use extism_runtime::{PluginBuilder, test::TestClock};
///
/// let clock = TestClock::new(UNIX_EPOCH + Duration::from_secs(1_000_000_000));
/// let plugin = PluginBuilder::new("examples/plugins/wasi_files.wasm")
///     .with_wasi(true)
///     .with_clock(clock.clone())
///     .build()?;
/// // .. and between its calls:
/// clock.advance(Duration::from_secs(3600));
/// assert_eq!(clock.now(), UNIX_EPOCH + Duration::from_secs(1_000_003_600));
/// # drop(plugin);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TestClock {
    start: SystemTime,
    passed: Arc<Mutex<Duration>>,
}

impl TestClock {
    /// Creates a clock that shows this time.
    #[must_use]
    pub fn new(start: SystemTime) -> Self {
        Self { start, passed: Arc::default() }
    }

    /// Moves the clock forward.
    pub fn advance(&self, time: Duration) {
        let mut passed = self.passed();
        *passed = passed.saturating_add(time);
    }

    /// Returns the time that the clock shows.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.start.checked_add(*self.passed()).unwrap_or(self.start)
    }

    fn passed(&self) -> MutexGuard<'_, Duration> {
        self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for TestClock {
    fn wall(&mut self) -> Duration {
        self.now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn monotonic(&mut self) -> Duration {
        *self.passed()
    }

    fn sleep(&mut self, time: Duration) -> Duration {
        self.advance(time);
        Duration::ZERO
    }
}
