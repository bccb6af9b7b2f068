//! The process: which one it is, as one that was forked has none of the other's threads; and whether it may start threads.

use std::{
    cell::Cell,
    io, process,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// For how long a thread believes what the system told it. Asking takes as long as a short call, so that a thread which
/// makes many of them asks rarely. No `fork` is as quick as this, as the system copies the process meanwhile: the first
/// call after one asks.
const BELIEVED: Duration = Duration::from_micros(20);

thread_local! {
    /// When this thread asked for the process's id, and what that was.
    static ASKED: Cell<Option<(Instant, u32)>> = const { Cell::new(None) };
}

/// The id of this process.
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

/// Whether the system starts threads, by starting one: wasmtime's cache panics where it can't have its own.
pub(super) fn start_thread() -> io::Result<()> {
    let thread = thread::Builder::new().name("extism-trial".to_owned()).spawn(|| ())?;
    JoinHandle::join(thread).map_err(|_| io::ErrorKind::Other.into())
}
