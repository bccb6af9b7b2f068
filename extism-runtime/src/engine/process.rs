//! The process: its id, which changes when it is forked, as a forked process has none of the parent's threads; and
//! whether it may start threads.

use std::{
    cell::Cell,
    io, process,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// How long a thread reuses the process id that the system returned. Querying it takes as long as a short call, so a
/// thread that makes many calls queries it rarely. No `fork` is as quick as this, because the system copies the process
/// meanwhile: the first call after a fork queries again.
const BELIEVED: Duration = Duration::from_micros(20);

thread_local! {
    /// When this thread queried the process id, and the result.
    static ASKED: Cell<Option<(Instant, u32)>> = const { Cell::new(None) };
}

/// Returns the id of this process.
#[inline]
pub(super) fn id(now: Instant) -> u32 {
    match ASKED.get() {
        Some((asked, id)) if now.saturating_duration_since(asked) < BELIEVED => id,
        _ => ask(now),
    }
}

fn ask(now: Instant) -> u32 {
    let id = process::id();
    ASKED.set(Some((now, id)));
    id
}

/// Checks that the system can start threads, by starting one: wasmtime's cache panics if it cannot start its own.
pub(super) fn start_thread() -> io::Result<()> {
    let thread = thread::Builder::new().name("extism-trial".to_owned()).spawn(|| ())?;
    JoinHandle::join(thread).map_err(|_| io::ErrorKind::Other.into())
}
