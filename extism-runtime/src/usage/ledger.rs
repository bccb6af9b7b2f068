//! The accounts of a compiled plug-in's instances, and the sums of those that are gone.

use std::{
    cell::Cell,
    ops::Deref,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use super::{Outcome, Usage, meter::Meter, sums::Sums};
use crate::processors;

/// The maximum number of shards of a ledger.
const MOST: usize = 64;
/// The number of unused meters that a shard keeps, so that creating an instance need not allocate one.
const SPARE: usize = 64;

/// The meters of all instances of a compiled plug-in. They are summed on request; only creating and dropping
/// an instance takes a lock, and threads that do so at the same time rarely use the same shard.
#[derive(Debug)]
pub(crate) struct Ledger(Box<[Arc<Shard>]>);

/// Which pool an instance belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owner(u64);

/// Aligned to its own cache lines, like a meter.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard(Mutex<Books>);

#[derive(Debug, Default)]
struct Books {
    open: Vec<Arc<Meter>>,
    spare: Vec<Arc<Meter>>,
    /// The sums of instances that are gone, by owner.
    closed: Vec<(Owner, Closed)>,
}

#[derive(Clone, Copy, Debug)]
struct Closed {
    sums: Sums,
    peak_memory: u64,
}

/// An instance's meter, listed in its ledger until it is dropped.
#[derive(Debug)]
pub(crate) struct Account {
    meter: Arc<Meter>,
    shard: Arc<Shard>,
}

impl Owner {
    /// Of instances that belong to no pool.
    pub(crate) const NONE: Self = Self(0);

    /// Returns a new owner.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl Default for Ledger {
    fn default() -> Self {
        Self((0..(2 * processors::count()).min(MOST)).map(|_| Arc::default()).collect())
    }
}

impl Ledger {
    /// Opens the account of an instance that is created.
    pub(crate) fn open(&self, owner: Owner) -> Account {
        let shard = self.shard();
        let mut books = shard.lock();
        let meter = books.spare.pop().unwrap_or_default();
        meter.owner.set(owner.0);
        meter.index.set(books.open.len() as u64);
        books.open.push(Arc::clone(&meter));
        drop(books);
        Account { meter, shard: Arc::clone(shard) }
    }

    /// Counts a call that had no instance.
    #[cold]
    pub(crate) fn count(&self, owner: Owner, outcome: Outcome) {
        let mut sums = Sums::ZERO;
        sums.count(outcome);
        self.shard().lock().closed(owner).sums.add(&sums);
    }

    /// Returns what all instances used together, or those of one owner.
    pub(crate) fn usage(&self, owner: Option<Owner>) -> Usage {
        let mut usage = Usage::default();
        for shard in &self.0 {
            let books = shard.lock();
            let wanted = |of: Owner| owner.is_none_or(|owner| owner == of);
            for (_, closed) in books.closed.iter().filter(|(owner, _)| wanted(*owner)) {
                usage.add(&closed.sums);
                usage.peak_memory_bytes = usage.peak_memory_bytes.max(closed.peak_memory);
            }
            for meter in books.open.iter().filter(|meter| wanted(Owner(meter.owner.get()))) {
                usage.add_instance(meter);
            }
        }
        usage
    }

    /// Reassigns the accounts of an owner to no owner.
    pub(crate) fn disown(&self, owner: Owner) {
        for shard in &self.0 {
            let mut books = shard.lock();
            for meter in books.open.iter().filter(|meter| meter.owner.get() == owner.0) {
                meter.owner.set(Owner::NONE.0);
            }
            if let Some(index) = books.closed.iter().position(|(of, _)| *of == owner) {
                let (_, closed) = books.closed.swap_remove(index);
                books.closed(Owner::NONE).add(&closed);
            }
        }
    }

    fn shard(&self) -> &Arc<Shard> {
        &self.0[thread_number() % self.0.len()]
    }
}

/// Returns a number that differs between most threads.
fn thread_number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static NUMBER: Cell<Option<usize>> = const { Cell::new(None) };
    }
    NUMBER.get().unwrap_or_else(|| {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        NUMBER.set(Some(number));
        number
    })
}

impl Shard {
    fn lock(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    fn closed(&mut self, owner: Owner) -> &mut Closed {
        let index = self.closed.iter().position(|(of, _)| *of == owner).unwrap_or_else(|| {
            self.closed.push((owner, Closed { sums: Sums::ZERO, peak_memory: 0 }));
            self.closed.len() - 1
        });
        &mut self.closed[index].1
    }

    /// Removes a meter, and adds its counts to the sums of instances that are gone.
    fn close(&mut self, meter: &Arc<Meter>) {
        let index = usize::try_from(meter.index.get()).unwrap_or(usize::MAX);
        if !self.open.get(index).is_some_and(|listed| Arc::ptr_eq(listed, meter)) {
            return;
        }
        let removed = self.open.swap_remove(index);
        if let Some(moved) = self.open.get(index) {
            moved.index.set(index as u64);
        }
        let closed = Closed { sums: removed.sums(), peak_memory: removed.peak_memory() };
        self.closed(Owner(removed.owner.get())).add(&closed);
        // Not reused while an abandoned request still counts its bytes there: they would be added to another instance.
        if Arc::strong_count(&removed) == 2 && self.spare.len() < SPARE {
            removed.clear();
            self.spare.push(removed);
        }
    }
}

impl Closed {
    fn add(&mut self, other: &Self) {
        self.sums.add(&other.sums);
        self.peak_memory = self.peak_memory.max(other.peak_memory);
    }
}

impl Account {
    /// Creates an account that is in no ledger.
    pub(crate) fn unlisted() -> Self {
        Self { meter: Arc::default(), shard: Arc::default() }
    }

    /// Returns what the instance used.
    pub(crate) fn usage(&self) -> Usage {
        let mut usage = Usage::default();
        usage.add_instance(&self.meter);
        usage
    }
}

impl Deref for Account {
    type Target = Arc<Meter>;

    #[inline]
    fn deref(&self) -> &Arc<Meter> {
        &self.meter
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        self.shard.lock().close(&self.meter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_owner_leaves_belongs_to_nobody_and_still_counts() {
        let ledger = Ledger::default();
        let owner = Owner::new();
        let (gone, open) = (ledger.open(owner), ledger.open(owner));
        gone.ended(Outcome::Ok);
        drop(gone);
        open.ended(Outcome::Trap);
        ledger.count(owner, Outcome::Busy);
        assert_eq!((ledger.usage(Some(owner)).calls.total(), ledger.usage(None).calls.total()), (3, 3));
        ledger.disown(owner);
        assert_eq!((ledger.usage(Some(owner)).calls.total(), ledger.usage(Some(Owner::NONE)).calls.total()), (0, 3));
        assert!(ledger.0.iter().all(|shard| shard.lock().closed.iter().all(|(of, _)| *of == Owner::NONE)));
        open.ended(Outcome::Trap);
        drop(open);
        assert_eq!(ledger.usage(None).calls.total(), 4);
        assert_eq!(ledger.usage(None).instances, 0);
    }

    #[test]
    fn a_meter_that_is_used_again_starts_at_nothing() {
        let ledger = Ledger::default();
        let account = ledger.open(Owner::NONE);
        account.ended(Outcome::Ok);
        account.set_memory(7);
        account.set_vars(7);
        drop(account);
        assert_eq!(ledger.open(Owner::NONE).usage(), Usage { instances: 1, fuel: Some(0), ..Usage::default() });
        assert_eq!((ledger.usage(None).calls.total(), ledger.usage(None).peak_memory_bytes), (1, 7));
    }
}
