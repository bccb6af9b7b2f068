//! `fd_read`, where standard input comes from a reader of the program's.

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::{Duration, Instant},
};

use wasmtime::{Caller, Linker};
use wasmtime_wasi::p1::wasi_snapshot_preview1 as original;

use super::{WASI, files::WasiGuest};
use crate::store::{CallState, StoreData};

/// The interval between checks whether the call must end.
const SLICE: Duration = Duration::from_millis(5);

/// Makes reading from files and standard input wait on the calling thread under a plain call, within the call's limits.
/// The linker must allow shadowing.
pub(super) fn add_to_linker(linker: &mut Linker<StoreData>) -> wasmtime::Result<()> {
    linker.func_wrap_async(WASI, "fd_read", |mut caller, (fd, vectors, count, read): (i32, i32, i32, i32)| {
        Box::new(async move {
            let limits = (!caller.data().yields).then(|| Limits::of(&caller));
            let mut guest = WasiGuest::of(&mut caller)?;
            let (wasi, memory) = guest.begin();
            let reading = original::fd_read(wasi, memory, fd, vectors, count, read);
            match limits {
                Some(limits) => limits.block_on(reading),
                None => reading.await,
            }
        })
    })?;
    Ok(())
}

/// The limits of a plain call.
struct Limits {
    call: Arc<CallState>,
    deadline: Option<Instant>,
}

impl Limits {
    fn of(caller: &Caller<'_, StoreData>) -> Self {
        Self { call: Arc::clone(&caller.data().call), deadline: caller.data().deadline }
    }

    /// Waits on this thread, which may be one that polls tasks: what a reader waits for does not depend on it.
    fn block_on<T>(&self, future: impl Future<Output = wasmtime::Result<T>>) -> wasmtime::Result<T> {
        let mut future = pin!(future);
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut context = Context::from_waker(&waker);
        loop {
            if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
                return result;
            }
            if let Some(interrupt) = self.call.interrupted(self.deadline) {
                return Err(wasmtime::Error::new(interrupt));
            }
            thread::park_timeout(SLICE);
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
