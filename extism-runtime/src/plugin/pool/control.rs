//! Operations on all places at once.

use std::sync::Arc;

use super::{
    places::Places,
    queue::{Answer, Told},
};

/// How many instances a pool has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counts {
    /// All instances, including those that are being created.
    pub(super) instances: usize,
    pub(super) idle: usize,
    pub(super) waiting: usize,
}

impl Places {
    /// Cancels all running calls and all waiting; returns how many there were.
    pub(super) fn cancel_all(&self) -> usize {
        let mut rest = self.lock();
        let running: Vec<_> = rest.calls.iter().filter(|call| call.cancel()).map(Arc::clone).collect();
        let waiting: Vec<_> = std::iter::from_fn(|| rest.queue.next()).collect();
        self.count_waiting(&rest);
        drop(rest);
        if !running.is_empty() {
            self.compiled.0.settings.engine.interrupt();
            // Waiting tasks check only then whether they were cancelled.
            for call in &running {
                call.wake();
            }
        }
        let count = running.len() + waiting.len();
        for waiter in waiting {
            let waker = waiter.answer(Answer::Cancelled);
            Told { waiter, waker }.wake();
        }
        count
    }

    pub(super) fn counts(&self) -> Counts {
        self.drop_expired();
        let rest = self.lock();
        let (idle, vacant) = self.shelf.count();
        let (idle, vacant) = (rest.idle.len() + idle, rest.vacant.len() + vacant);
        Counts { instances: rest.calls.len() - vacant, idle, waiting: rest.queue.len() }
    }
}
