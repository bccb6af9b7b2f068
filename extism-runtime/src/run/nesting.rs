//! Handles plug-ins whose host functions call plug-ins.
//!
//! The engine limits a call's stack by the configured size, regardless of how much is left of the thread's
//! stack. One call fits, but a plug-in that makes its host call it again, each time deep in its own stack,
//! would overflow the thread's stack and abort the process. So a nested call runs on a separate stack, and
//! the nesting depth is limited.

use std::{
    cell::Cell,
    panic::resume_unwind,
    pin::pin,
    sync::atomic::{AtomicU64, Ordering},
    task::{Context, Poll, Waker},
    thread::{self, ScopedJoinHandle},
};

use tracing::{Span, dispatcher};
use wasmtime::{PoolConcurrencyLimitError, Store, TypedFunc, WasmParams, WasmResults};

use crate::{
    compile::CompiledInner,
    store::{Interrupt, StoreData},
};

/// The maximum nesting depth of calls on one thread.
const MAX_DEPTH: u32 = 32;

/// The nesting of calls on a thread, or on several threads that each wait for the next one to finish a call.
struct Thread {
    /// How many calls run on it, nested.
    depth: Cell<u32>,
    /// Identifies the thread; 0 until it is first needed.
    number: Cell<u64>,
}

thread_local! {
    static THREAD: Thread = const { Thread { depth: Cell::new(0), number: Cell::new(0) } };
}

/// Returns the number of this thread; [`CallState::runs_on`](crate::store::CallState::runs_on) returns whether a call
/// runs on it.
#[inline]
pub(crate) fn thread() -> u64 {
    THREAD.with(number)
}

#[inline]
fn number(thread: &Thread) -> u64 {
    match thread.number.get() {
        0 => new_number(thread),
        number => number,
    }
}

#[cold]
fn new_number(thread: &Thread) -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    thread.number.set(number);
    number
}

/// A running call; ends when dropped.
#[derive(Debug)]
pub(super) struct Nested {
    thread: u64,
}

impl Nested {
    /// Starts a call; returns the reason if too many are running already.
    #[inline]
    pub(super) fn begin() -> Result<Self, String> {
        THREAD.with(|thread| {
            let depth = thread.depth.get();
            if depth == MAX_DEPTH {
                return Err(format!("calls between plug-ins and host functions are nested more than {MAX_DEPTH} deep"));
            }
            thread.depth.set(depth + 1);
            Ok(Self { thread: number(thread) })
        })
    }

    /// Returns the number of the thread that the call runs on.
    #[inline]
    pub(super) fn thread(&self) -> u64 {
        self.thread
    }
}

impl Drop for Nested {
    #[inline]
    fn drop(&mut self) {
        THREAD.with(|thread| thread.depth.set(thread.depth.get() - 1));
    }
}

/// Returns whether the running call is nested in another one.
#[inline]
pub(super) fn is_nested() -> bool {
    THREAD.with(|thread| thread.depth.get() > 1)
}

/// Calls a function on a separate stack.
pub(super) fn call_on_own_stack<P, R>(
    store: &mut Store<StoreData>,
    compiled: &CompiledInner,
    function: &TypedFunc<P, R>,
    params: P,
) -> wasmtime::Result<R>
where
    P: WasmParams + Copy + Sync,
    R: WasmResults + Sync,
{
    match now(function.call_async(&mut *store, params)) {
        // Nothing has run yet: the only resource of a pool that a started call takes is a stack.
        Err(error) if error.is::<PoolConcurrencyLimitError>() => call_on_own_thread(store, compiled, function, params),
        result => result,
    }
}

/// Returns the result of a future that never waits: it is a future only to run on a separate stack.
pub(super) fn now<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::yield_now(),
        }
    }
}

/// Calls a function on another thread's stack and waits for it, for when all stacks of the pool are taken.
#[cold]
fn call_on_own_thread<P, R>(
    store: &mut Store<StoreData>,
    compiled: &CompiledInner,
    function: &TypedFunc<P, R>,
    params: P,
) -> wasmtime::Result<R>
where
    P: WasmParams + Copy + Sync,
    R: WasmResults + Sync,
{
    let (depth, number) = THREAD.with(|thread| (thread.depth.get(), number(thread)));
    let (subscriber, span) = (dispatcher::get_default(Clone::clone), Span::current());
    thread::scope(|scope| {
        let call = || {
            THREAD.with(|thread| {
                thread.depth.set(depth);
                thread.number.set(number);
            });
            dispatcher::with_default(&subscriber, || span.in_scope(|| function.call(store, params)))
        };
        let stack = compiled.settings.engine.options().stack_with_host();
        let thread = thread::Builder::new().name("extism-call".to_owned()).stack_size(stack);
        match thread.spawn_scoped(scope, call).map(ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            // Propagates the panic, as if there were no extra thread.
            Ok(Err(panic)) => resume_unwind(panic),
            Err(error) => Err(wasmtime::Error::new(Interrupt::NoThread(error))),
        }
    })
}
