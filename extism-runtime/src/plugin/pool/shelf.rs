//! Free places that threads can take without a common lock.

use std::{
    cell::Cell,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use super::place::Place;
use crate::{processors, run};

/// The maximum number of compartments of a shelf.
const MOST: usize = 64;

thread_local! {
    /// The compartment where this thread last found or put a place, on any shelf.
    static LAST: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Holds free places, one in each compartment. A thread returns to the compartment that it last used, so that
/// threads that use the pool at the same time do not share cache lines.
pub(super) struct Shelf(Box<[Compartment]>);

/// Aligned to its own cache lines (two, since processors fetch pairs).
#[repr(align(128))]
#[derive(Default)]
struct Compartment {
    place: Mutex<Option<Box<Place>>>,
    /// Whether it probably holds a place; a fast check.
    full: AtomicBool,
}

impl Shelf {
    /// Creates a shelf for at most `max` places, which is at least 1.
    pub(super) fn new(max: usize) -> Self {
        let count = max.min(2 * processors::count()).clamp(1, MOST);
        // A power of two, at most that many.
        let count = 1 << count.ilog2();
        Self((0..count).map(|_| Compartment::default()).collect())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes a place, if it finds one without waiting.
    #[inline]
    pub(super) fn take(&self) -> Option<Box<Place>> {
        let last = last();
        let place = self.at(last).and_then(Compartment::try_take);
        if place.is_some() { place } else { self.take_elsewhere(last) }
    }

    fn take_elsewhere(&self, last: usize) -> Option<Box<Place>> {
        (1..self.0.len()).find_map(|offset| {
            let index = last.wrapping_add(offset);
            let place = self.at(index).filter(|compartment| compartment.is_full()).and_then(Compartment::try_take)?;
            LAST.set(Some(index));
            Some(place)
        })
    }

    /// Puts a place into an empty compartment; returns the place if it finds no such compartment without waiting.
    #[inline]
    pub(super) fn put(&self, place: Box<Place>) -> Result<(), Box<Place>> {
        let last = last();
        match self.at(last) {
            Some(compartment) => compartment.try_put(place).or_else(|place| self.put_elsewhere(place, last)),
            None => Err(place),
        }
    }

    fn put_elsewhere(&self, mut place: Box<Place>, last: usize) -> Result<(), Box<Place>> {
        for offset in 1..self.0.len() {
            let index = last.wrapping_add(offset);
            let Some(compartment) = self.at(index).filter(|compartment| !compartment.is_full()) else { continue };
            match compartment.try_put(place) {
                Ok(()) => {
                    LAST.set(Some(index));
                    return Ok(());
                }
                Err(back) => place = back,
            }
        }
        Err(place)
    }

    /// Takes a place if there is one.
    ///
    /// It looks into each compartment under its lock. So when a waiter first announces itself and then looks
    /// here, either it finds a place that another thread has put here, or that thread afterwards sees the waiter.
    pub(super) fn search(&self) -> Option<Box<Place>> {
        self.0.iter().find_map(|compartment| compartment.lock().take_from(compartment))
    }

    /// Takes the places for which `is_wanted` returns true.
    #[expect(clippy::vec_box, reason = "places move as they are")]
    pub(super) fn take_all(&self, mut is_wanted: impl FnMut(&Place) -> bool) -> Vec<Box<Place>> {
        let wanted = |compartment: &Compartment| {
            let mut content = compartment.lock();
            content.as_deref().is_some_and(&mut is_wanted).then(|| content.take_from(compartment)).flatten()
        };
        self.0.iter().filter_map(wanted).collect()
    }

    /// Returns how many places there are with an instance, and how many without.
    pub(super) fn count(&self) -> (usize, usize) {
        let vacant = self.0.iter().filter_map(|compartment| compartment.lock().as_deref().map(Place::is_vacant));
        vacant.fold((0, 0), |(idle, vacant), is_vacant| if is_vacant { (idle, vacant + 1) } else { (idle + 1, vacant) })
    }

    #[inline]
    fn at(&self, index: usize) -> Option<&Compartment> {
        // Their number is a power of two.
        self.0.get(index & (self.0.len() - 1))
    }
}

/// Returns the compartment where this thread last found a place. Until it has found one, threads start at
/// different compartments.
#[inline]
fn last() -> usize {
    LAST.get().unwrap_or_else(first)
}

#[cold]
fn first() -> usize {
    let index = usize::try_from(run::thread()).unwrap_or_default();
    LAST.set(Some(index));
    index
}

impl Compartment {
    fn lock(&self) -> MutexGuard<'_, Option<Box<Place>>> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[inline]
    fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    #[inline]
    fn try_take(&self) -> Option<Box<Place>> {
        self.place.try_lock().ok()?.take_from(self)
    }

    #[inline]
    fn try_put(&self, place: Box<Place>) -> Result<(), Box<Place>> {
        match self.place.try_lock() {
            Ok(mut content) if content.is_none() => {
                *content = Some(place);
                self.full.store(true, Ordering::Relaxed);
                Ok(())
            }
            _ => Err(place),
        }
    }
}

/// The content of a locked compartment.
trait Content {
    /// Takes the place out of its compartment.
    fn take_from(&mut self, compartment: &Compartment) -> Option<Box<Place>>;
}

impl Content for MutexGuard<'_, Option<Box<Place>>> {
    #[inline]
    fn take_from(&mut self, compartment: &Compartment) -> Option<Box<Place>> {
        compartment.full.store(false, Ordering::Relaxed);
        self.take()
    }
}
