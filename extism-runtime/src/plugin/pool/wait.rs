//! Waits for a place on a thread.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    place::Place,
    places::{Joined, Places},
    queue::{Answer, Waiter},
};
use crate::{
    Error,
    error::Site,
    run::{self, CallOptions},
};

/// How long to wait for a place.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    limit: Duration,
    /// When the waiting call must end.
    call: Option<Instant>,
}

/// Why there is no place.
pub(super) enum Refusal {
    /// None became free in time.
    Busy(Duration),
    /// The call's time limit was exceeded.
    CallTimedOut,
    /// All waiting was cancelled.
    Cancelled,
    /// All places run calls that wait for this one.
    InVain,
    /// A task cannot be woken at a given time.
    Failed(Error),
}

impl Patience {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, call: None }
    }

    /// As long as the limit, and no longer than the call may take.
    #[inline]
    pub(super) fn of_call(limit: Duration, options: &CallOptions) -> Self {
        Self { limit, call: options.deadline() }
    }
}

/// When waiting began, and how long it may last.
#[derive(Clone, Copy)]
pub(super) struct Waiting {
    began: Instant,
    patience: Patience,
    /// `None` for a time that is too far in the future for the clock.
    until: Option<Instant>,
}

impl Waiting {
    pub(super) fn new(patience: Patience) -> Self {
        let began = Instant::now();
        let until = match (began.checked_add(patience.limit), patience.call) {
            (Some(limit), Some(call)) => Some(limit.min(call)),
            (limit, call) => limit.or(call),
        };
        Self { began, patience, until }
    }

    /// Returns when it ends.
    pub(super) fn until(&self) -> Option<Instant> {
        self.until
    }

    /// Returns why there is no place when the time is up.
    pub(super) fn late(&self) -> Refusal {
        if self.patience.call.is_some() && self.patience.call == self.until {
            return Refusal::CallTimedOut;
        }
        Refusal::Busy(self.began.elapsed())
    }
}

impl Places {
    /// Takes a place, waiting on this thread if none is free.
    #[inline]
    pub(super) fn take(&self, patience: Patience) -> Result<Box<Place>, Refusal> {
        match self.try_take() {
            Some(place) => Ok(place),
            None => self.wait(patience),
        }
    }

    /// Takes a place for a call that has not begun. It begins here if it has to wait for a place or an instance.
    #[inline]
    pub(super) fn take_for_call(&self, options: &mut CallOptions) -> Result<Box<Place>, Refusal> {
        if let Some(place) = self.try_take() {
            if place.is_vacant() {
                options.begin();
            }
            return Ok(place);
        }
        options.begin();
        self.wait(Patience::of_call(self.options.wait(), options))
    }

    #[cold]
    fn wait(&self, patience: Patience) -> Result<Box<Place>, Refusal> {
        let waiting = Waiting::new(patience);
        if patience.limit.is_zero() {
            return Err(waiting.late());
        }
        let waiter = Arc::<Waiter>::default();
        let number = match self.join(&waiter) {
            Joined::Place(place) => return Ok(place),
            Joined::InVain => return Err(Refusal::InVain),
            Joined::Waits(number) => number,
        };
        match waiter.wait(waiting.until).or_else(|| self.leave(number, &waiter)) {
            Some(Answer::Place(place)) => Ok(place),
            Some(Answer::Cancelled) => Err(Refusal::Cancelled),
            Some(Answer::Revoked) | None => Err(waiting.late()),
        }
    }
}

/// Returns the error of a call without a place.
#[cold]
pub(super) fn call_refused(refusal: Refusal, places: &Places, export: u32, options: &CallOptions) -> Error {
    let site = || run::site(&places.compiled.0, export);
    match refusal {
        Refusal::CallTimedOut => options.timed_out(site()),
        Refusal::Cancelled => Error::Cancelled { at: site() },
        refusal => refused(refusal, places),
    }
}

/// Returns the error of another user without a place.
#[cold]
pub(super) fn refused(refusal: Refusal, places: &Places) -> Error {
    let plugin = &places.compiled.0.settings.name;
    match refusal {
        Refusal::Busy(waited) => Error::Busy { plugin: plugin.to_string(), instances: places.max(), waited },
        Refusal::InVain => in_vain(places),
        Refusal::Cancelled | Refusal::CallTimedOut => Error::Cancelled { at: Site::new(Arc::clone(plugin), "") },
        Refusal::Failed(error) => error,
    }
}

#[cold]
fn in_vain(places: &Places) -> Error {
    let context = format!("cannot wait for an instance of plug-in `{}`", places.compiled.0.settings.name);
    let reason = format!(
        "all {} instances of its pool run calls that wait for this one; a host function that calls its own plug-in \
         needs a larger pool",
        places.max()
    );
    Error::engine(context, reason)
}
