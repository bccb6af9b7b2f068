//! Compiles modules on separate threads, with a time limit for the callers that wait for them.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use super::{crew, lock};
use crate::{
    display,
    error::{BoxError, FunctionNumbers, HostPanic, ModuleLimitError},
    fuse::Cost,
    processors,
};

/// The number of modules that may compile past their limits before others with a limit have to wait or are refused.
const MAX_LATE: usize = 4;
/// Below this number, modules that need only a small part of their limit are still compiled.
const MAX_LATE_FOR_SMALL: usize = 4 * MAX_LATE;
/// A module whose estimate exceeds the limit by more than this factor is not started: machines and functions differ.
const SLACK: u32 = 2;

/// The number of modules that are compiling past their limits.
static LATE: AtomicUsize = AtomicUsize::new(0);

/// How long a caller that needs a compiled module waits for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CompileLimit {
    limit: Duration,
    /// `None` if it is too far away for the clock to express.
    deadline: Option<Instant>,
}

impl CompileLimit {
    /// Creates a limit that starts now.
    pub(crate) fn new(limit: Duration) -> Self {
        Self { limit, deadline: Instant::now().checked_add(limit) }
    }

    /// Refuses modules that would take far too long, and any module when too many late ones are still compiling.
    fn admit(&self, cost: &Cost) -> Result<(), ModuleLimitError> {
        let all = cost.micros / processors::count() as u64;
        let estimate = Duration::from_micros(all.max(cost.worst.micros));
        if estimate > self.limit.saturating_mul(SLACK) {
            return Err(self.too_costly(estimate, cost));
        }
        let small = estimate.saturating_mul(20) < self.limit;
        let alive = LATE.load(Ordering::Relaxed);
        if alive >= if small { MAX_LATE_FOR_SMALL } else { MAX_LATE } {
            return Err(ModuleLimitError::CompilersBusy { alive });
        }
        Ok(())
    }

    fn too_costly(&self, estimate: Duration, cost: &Cost) -> ModuleLimitError {
        let worst = &cost.worst;
        let function = FunctionNumbers {
            index: worst.index,
            instructions: worst.instructions,
            locals: worst.locals,
            branches: worst.branches,
            loops: worst.loops,
            values: worst.values,
        };
        ModuleLimitError::CompileCost { estimate, limit: self.limit, function }
    }

    fn left(&self) -> Duration {
        self.deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()))
    }

    fn exceeded(&self) -> ModuleLimitError {
        ModuleLimitError::CompileTimeout { limit: self.limit }
    }
}

/// A module that is compiled, or is being compiled.
pub(super) struct Compiling {
    progress: Mutex<Progress>,
    done: Condvar,
}

#[derive(Default)]
struct Progress {
    /// The result, or the error's text.
    result: Option<Result<wasmtime::Module, String>>,
    /// Whether it counts towards [`LATE`].
    late: bool,
}

impl Compiling {
    /// Starts to compile a module, unless the limit forbids it.
    ///
    /// # Errors
    ///
    /// Returns an error if the limit forbids it, or if the system cannot start threads.
    pub(super) fn start(
        cost: &Cost,
        limit: Option<&CompileLimit>,
        compile: impl FnOnce() -> wasmtime::Result<wasmtime::Module> + Send + 'static,
    ) -> Result<Arc<Self>, BoxError> {
        if let Some(limit) = limit {
            limit.admit(cost)?;
        }
        let compiling = Arc::new(Self { progress: Mutex::default(), done: Condvar::new() });
        let finished = Arc::clone(&compiling);
        crew::run(move || caught(compile), move |result| finished.finish(result))?;
        Ok(compiling)
    }

    /// Makes a module on the calling thread, if its code only has to be loaded.
    pub(super) fn at_once(load: impl FnOnce() -> wasmtime::Result<Option<wasmtime::Module>>) -> Option<Arc<Self>> {
        let progress = Progress { result: Some(caught(load).transpose()?), late: false };
        Some(Arc::new(Self { progress: Mutex::new(progress), done: Condvar::new() }))
    }

    /// Waits for the compiled module.
    ///
    /// # Errors
    ///
    /// Returns an error if the compiler rejects the module or the time is up. In the latter case compiling goes on, and
    /// later callers get the module.
    pub(super) fn wait(&self, limit: Option<&CompileLimit>) -> Result<wasmtime::Module, BoxError> {
        let mut progress = lock(&self.progress);
        loop {
            match &progress.result {
                Some(Ok(module)) => return Ok(module.clone()),
                Some(Err(error)) => return Err(error.clone().into()),
                None => {}
            }
            let Some(limit) = limit else {
                progress = self.done.wait(progress).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = limit.left();
            if left.is_zero() {
                if !progress.late {
                    progress.late = true;
                    LATE.fetch_add(1, Ordering::Relaxed);
                }
                return Err(limit.exceeded().into());
            }
            progress = self.done.wait_timeout(progress, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Returns whether this module is the result.
    pub(super) fn is(&self, module: &wasmtime::Module) -> bool {
        let progress = lock(&self.progress);
        let compiled = progress.result.as_ref().and_then(|result| result.as_ref().ok());
        // A module has no name of its own, but its code is in one place.
        compiled.is_some_and(|compiled| compiled.text().as_ptr() == module.text().as_ptr())
    }

    fn finish(&self, result: Result<wasmtime::Module, String>) {
        let mut progress = lock(&self.progress);
        progress.result = Some(result);
        if progress.late {
            LATE.fetch_sub(1, Ordering::Relaxed);
        }
        self.done.notify_all();
    }
}

/// Returns the compiled module, or the text of the compiler's error or panic.
fn caught<M>(compile: impl FnOnce() -> wasmtime::Result<M>) -> Result<M, String> {
    match catch_unwind(AssertUnwindSafe(compile)) {
        Ok(Ok(module)) => Ok(module),
        Ok(Err(error)) => Err(display::start(format_args!("{error:#}"), display::MAX_TEXT)),
        Err(panic) => Err(format!("the compiler {}", HostPanic::new(&*panic))),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::fuse::FunctionCost;

    fn seconds(seconds: u64) -> Cost {
        Cost { micros: 0, worst: FunctionCost { micros: seconds * 1_000_000, ..FunctionCost::default() } }
    }

    fn module() -> wasmtime::Result<wasmtime::Module> {
        wasmtime::Module::from_binary(&wasmtime::Engine::default(), b"\0asm\x01\0\0\0")
    }

    fn limit_of(error: BoxError) -> ModuleLimitError {
        *error.downcast().expect("a limit")
    }

    #[test]
    fn what_takes_too_long_goes_on_for_those_who_ask_later_but_few_at_a_time() {
        let soon = Duration::from_millis(10);
        let mut running = Vec::new();
        for _ in 0..MAX_LATE {
            let (go_on, waits) = mpsc::channel::<()>();
            let limit = CompileLimit::new(soon);
            let compile = move || {
                let _ = waits.recv();
                module()
            };
            let compiling = Compiling::start(&seconds(0), Some(&limit), compile).expect("there is room");
            let error = compiling.wait(Some(&limit)).expect_err("it waits");
            assert_eq!(limit_of(error), ModuleLimitError::CompileTimeout { limit: soon });
            running.push((compiling, go_on));
        }
        let minute = CompileLimit::new(Duration::from_mins(1));
        let error = Compiling::start(&seconds(30), Some(&minute), module).err().expect("no room");
        assert_eq!(limit_of(error), ModuleLimitError::CompilersBusy { alive: MAX_LATE });
        for (limit, cost) in [(Some(&minute), 1), (None, 3600)] {
            let other = Compiling::start(&seconds(cost), limit, module).expect("small, or without a limit");
            other.wait(limit).expect("a module");
        }
        for (compiling, go_on) in running {
            drop(go_on);
            compiling.wait(None).expect("a module, late");
        }
        Compiling::start(&seconds(30), Some(&minute), module).expect("there is room").wait(None).expect("a module");
    }

    #[test]
    fn what_would_take_far_too_long_is_not_begun() {
        let limit = CompileLimit::new(Duration::from_secs(10));
        let error = Compiling::start(&seconds(21), Some(&limit), || panic!("it is begun")).err().expect("too long");
        assert!(matches!(limit_of(error), ModuleLimitError::CompileCost { estimate, .. } if estimate.as_secs() == 21));
    }

    #[test]
    fn a_compiler_that_panics_is_an_error() {
        let compiling =
            Compiling::start(&Cost::default(), None, || panic!("a fault of the compiler")).expect("threads");
        let error = compiling.wait(None).expect_err("it panics").to_string();
        assert_eq!(error, "the compiler panicked: a fault of the compiler");
    }
}
