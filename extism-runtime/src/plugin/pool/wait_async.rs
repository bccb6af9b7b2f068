//! Waits for a place as a task.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Instant,
};

use super::{
    place::Place,
    places::{Joined, Places},
    queue::{Answer, Waiter},
    wait::{Patience, Refusal, Waiting},
};
use crate::{Error, engine::Alarm};

/// Takes a place when it is polled, or waits for one in the queue. Dropping it leaves the queue, and passes
/// on a place that was assigned to it.
pub(super) struct Taking<'p> {
    places: &'p Places,
    patience: Patience,
    /// `None` until a place is not free at once.
    waiting: Option<Waiting>,
    queued: Option<Queued>,
    /// Wakes the task when its wait is over.
    alarm: Option<Alarm>,
}

struct Queued {
    number: u64,
    waiter: Arc<Waiter>,
}

impl Places {
    /// Takes a place, waiting as a task if none is free.
    pub(super) fn take_async(&self, patience: Patience) -> Taking<'_> {
        Taking { places: self, patience, waiting: None, queued: None, alarm: None }
    }
}

impl Taking<'_> {
    /// Returns whether there is a place, or why there will be none; `None` while the task waits.
    fn poll_queue(&mut self, waker: &Waker) -> Option<Result<Box<Place>, Refusal>> {
        loop {
            let Some(queued) = &self.queued else {
                return match self.join(waker) {
                    Joined::Place(place) => Some(Ok(place)),
                    Joined::InVain => Some(Err(Refusal::InVain)),
                    Joined::Waits(_) => None,
                };
            };
            let answer = queued.waiter.poll(waker)?;
            self.queued = None;
            match answer {
                Answer::Place(place) => return Some(Ok(place)),
                Answer::Cancelled => return Some(Err(Refusal::Cancelled)),
                // Once more, at the end.
                Answer::Revoked => {}
            }
        }
    }

    fn join(&mut self, waker: &Waker) -> Joined {
        let waiter = Arc::new(Waiter::of_task(waker.clone()));
        let joined = self.places.join(&waiter);
        if let Joined::Waits(number) = joined {
            self.queued = Some(Queued { number, waiter });
        }
        joined
    }

    /// Makes the end of the wait wake the task.
    fn set_alarm(&mut self, until: Instant, waker: &Waker) -> Result<(), Error> {
        if let Some(alarm) = &self.alarm {
            alarm.rewire(waker.clone());
        } else {
            let engine = &self.places.compiled.0.settings.engine;
            self.alarm = Some(engine.alarm(until, waker.clone())?);
        }
        Ok(())
    }

    /// Leaves the queue; returns the answer if there was one.
    fn leave(&mut self) -> Option<Answer> {
        let queued = self.queued.take()?;
        self.places.leave(queued.number, &queued.waiter)
    }
}

impl Future for Taking<'_> {
    type Output = Result<Box<Place>, Refusal>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if this.waiting.is_none()
            && let Some(place) = this.places.try_take()
        {
            return Poll::Ready(Ok(place));
        }
        let waiting = *this.waiting.get_or_insert_with(|| Waiting::new(this.patience));
        if let Some(ended) = this.poll_queue(context.waker()) {
            return Poll::Ready(ended);
        }
        let Some(until) = waiting.until() else { return Poll::Pending };
        if until <= Instant::now() {
            return Poll::Ready(match this.leave() {
                Some(Answer::Place(place)) => Ok(place),
                Some(Answer::Cancelled) => Err(Refusal::Cancelled),
                Some(Answer::Revoked) | None => Err(waiting.late()),
            });
        }
        match this.set_alarm(until, context.waker()) {
            Ok(()) => Poll::Pending,
            Err(error) => Poll::Ready(Err(Refusal::Failed(error))),
        }
    }
}

impl Drop for Taking<'_> {
    fn drop(&mut self) {
        if let Some(Answer::Place(place)) = self.leave() {
            self.places.free(place);
        }
    }
}
