//! Waits for a call on the thread that made it: for plug-ins whose host functions may be async, and for WASI.

use std::{
    pin::{Pin, pin},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use tokio::runtime::{Builder, Handle, Runtime, RuntimeFlavor};

use super::{Limits, interruptible::interruptible_work};
use crate::store::Interrupt;

/// For threads outside any tokio runtime: WASI's functions, and many host functions, require one. It has no
/// threads, so it can be created even if the system cannot start any; the waiting thread drives it.
static RUNTIME: LazyLock<Option<Runtime>> = LazyLock::new(|| Builder::new_current_thread().enable_all().build().ok());

/// Runs a call to completion on this thread, within its limits.
///
/// Unlike tokio's own `block_on`, it may be used on a thread that runs tokio's tasks. There, it fails if the
/// future has to wait for an event that only this thread could produce.
pub(super) fn block_on<T>(
    limits: &Limits<'_>,
    future: impl Future<Output = wasmtime::Result<T>>,
) -> wasmtime::Result<T> {
    let ambient = Handle::try_current().ok();
    let own = if ambient.is_none() { RUNTIME.as_ref() } else { None };
    let _entered = own.map(Runtime::enter);
    let future = pin!(future);
    let mut future = pin!(interruptible_work(limits, future));
    // Most calls never wait, so that they need no waker.
    if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return result;
    }
    match (own, ambient) {
        (Some(runtime), _) => runtime.block_on(future),
        (None, Some(ambient)) if runs_tasks() => match ambient.runtime_flavor() {
            // Another thread takes over this thread's work for the other tasks.
            RuntimeFlavor::MultiThread => tokio::task::block_in_place(|| park_until(future)),
            _ => poll_while_woken(future),
        },
        _ => park_until(future),
    }
}

/// Enters a tokio runtime if this thread is in none: WASI's functions require one.
#[cfg(feature = "wasi")]
pub(super) fn enter_runtime() -> Option<tokio::runtime::EnterGuard<'static>> {
    if Handle::try_current().is_ok() { None } else { RUNTIME.as_ref().map(Runtime::enter) }
}

/// Returns whether this thread is currently polling tasks of tokio's current runtime.
fn runs_tasks() -> bool {
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    // Such a thread keeps the waker until it has polled other tasks; elsewhere it is woken at once.
    let _ = pin!(tokio::task::yield_now()).poll(&mut Context::from_waker(&waker));
    !woken.take()
}

/// Polls a future, and sleeps until it is woken.
fn park_until<F: Future>(mut future: Pin<&mut F>) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

/// Polls a future for as long as it wakes itself.
fn poll_while_woken<T>(mut future: Pin<&mut impl Future<Output = wasmtime::Result<T>>>) -> wasmtime::Result<T> {
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(result) => return result,
            Poll::Pending if woken.take() => {}
            Poll::Pending => return Err(wasmtime::Error::new(Interrupt::Stuck)),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Woken {
    /// Returns whether it was woken since the last call of this function.
    fn take(&self) -> bool {
        self.0.swap(false, Ordering::SeqCst)
    }
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}
