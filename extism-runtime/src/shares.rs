//! Resources that all plug-ins of a process share and no single one may exhaust: open files and connections.
//!
//! A plug-in gets another unit of a resource only while it holds fewer units than are free. So a single
//! plug-in gets half of them, two competing ones get a third each, and a new one always gets some.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// A resource that all plug-ins share.
#[derive(Debug)]
pub(crate) struct Common {
    taken: AtomicUsize,
    /// The total number of units.
    all: fn() -> usize,
}

/// One plug-in's share of a resource.
#[derive(Debug)]
pub(crate) struct Share {
    of: &'static Common,
    held: AtomicUsize,
}

/// Units of a plug-in's share, held until this is dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    share: Arc<Share>,
    count: usize,
}

/// Descriptors of files, directories and connections. The program itself needs some too.
static DESCRIPTORS: Common = Common::new(|| descriptors() / 2);

/// Threads that resolve names and connect.
#[cfg(feature = "http")]
static CONNECTING: Common = Common::new(|| MAX_CONNECTING);
#[cfg(feature = "http")]
pub(crate) const MAX_CONNECTING: usize = 64;

#[cfg(unix)]
fn descriptors() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

#[cfg(not(unix))]
fn descriptors() -> usize {
    usize::MAX
}

impl Common {
    pub(crate) const fn new(all: fn() -> usize) -> Self {
        Self { taken: AtomicUsize::new(0), all }
    }
}

impl Share {
    pub(crate) fn of(common: &'static Common) -> Arc<Self> {
        Arc::new(Self { of: common, held: AtomicUsize::new(0) })
    }

    pub(crate) fn of_descriptors() -> Arc<Self> {
        Self::of(&DESCRIPTORS)
    }

    #[cfg(feature = "http")]
    pub(crate) fn of_connecting() -> Arc<Self> {
        Self::of(&CONNECTING)
    }

    /// Returns how many the plug-in holds.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// Creates an empty lease.
    pub(crate) fn lease(self: &Arc<Self>) -> Lease {
        Lease { share: Arc::clone(self), count: 0 }
    }
}

impl Lease {
    /// Takes one more, if the plug-in may have it.
    pub(crate) fn take(&mut self) -> bool {
        let Common { taken, all } = self.share.of;
        let all = all();
        let held = self.share.held.fetch_add(1, Ordering::Relaxed);
        let one_more = |taken: usize| (held < all.saturating_sub(taken)).then_some(taken + 1);
        let may = taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok();
        if may {
            self.count += 1;
        } else {
            self.share.held.fetch_sub(1, Ordering::Relaxed);
        }
        may
    }

    /// Returns all units but `count`.
    pub(crate) fn keep(&mut self, count: usize) {
        let given_back = self.count.saturating_sub(count);
        self.count -= given_back;
        self.share.held.fetch_sub(given_back, Ordering::Relaxed);
        self.share.of.taken.fetch_sub(given_back, Ordering::Relaxed);
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.keep(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes as many as possible and returns how many.
    fn all_of(lease: &mut Lease) -> usize {
        (0..10_000).take_while(|_| lease.take()).count()
    }

    #[test]
    fn each_gets_some_however_many_want_all() {
        static COMMON: Common = Common::new(|| 1000);
        let mut leases: Vec<_> = (0..20).map(|_| Share::of(&COMMON).lease()).collect();
        let taken: Vec<_> = leases.iter_mut().map(all_of).collect();
        assert_eq!(taken[..4], [500, 250, 125, 63]);
        assert!(taken[..9].iter().all(|count| *count > 0), "{taken:?}");
        // When a large holder returns some, others get them.
        leases[0].keep(10);
        assert!(all_of(&mut leases[19]) > 200);
        drop(leases);
        assert_eq!(COMMON.taken.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn instances_of_one_plugin_have_one_share() {
        static COMMON: Common = Common::new(|| 100);
        let share = Share::of(&COMMON);
        let (mut first, mut second) = (share.lease(), share.lease());
        assert_eq!((all_of(&mut first), all_of(&mut second), share.held()), (50, 0, 50));
        first.keep(20);
        assert_eq!((all_of(&mut second), share.held()), (30, 50));
    }
}
