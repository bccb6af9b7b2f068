use std::time::{Duration, Instant};

use crate::{Error, compile::CompiledInner, error::Site};

/// The limits of one call: time, counted from its beginning, and fuel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallOptions {
    pub(super) time: Option<TimeLimit>,
    /// `None` if the engine does not count fuel.
    pub(super) fuel: Option<u64>,
}

/// How long a call may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeLimit {
    pub(super) limit: Duration,
    /// When the call began; `None` if it has not, or if only the engine's clock knows. Reading the time takes as long as
    /// a short call.
    pub(super) began: Option<Instant>,
}

impl CallOptions {
    /// Returns what the plug-in's settings allow a call.
    #[inline]
    pub(crate) fn of(compiled: &CompiledInner) -> Self {
        Self::within(compiled, None)
    }

    /// Returns the options of a call with its own timeout; the plug-in's timeout is the upper bound.
    #[inline]
    pub(crate) fn within(compiled: &CompiledInner, timeout: Option<Duration>) -> Self {
        let limit = match (compiled.settings.options.timeout, timeout) {
            (Some(limit), Some(timeout)) => Some(limit.min(timeout)),
            (limit, timeout) => limit.or(timeout),
        };
        Self { time: limit.map(|limit| TimeLimit { limit, began: None }), fuel: compiled.fuel_limit() }
    }

    /// Lets the call begin now, before it runs, unless it has begun.
    #[inline]
    pub(crate) fn begin(&mut self) {
        if let Some(time) = &mut self.time {
            time.began.get_or_insert_with(Instant::now);
        }
    }

    /// Returns when the call must end, if it has begun; `None` without a limit, or if the limit is too far away for the
    /// clock to express.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.time.and_then(|time| time.began?.checked_add(time.limit))
    }

    /// Returns the error of a call that took longer.
    #[cold]
    pub(crate) fn timed_out(&self, at: Box<Site>) -> Error {
        Error::Timeout { at, limit: self.time.map(|time| time.limit).unwrap_or_default() }
    }
}
