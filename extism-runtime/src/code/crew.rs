//! The threads that compile: each module has some of its own, so that none waits for another, and the process's global
//! pool is left to the host. The system shares the processor between them.

use std::{
    process,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::BoxError;

/// Bytes of a thread's stack. The compiler's recursion is as deep as expressions are, up to limits of its own.
const STACK: usize = 4 << 20;

/// Threads of crews that work. Beyond twice the machine's cores a crew has but one.
static WORKING: AtomicUsize = AtomicUsize::new(0);

/// The crew that has worked last, so that the next module needn't wait for new threads.
static IDLE: Mutex<Option<Arc<Crew>>> = Mutex::new(None);

struct Crew {
    threads: ThreadPool,
    size: usize,
    /// A process that was forked off has none of its parent's threads.
    process: u32,
}

/// The machine's cores.
pub(super) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Runs `work` on threads of its own, and `done` with what it gives.
///
/// # Errors
///
/// When the system gives no threads.
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
        // Before anybody learns of the result, who may have the next module.
        working.rest();
        done(result);
    });
    Ok(())
}

impl Crew {
    fn hire() -> Result<Arc<Self>, BoxError> {
        let process = process::id();
        let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).take();
        match idle {
            Some(crew) if crew.process == process => return Ok(crew),
            // To end its threads would be to wait for them.
            Some(stranger) => std::mem::forget(stranger),
            None => {}
        }
        let cores = cores();
        let size = if WORKING.load(Ordering::Relaxed) >= 2 * cores { 1 } else { cores };
        let threads = ThreadPoolBuilder::new()
            .num_threads(size)
            .stack_size(STACK)
            .thread_name(|index| format!("extism-compile-{index}"))
            .build()
            .map_err(|error| format!("cannot start the threads that compile: {error}"))?;
        Ok(Arc::new(Self { threads, size, process }))
    }

    fn rest(self: Arc<Self>) {
        let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.as_ref().is_none_or(|other| other.size < self.size) {
            let before = idle.replace(self);
            drop(idle);
            drop(before);
        }
    }
}
