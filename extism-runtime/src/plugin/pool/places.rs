//! Who has which place.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::Waker,
    time::Instant,
};

use super::{
    idle::IdleTime,
    options::PoolOptions,
    place::Place,
    queue::{Answer, Queue, Waiter},
    shelf::Shelf,
};
use crate::{
    CompiledPlugin,
    run::{self, Slot},
    settings::Reuse,
    store::CallState,
};

/// The places of a pool: each is lent to a user, or free with an instance (idle) or without one (vacant).
///
/// A user takes a free place from the [`Shelf`] or, under a lock, from the rest. When none is free, it joins the queue.
/// Only while nobody waits are places free and taken by whoever comes; otherwise they are given to the first in the
/// queue. So nobody waits while a place is free, and nobody passes one who waits.
pub(super) struct Places {
    pub(super) compiled: CompiledPlugin,
    pub(super) options: PoolOptions,
    reuse: Reuse,
    max: usize,
    /// The most idle places that are not on the shelf.
    max_idle: usize,
    idle_time: Option<IdleTime>,
    shelf: Shelf,
    /// How many wait; read without the lock.
    waiting: Waiting,
    rest: Mutex<Rest>,
}

/// Alone on its cache lines, as all users read it.
#[derive(Default)]
#[repr(align(128))]
struct Waiting(AtomicUsize);

#[derive(Default)]
struct Rest {
    /// Free places with an instance, the last one used last.
    idle: Vec<Box<Place>>,
    /// Free places without.
    vacant: Vec<Box<Place>>,
    /// The call states of all places that were ever used.
    calls: Vec<Arc<CallState>>,
    queue: Queue,
}

/// What joining the queue results in.
pub(super) enum Joined {
    /// A place was free.
    Place(Box<Place>),
    /// The waiter has this number in the queue.
    Waits(u64),
    /// All places run calls that cannot end before this waiter has one.
    InVain,
}

/// How many instances a pool has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counts {
    /// All instances, including those that are being created.
    pub(super) instances: usize,
    pub(super) idle: usize,
    pub(super) waiting: usize,
}

impl Places {
    pub(super) fn new(compiled: CompiledPlugin, options: PoolOptions) -> Self {
        let reuse = options.reuse.unwrap_or(compiled.0.settings.options.reuse);
        let max = options.instances();
        let max_idle = match reuse {
            Reuse::Fresh => 0,
            _ => options.max_idle.unwrap_or(usize::MAX),
        };
        // With idle instances, the shelf holds no more of them than there may be; without, it holds vacant places.
        let shelf = Shelf::new(if max_idle == 0 { max } else { max.min(max_idle) });
        Self {
            reuse: if max_idle == 0 { Reuse::Fresh } else { reuse },
            max,
            max_idle: max_idle.saturating_sub(shelf.len()),
            idle_time: options.max_idle_time.map(IdleTime::new),
            shelf,
            waiting: Waiting::default(),
            rest: Mutex::default(),
            compiled,
            options,
        }
    }

    pub(super) fn max(&self) -> usize {
        self.max
    }

    pub(super) fn reuse(&self) -> Reuse {
        self.reuse
    }

    fn lock(&self) -> MutexGuard<'_, Rest> {
        self.rest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn anyone_waits(&self) -> bool {
        self.waiting.0.load(Ordering::Acquire) != 0
    }

    /// Takes a free place, if there is one and nobody waits.
    #[inline]
    pub(super) fn try_take(&self) -> Option<Box<Place>> {
        self.drop_expired();
        if !self.anyone_waits()
            && let Some(place) = self.shelf.take()
        {
            return Some(place);
        }
        let mut rest = self.lock();
        if rest.queue.is_empty() { self.any(&mut rest) } else { None }
    }

    /// Joins the queue, unless a place is free and nobody waits.
    pub(super) fn join(&self, waiter: &Arc<Waiter>) -> Joined {
        let mut rest = self.lock();
        let number = rest.queue.join(Arc::clone(waiter));
        self.count_waiting(&rest);
        // Others may have put places on the shelf before they saw that somebody waits.
        let told = self.hand_out(&mut rest);
        let joined = match waiter.take_answer() {
            Some(Answer::Place(place)) => Joined::Place(place),
            _ if self.waits_for_itself(&rest) => {
                rest.queue.leave(number);
                self.count_waiting(&rest);
                Joined::InVain
            }
            _ => Joined::Waits(number),
        };
        drop(rest);
        self.tell(told);
        joined
    }

    /// Leaves the queue; returns the answer if there was one already.
    pub(super) fn leave(&self, number: u64, waiter: &Waiter) -> Option<Answer> {
        let mut rest = self.lock();
        rest.queue.leave(number);
        self.count_waiting(&rest);
        drop(rest);
        waiter.take_answer()
    }

    /// Takes a place back from its user.
    #[inline]
    pub(super) fn put_back(&self, place: Box<Place>) {
        let mut returning = Returning { places: self, place: Some(place), clean: false };
        returning.end_loan();
    }

    /// Frees a place.
    #[inline]
    pub(super) fn free(&self, mut place: Box<Place>) {
        if self.idle_time.is_some() {
            place.idle_since = Some(Instant::now());
        }
        if !self.anyone_waits() && place.is_vacant() == (self.reuse == Reuse::Fresh) {
            match self.shelf.put(place) {
                // Since then, somebody may have looked there in vain.
                Ok(()) if self.anyone_waits() => self.distribute(None),
                Ok(()) => self.drop_expired(),
                Err(place) => self.distribute(Some(place)),
            }
        } else {
            self.distribute(Some(place));
        }
    }

    /// Frees this place, and gives free places to those who wait.
    fn distribute(&self, freed: Option<Box<Place>>) {
        let mut rest = self.lock();
        let surplus = freed.and_then(|place| rest.add(place, self.max_idle));
        let told = self.hand_out(&mut rest);
        drop(rest);
        self.tell(told);
        drop(surplus);
        self.drop_expired();
    }

    /// Takes any free place, one with an instance first.
    fn any(&self, rest: &mut Rest) -> Option<Box<Place>> {
        let place = rest.idle.pop().or_else(|| self.shelf.search()).or_else(|| rest.vacant.pop());
        place.or_else(|| self.new_place(rest))
    }

    fn new_place(&self, rest: &mut Rest) -> Option<Box<Place>> {
        let index = rest.calls.len();
        (index < self.max).then(|| {
            let place = Place::new(index, &self.compiled.0);
            rest.calls.push(Arc::clone(place.registered()));
            place
        })
    }

    /// Gives free places to those who wait; returns whom the caller has to [`tell`](Self::tell).
    fn hand_out(&self, rest: &mut Rest) -> Vec<Told> {
        let mut told = Vec::new();
        while !rest.queue.is_empty()
            && let Some(place) = self.any(rest)
            && let Some(first) = rest.queue.next()
        {
            let waker = first.answer(Answer::Place(place));
            told.push(Told { waiter: first, waker });
        }
        self.count_waiting(rest);
        told
    }

    /// Wakes tasks that were given a place; no lock is held. A place is given to the next one if a waker panics, since
    /// that task may never look whether it has a place.
    fn tell(&self, mut told: Vec<Told>) {
        while !told.is_empty() {
            let revoked: Vec<_> = told.drain(..).filter_map(Told::wake).collect();
            if revoked.is_empty() {
                return;
            }
            let mut rest = self.lock();
            let surplus: Vec<_> = revoked.into_iter().filter_map(|place| rest.add(place, self.max_idle)).collect();
            told = self.hand_out(&mut rest);
            drop(rest);
            drop(surplus);
        }
    }

    /// Makes the number of those who wait known to those who do not look under the lock.
    fn count_waiting(&self, rest: &Rest) {
        self.waiting.0.store(rest.queue.len(), Ordering::Release);
    }

    /// Returns whether all places run calls on this thread, so that none ends before this thread continues. A task
    /// that is polled within calls waits for them just like a thread.
    fn waits_for_itself(&self, rest: &Rest) -> bool {
        let thread = run::thread();
        rest.calls.len() == self.max && rest.calls.iter().all(|call| call.runs_on(thread))
    }

    /// Cancels all running calls and all waiting; returns how many there were.
    pub(super) fn cancel_all(&self) -> usize {
        let mut rest = self.lock();
        let running: Vec<_> = rest.calls.iter().filter(|call| call.cancel()).map(Arc::clone).collect();
        let waiting: Vec<_> = std::iter::from_fn(|| rest.queue.next()).collect();
        self.count_waiting(&rest);
        drop(rest);
        if !running.is_empty() {
            self.compiled.0.settings.engine.interrupt();
            // Tasks that wait look only then whether they were cancelled.
            running.iter().for_each(|call| call.wake());
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

    /// Drops instances that were idle for too long.
    #[inline]
    fn drop_expired(&self) {
        if let Some(time) = &self.idle_time {
            self.drop_older(time);
        }
    }

    #[cold]
    fn drop_older(&self, time: &IdleTime) {
        let now = Instant::now();
        if !time.is_due(now) {
            return;
        }
        let mut oldest = now;
        let mut is_expired = |place: &Place| match place.idle_since {
            Some(since) if time.is_expired(since, now) => true,
            Some(since) => {
                oldest = oldest.min(since);
                false
            }
            None => false,
        };
        let mut rest = self.lock();
        let mut expired = self.shelf.take_all(&mut is_expired);
        expired.extend(rest.idle.extract_if(.., |place| is_expired(place)));
        time.checked(oldest);
        let dropped: Vec<Slot> = expired.iter_mut().map(|place| place.vacate()).collect();
        rest.vacant.extend(expired);
        let told = self.hand_out(&mut rest);
        drop(rest);
        self.tell(told);
        drop(dropped);
    }
}

/// A waiter that was answered, and is to be woken.
struct Told {
    waiter: Arc<Waiter>,
    waker: Option<Waker>,
}

impl Told {
    /// Wakes a task; returns the place that it was given if its waker panics.
    fn wake(self) -> Option<Box<Place>> {
        let waker = self.waker?;
        let panic = catch_unwind(AssertUnwindSafe(|| waker.wake())).err()?;
        // Dropping it may panic, too.
        std::mem::forget(panic);
        self.waiter.revoke()
    }
}

impl Rest {
    /// Adds a free place; returns its instance if too many are idle.
    fn add(&mut self, mut place: Box<Place>, max_idle: usize) -> Option<Slot> {
        if place.is_vacant() {
            self.vacant.push(place);
            return None;
        }
        if self.idle.len() < max_idle || !self.queue.is_empty() {
            self.idle.push(place);
            return None;
        }
        let surplus = place.vacate();
        self.vacant.push(place);
        Some(surplus)
    }
}

/// A place on its way back. It arrives also when removing what belongs to the last user panics, as that may run the
/// user's code.
struct Returning<'p> {
    places: &'p Places,
    place: Option<Box<Place>>,
    /// Whether nothing of the last user is left in it.
    clean: bool,
}

impl Returning<'_> {
    #[inline]
    fn end_loan(&mut self) {
        let Some(place) = &mut self.place else { return };
        if let Some(call) = place.end_loan(&self.places.compiled.0, self.places.reuse) {
            let index = place.index;
            if let Some(registered) = self.places.lock().calls.get_mut(index) {
                *registered = call;
            }
        }
        self.clean = true;
    }
}

impl Drop for Returning<'_> {
    #[inline]
    fn drop(&mut self) {
        let Some(mut place) = self.place.take() else { return };
        if !self.clean {
            let slot = place.vacate();
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(slot))) {
                std::mem::forget(panic);
            }
        }
        self.places.free(place);
    }
}
