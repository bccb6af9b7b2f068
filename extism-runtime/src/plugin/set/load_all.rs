//! Loads plug-ins side by side.

use std::{
    num::NonZero,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::{
    SetEntry, SetEvent,
    found::Found,
    loader::{Loader, Outcome},
};
use crate::{
    error::SetError,
    plugin::{BuildStage, FromPlugin},
};

/// How far loading a set is; see [`PluginSetBuilder::with_progress`](super::PluginSetBuilder::with_progress).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SetProgress<'a> {
    /// The plug-in's name.
    pub name: &'a str,
    /// Its index among those that are being loaded, which are sorted by name.
    pub index: usize,
    /// How many are being loaded.
    pub total: usize,
    /// How many of these are finished, whether they could be loaded or not.
    pub finished: usize,
    /// What happens to it.
    pub stage: SetStage<'a>,
}

/// What happens to a plug-in that is being loaded.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum SetStage<'a> {
    /// A stage of its build begins.
    Build(BuildStage),
    /// It is loaded, and serves.
    Loaded,
    /// It cannot be loaded.
    Failed(&'a SetError),
}

pub(super) type Progress = dyn Fn(&SetProgress<'_>) + Send + Sync;

/// A plug-in that is to be loaded.
pub(super) struct Job<C> {
    pub(super) entry: SetEntry<C>,
    pub(super) found: Found,
}

/// What all threads use.
struct Work<'a, C> {
    loader: &'a Loader<C>,
    progress: Option<&'a Progress>,
    total: usize,
    finished: AtomicUsize,
    /// Called with each plug-in once it is loaded, or could not be.
    add: &'a (dyn Fn(&SetEntry<C>) + Sync),
    next: Mutex<std::iter::Enumerate<std::vec::IntoIter<Job<C>>>>,
    events: Mutex<Vec<(usize, SetEvent)>>,
}

/// Loads plug-ins, each of which serves as soon as it is loaded. Returns the events in the order of the jobs.
pub(super) fn load_all<C: FromPlugin + Send + Sync>(
    loader: &Loader<C>,
    jobs: Vec<Job<C>>,
    threads: Option<usize>,
    progress: Option<&Progress>,
    add: &(dyn Fn(&SetEntry<C>) + Sync),
) -> Vec<SetEvent> {
    let total = jobs.len();
    let threads = threads.unwrap_or_else(|| thread::available_parallelism().map_or(1, NonZero::get));
    let work = Work {
        loader,
        progress,
        total,
        finished: AtomicUsize::new(0),
        add,
        next: Mutex::new(jobs.into_iter().enumerate()),
        events: Mutex::default(),
    };
    thread::scope(|scope| {
        for number in 1..threads.min(total) {
            let thread = thread::Builder::new().name(format!("extism-set-{number}"));
            // Without threads of its own, this one does all the work.
            let _ = thread.spawn_scoped(scope, || work.run());
        }
        work.run();
    });
    let mut events = work.events.into_inner().unwrap_or_else(PoisonError::into_inner);
    events.sort_by_key(|(index, _)| *index);
    events.into_iter().map(|(_, event)| event).collect()
}

impl<C: FromPlugin> Work<'_, C> {
    fn run(&self) {
        while let Some((index, job)) = self.take() {
            let event = self.load(index, job);
            self.events.lock().unwrap_or_else(PoisonError::into_inner).push((index, event));
        }
    }

    fn take(&self) -> Option<(usize, Job<C>)> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner).next()
    }

    fn load(&self, index: usize, job: Job<C>) -> SetEvent {
        let Job { entry, found } = job;
        let report = |finished, stage| {
            if let Some(progress) = self.progress {
                progress(&SetProgress { name: entry.name(), index, total: self.total, finished, stage });
            }
        };
        let file = found.file.clone();
        let on_stage = |stage| report(self.finished.load(Ordering::Relaxed), SetStage::Build(stage));
        let outcome: Outcome<C> = self.loader.load(found, entry.version() + 1, &on_stage);
        let event = entry.update(&file, outcome);
        (self.add)(&entry);
        let finished = self.finished.fetch_add(1, Ordering::Relaxed) + 1;
        report(finished, event.error().map_or(SetStage::Loaded, |error| SetStage::Failed(error)));
        event
    }
}
