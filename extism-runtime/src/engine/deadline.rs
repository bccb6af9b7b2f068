use std::time::{Duration, Instant};

use super::beats::Since;

/// When a call must end: some time after it began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    since: Since,
    limit: Duration,
}

impl Deadline {
    pub(crate) fn new(since: Since, limit: Duration) -> Self {
        Self { since, limit }
    }

    /// Returns whether it has passed. It is never too early, and up to one tick late.
    pub(crate) fn has_passed(&self) -> bool {
        // What began after the last tick is not late yet; it will be looked at again after the next one.
        self.since.time().is_some_and(|began| began.elapsed() >= self.limit)
    }

    /// Returns the time, or the latest time that it can be; `None` if it is too far away for the clock to express.
    pub(crate) fn time(&self) -> Option<Instant> {
        self.since.time().unwrap_or_else(Instant::now).checked_add(self.limit)
    }

    /// Returns how much time is left.
    pub(crate) fn left(&self) -> Duration {
        let passed = self.since.time().map_or(Duration::ZERO, |began| began.elapsed());
        self.limit.saturating_sub(passed)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::beats::Pulses, *};

    const LONG: Duration = Duration::from_hours(1);
    const SHORT: Duration = Duration::from_millis(2);

    #[test]
    fn it_counts_from_the_first_tick_after_the_beginning_whoever_looks_when() {
        let pulses = Pulses::default();
        let call = pulses.take().begin();
        let [long, short] = [LONG, SHORT].map(|limit| Deadline::new(call.since(), limit));
        std::thread::sleep(SHORT * 2);
        assert!(!short.has_passed() && short.left() == SHORT, "the clock has not ticked");
        assert!(long.time() > Some(Instant::now() + LONG.saturating_sub(SHORT)));
        pulses.see();
        let (time, left) = (long.time(), long.left());
        assert!(left <= LONG && !long.has_passed());
        std::thread::sleep(SHORT);
        // As after a host function that has held up the call for many ticks.
        pulses.see();
        assert!(short.has_passed() && short.left().is_zero());
        assert!(long.time() == time && long.left() <= left.saturating_sub(SHORT));
    }

    #[test]
    fn one_whose_beginning_is_known_needs_no_tick() {
        let deadline = Deadline::new(Since::At(Instant::now()), SHORT);
        std::thread::sleep(SHORT);
        assert!(deadline.has_passed());
        assert_eq!(Deadline::new(Since::At(Instant::now()), Duration::MAX).time(), None);
    }
}
