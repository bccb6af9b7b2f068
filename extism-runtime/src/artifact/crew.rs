//! The threads that compile: each module has its own, so that none waits for another, and the process's
//! global pool remains available to the host. The system divides the processor between them.

use std::{
    process,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::lock;
use crate::{error::BoxError, processors};

/// Bytes of a thread's stack. The compiler recurses as deep as expressions nest, within its own limits.
const STACK: usize = 4 << 20;

/// Threads in working crews. Beyond twice the number of cores, a new crew has a single thread.
static WORKING: AtomicUsize = AtomicUsize::new(0);

/// The crew that worked last, kept so that the next module does not wait for new threads.
static IDLE: Mutex<Option<Arc<Crew>>> = Mutex::new(None);

struct Crew {
    threads: ThreadPool,
    size: usize,
    /// A forked process has none of its parent's threads.
    process: u32,
}

/// Runs `work` on separate threads, then `done` with the result.
///
/// # Errors
///
/// Returns an error if the system cannot start threads.
pub(super) fn run<T>(
    work: impl FnOnce() -> T + Send + 'static,
    done: impl FnOnce(T) + Send + 'static,
) -> Result<(), BoxError> {
    let crew = Crew::hire()?;
    WORKING.fetch_add(crew.size, Ordering::Relaxed);
    let working = Arc::clone(&crew);
    crew.threads.spawn(move || {
        let result = work();
        WORKING.fetch_sub(working.size, Ordering::Relaxed);
        // Before `done` reports the result, since the caller may have another module ready.
        working.rest();
        done(result);
    });
    Ok(())
}

impl Crew {
    fn hire() -> Result<Arc<Self>, BoxError> {
        let process = process::id();
        let idle = lock(&IDLE).take();
        match idle {
            Some(crew) if crew.process == process => return Ok(crew),
            // Dropping it would wait for its threads to end.
            Some(stranger) => std::mem::forget(stranger),
            None => {}
        }
        let cores = processors::count();
        let size = if WORKING.load(Ordering::Relaxed) >= 2 * cores { 1 } else { cores };
        let threads = ThreadPoolBuilder::new()
            .num_threads(size)
            .stack_size(STACK)
            .thread_name(|index| format!("extism-compile-{index}"))
            .build()
            .map_err(|error| format!("cannot start compiler threads: {error}"))?;
        Ok(Arc::new(Self { threads, size, process }))
    }

    fn rest(self: Arc<Self>) {
        let mut idle = lock(&IDLE);
        if idle.as_ref().is_none_or(|other| other.size < self.size) {
            let before = idle.replace(self);
            drop(idle);
            drop(before);
        }
    }
}
