//! The same code for an engine without a pool, compiled when the pool is exhausted for the first time.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError},
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use super::{CompiledInner, compile_for};
use crate::{
    Error,
    artifact::CompileLimit,
    engine::Allocation,
    link::{self, Linked},
};

/// The interval at which waiters check whether to continue.
const SLICE: Duration = Duration::from_millis(5);

/// The state of a plug-in's code for an engine without a pool.
#[derive(Default)]
pub(super) struct OnDemand {
    linked: OnceLock<Linked>,
    preparing: Mutex<Preparing>,
    /// Notified when preparing ends.
    ended: Condvar,
    /// The tasks that wait for that.
    tasks: Mutex<Vec<Waker>>,
}

/// Whether a thread is preparing the code.
#[derive(Default)]
enum Preparing {
    #[default]
    No,
    Yes,
    /// Ended with this error, which the next waiter gets.
    Failed(Error),
}

impl CompiledInner {
    /// Returns the code for an engine without a pool; `None` if all of the plug-in's code already is without one.
    pub(crate) fn linked_on_demand(&self) -> Result<Option<(&wasmtime::Engine, &Linked)>, Error> {
        if self.allocation == Allocation::OnDemand {
            return Ok(None);
        }
        let engine = self.settings.engine.wasmtime(Allocation::OnDemand, self.code)?;
        if let Some(linked) = self.on_demand.linked.get() {
            return Ok(Some((engine, linked)));
        }
        let limit = self.settings.limits.compile_timeout.map(CompileLimit::new);
        let compiled = compile_for(engine, &self.modules, limit.as_ref())?;
        let mut given = link::host_linker(engine, &self.functions, self.provided)?;
        link::define_missing(&mut given, &compiled, &self.missing)?;
        let linked = link::link(given, compiled)?;
        Ok(Some((engine, self.on_demand.linked.get_or_init(|| linked))))
    }

    /// Makes sure that [`linked_on_demand`](Self::linked_on_demand) returns at once; waits for as long as `go_on`
    /// allows. A thread prepares the code, and carries on for later calls if the waiters give up.
    pub(crate) fn prepare_on_demand(self: &Arc<Self>, go_on: impl Fn() -> Result<(), Error>) -> Result<(), Error> {
        if self.allocation == Allocation::OnDemand {
            return Ok(());
        }
        while self.on_demand.linked.get().is_none() {
            go_on()?;
            let mut preparing = self.on_demand.lock();
            match std::mem::take(&mut *preparing) {
                Preparing::Failed(error) => return Err(error),
                Preparing::No => self.start_preparing()?,
                Preparing::Yes => {}
            }
            *preparing = Preparing::Yes;
            let waited = self.on_demand.ended.wait_timeout(preparing, SLICE);
            drop(waited.unwrap_or_else(PoisonError::into_inner));
        }
        Ok(())
    }

    /// The async form of [`prepare_on_demand`](Self::prepare_on_demand).
    pub(crate) async fn prepared_on_demand(self: &Arc<Self>) -> Result<(), Error> {
        if self.allocation == Allocation::OnDemand {
            return Ok(());
        }
        poll_fn(|context| self.poll_prepared(context)).await
    }

    fn poll_prepared(self: &Arc<Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        // First of all, as it may end at any time.
        let waker = context.waker().clone();
        let mut tasks = self.on_demand.tasks();
        if !tasks.iter().any(|task| task.will_wake(&waker)) {
            tasks.push(waker);
        }
        drop(tasks);
        if self.on_demand.linked.get().is_some() {
            return Poll::Ready(Ok(()));
        }
        let mut preparing = self.on_demand.lock();
        match std::mem::take(&mut *preparing) {
            Preparing::Failed(error) => return Poll::Ready(Err(error)),
            Preparing::No => self.start_preparing()?,
            Preparing::Yes => {}
        }
        *preparing = Preparing::Yes;
        Poll::Pending
    }

    fn start_preparing(self: &Arc<Self>) -> Result<(), Error> {
        let compiled = Arc::clone(self);
        let prepare = move || {
            let mut ended = Ended(&compiled.on_demand, Preparing::No);
            if let Err(error) = compiled.linked_on_demand() {
                ended.1 = Preparing::Failed(error);
            }
        };
        let thread = thread::Builder::new().name("extism-compile".to_owned()).spawn(prepare);
        let context = || format!("cannot start a thread to compile plug-in `{}`", self.settings.name);
        thread.map(drop).map_err(|error| Error::engine(context(), error))
    }
}

impl OnDemand {
    fn lock(&self) -> MutexGuard<'_, Preparing> {
        self.preparing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tasks(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reports how preparing ended when it is dropped, also by a panic.
struct Ended<'d>(&'d OnDemand, Preparing);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        *self.0.lock() = std::mem::take(&mut self.1);
        self.0.ended.notify_all();
        let tasks = std::mem::take(&mut *self.0.tasks());
        for waker in tasks {
            // A waker that panics is not a problem of the others.
            let _ = catch_unwind(AssertUnwindSafe(|| waker.wake()));
        }
    }
}
