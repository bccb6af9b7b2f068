//! Tracks who holds which place.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use super::{
    idle::IdleTime,
    options::PoolOptions,
    place::Place,
    queue::{Answer, Told, Waiter},
    rest::Rest,
    shelf::Shelf,
};
use crate::{
    CompiledPlugin,
    run::{self, Slot},
    settings::Reuse,
    store::CallState,
    usage::Owner,
};

/// The places of a pool: each is lent to a user, or free with an instance (idle) or without one (vacant).
///
/// A user takes a free place from the [`Shelf`] or, under a lock, from the rest. When none is free, it joins
/// the queue. Places are free for anyone to take only while nobody waits; otherwise they go to the first in
/// the queue. So nobody waits while a place is free, and nobody overtakes a waiting user.
pub(super) struct Places {
    pub(super) compiled: CompiledPlugin,
    pub(super) options: PoolOptions,
    /// The account that the instances belong to.
    pub(super) owner: Owner,
    reuse: Reuse,
    max: usize,
    /// The maximum number of idle places that are not on the shelf.
    max_idle: usize,
    idle_time: Option<IdleTime>,
    pub(super) shelf: Shelf,
    /// The number of waiting users; read without the lock.
    waiting: Waiting,
    rest: Mutex<Rest>,
}

/// Aligned to its own cache lines, as all users read it.
#[derive(Default)]
#[repr(align(128))]
struct Waiting(AtomicUsize);

/// The result of joining the queue.
pub(super) enum Joined {
    /// A place was free.
    Place(Box<Place>),
    /// The waiter has this number in the queue.
    Waits(u64),
    /// All places run calls that cannot end before this waiter has one.
    InVain,
}

impl Places {
    pub(super) fn new(compiled: CompiledPlugin, options: PoolOptions) -> Self {
        let reuse = options.reuse.unwrap_or(compiled.0.settings.options.reuse);
        let max = options.instances();
        let max_idle = match reuse {
            Reuse::Fresh => 0,
            _ => options.max_idle.unwrap_or(usize::MAX),
        };
        // With idle instances, the shelf holds at most as many of them as allowed; without, it holds vacant places.
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
            owner: Owner::new(),
        }
    }

    pub(super) fn max(&self) -> usize {
        self.max
    }

    pub(super) fn reuse(&self) -> Reuse {
        self.reuse
    }

    /// Identifies a place by this call state from now on.
    pub(super) fn register(&self, index: usize, call: Arc<CallState>) {
        if let Some(registered) = self.lock().calls.get_mut(index) {
            *registered = call;
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Rest> {
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

    /// Leaves the queue; returns the answer if there already is one.
    pub(super) fn leave(&self, number: u64, waiter: &Waiter) -> Option<Answer> {
        let mut rest = self.lock();
        rest.queue.leave(number);
        self.count_waiting(&rest);
        drop(rest);
        waiter.take_answer()
    }

    /// Frees a place.
    #[inline]
    pub(super) fn free(&self, mut place: Box<Place>) {
        if self.idle_time.is_some() {
            place.idle_since = Some(Instant::now());
        }
        if !self.anyone_waits() && place.is_vacant() == (self.reuse == Reuse::Fresh) {
            self.shelve(place);
        } else {
            self.distribute(Some(place));
        }
    }

    /// Frees a place, by putting it on the shelf.
    #[inline]
    fn shelve(&self, place: Box<Place>) {
        match self.shelf.put(place) {
            // Since the last check that nobody waits, a user may have found the shelf empty.
            Ok(()) if self.anyone_waits() => self.distribute(None),
            Ok(()) => self.drop_expired(),
            Err(place) => self.distribute(Some(place)),
        }
    }

    /// Frees this place, and assigns free places to waiting users.
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

    /// Assigns free places to waiting users; returns those that the caller has to [`tell`](Self::tell).
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

    /// Wakes tasks that were assigned a place; no lock is held. If a waker panics, the place goes to the next
    /// user, since that task may never check whether it has a place.
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

    /// Publishes the number of waiting users to those that read it without the lock.
    pub(super) fn count_waiting(&self, rest: &Rest) {
        self.waiting.0.store(rest.queue.len(), Ordering::Release);
    }

    /// Returns whether all places run calls on this thread, so that none ends before this thread continues. A task
    /// that is polled within calls waits for them just like a thread.
    fn waits_for_itself(&self, rest: &Rest) -> bool {
        let thread = run::thread();
        rest.calls.len() == self.max && rest.calls.iter().all(|call| call.runs_on(thread))
    }

    /// Drops instances that were idle for too long.
    #[inline]
    pub(super) fn drop_expired(&self) {
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

impl Drop for Places {
    fn drop(&mut self) {
        self.compiled.0.ledger.disown(self.owner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A user that returns a place sees nobody waiting, and puts the place on the shelf; meanwhile, another
    /// one finds the shelf empty, and waits.
    #[test]
    fn a_place_that_is_shelved_while_somebody_begins_to_wait_is_theirs() {
        let options = PoolOptions { max_instances: Some(1), ..PoolOptions::default() };
        let places = Places::new(CompiledPlugin::new("(module)").expect("it compiles"), options);
        let mut place = places.try_take().expect("it is free");
        place.fill(places.owner).expect("an instance");
        let waiter = Arc::<Waiter>::default();
        assert!(matches!(places.join(&waiter), Joined::Waits(_)));
        places.shelve(place);
        assert!(matches!(waiter.take_answer(), Some(Answer::Place(_))));
        assert!(places.try_take().is_none());
    }
}
