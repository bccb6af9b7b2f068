//! The users that wait for a place: threads and tasks in one queue.

use std::{
    collections::BTreeMap,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::Waker,
    time::Instant,
};

use super::place::Place;

/// The waiting users, by their increasing numbers.
#[derive(Default)]
pub(super) struct Queue {
    waiting: BTreeMap<u64, Arc<Waiter>>,
    next: u64,
}

impl Queue {
    /// Adds a waiter at the end; returns its number.
    pub(super) fn join(&mut self, waiter: Arc<Waiter>) -> u64 {
        let number = self.next;
        self.next += 1;
        self.waiting.insert(number, waiter);
        number
    }

    /// Removes a waiter, if it still waits.
    pub(super) fn leave(&mut self, number: u64) {
        self.waiting.remove(&number);
    }

    /// Removes the one that has waited longest.
    pub(super) fn next(&mut self) -> Option<Arc<Waiter>> {
        self.waiting.pop_first().map(|(_, waiter)| waiter)
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

/// A thread or a task that waits for a place. It receives the place itself, so that nobody else can take it.
#[derive(Default)]
pub(super) struct Waiter {
    state: Mutex<State>,
    /// For a thread that waits.
    told: Condvar,
}

#[derive(Default)]
struct State {
    answer: Option<Answer>,
    /// For a task that waits.
    waker: Option<Waker>,
}

/// The answer to a waiter.
pub(super) enum Answer {
    /// It has this place now.
    Place(Box<Place>),
    /// All waiting was cancelled.
    Cancelled,
    /// It could not be told about its place, and no longer waits.
    Revoked,
}

impl Waiter {
    /// Creates the waiter of a task.
    pub(super) fn of_task(waker: Waker) -> Self {
        Self { state: Mutex::new(State { answer: None, waker: Some(waker) }), told: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers; returns the waker that the caller calls when it holds no lock, since it is the user's code.
    pub(super) fn answer(&self, answer: Answer) -> Option<Waker> {
        let mut state = self.lock();
        state.answer = Some(answer);
        let waker = state.waker.take();
        drop(state);
        self.told.notify_one();
        waker
    }

    /// Takes the place back from a task that could not be woken.
    pub(super) fn revoke(&self) -> Option<Box<Place>> {
        let mut state = self.lock();
        match state.answer.replace(Answer::Revoked) {
            Some(Answer::Place(place)) => Some(place),
            answer => {
                state.answer = answer;
                None
            }
        }
    }

    /// Returns the answer, if there is one.
    pub(super) fn take_answer(&self) -> Option<Answer> {
        self.lock().answer.take()
    }

    /// Returns the answer; if there is none yet, the waker is called when there is one.
    pub(super) fn poll(&self, waker: &Waker) -> Option<Answer> {
        // Cloned and dropped without the lock, since both are the user's code.
        let mut waker = Some(waker.clone());
        let mut state = self.lock();
        let answer = state.answer.take();
        if answer.is_none() {
            mem::swap(&mut state.waker, &mut waker);
        }
        drop(state);
        drop(waker);
        answer
    }

    /// Waits on this thread until there is an answer; `None` if there is none when `deadline` has passed.
    pub(super) fn wait(&self, deadline: Option<Instant>) -> Option<Answer> {
        let mut state = self.lock();
        loop {
            if let Some(answer) = state.answer.take() {
                return Some(answer);
            }
            state = match deadline {
                None => self.told.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return None;
                    }
                    self.told.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

/// An answered waiter that is to be woken.
pub(super) struct Told {
    pub(super) waiter: Arc<Waiter>,
    /// The waker of a task.
    pub(super) waker: Option<Waker>,
}

impl Told {
    /// Wakes a task; returns its place if its waker panics.
    pub(super) fn wake(self) -> Option<Box<Place>> {
        let waker = self.waker?;
        let panic = catch_unwind(AssertUnwindSafe(|| waker.wake())).err()?;
        // Dropping it may panic, too.
        std::mem::forget(panic);
        self.waiter.revoke()
    }
}
