//! Standard input.
//!
//! A reader of the program's may wait for any time. So it is read on a thread of its own, for as long as an instance
//! wants more than there is; if the call ends in the meantime, what the thread has read is there for the next one.

use std::{
    future::poll_fn,
    io::{self, Read},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    thread,
};

use bytes::Bytes;
use tokio::io::AsyncRead;
use wasmtime_wasi::{
    WasiCtxBuilder, async_trait,
    cli::{IsTerminal, StdinStream},
    p2::{InputStream, Pollable, StreamError, StreamResult, pipe::MemoryInputPipe},
};

use crate::streams::{Input, ReaderState};

/// Maximum bytes that are read at a time.
const PIECE: usize = 64 << 10;

pub(super) fn provide(builder: &mut WasiCtxBuilder, input: &Input) {
    match input {
        Input::Empty => builder,
        Input::Bytes(bytes) => builder.stdin(MemoryInputPipe::new(Bytes::from_owner(Arc::clone(bytes)))),
        Input::Reader(state) => builder.stdin(Reader(Arc::clone(state))),
    };
}

/// A reader of the program's, which all instances share.
struct Reader(Arc<Mutex<ReaderState>>);

impl Reader {
    fn lock(&self) -> MutexGuard<'_, ReaderState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what was read; has more read if there is nothing.
    fn poll_take(&self, most: usize, context: &Context<'_>) -> Poll<StreamResult<Bytes>> {
        // Cloned without the lock, since that runs the executor's code.
        let waker = context.waker().clone();
        let mut state = self.lock();
        if let Some(taken) = take(&mut state, most) {
            return Poll::Ready(taken);
        }
        if !state.waiting.iter().any(|waiting| waiting.will_wake(&waker)) {
            state.waiting.push(waker);
        }
        match state.reader.take() {
            Some(reader) => self.start(state, reader, most),
            None => Poll::Pending,
        }
    }

    /// Starts a thread that reads once.
    fn start(
        &self,
        state: MutexGuard<'_, ReaderState>,
        mut reader: Box<dyn Read + Send>,
        most: usize,
    ) -> Poll<StreamResult<Bytes>> {
        drop(state);
        let shared = Self(Arc::clone(&self.0));
        let work = move || {
            let mut bytes = vec![0; most.min(PIECE)];
            let result = catch_unwind(AssertUnwindSafe(|| read_once(&mut *reader, &mut bytes)));
            shared.end(reader, result.ok(), &bytes);
        };
        let thread = thread::Builder::new().name("extism-stdin".to_owned()).spawn(work);
        match thread {
            Ok(_) => Poll::Pending,
            // The reader is lost with the closure.
            Err(error) => {
                self.lock().ended = true;
                Poll::Ready(Err(StreamError::LastOperationFailed(error.into())))
            }
        }
    }

    /// Ends what a thread began: `None` if the reader has panicked.
    fn end(&self, reader: Box<dyn Read + Send>, result: Option<io::Result<usize>>, bytes: &[u8]) {
        let mut state = self.lock();
        match result {
            Some(Ok(0)) => state.ended = true,
            Some(Ok(read)) => state.bytes.extend_from_slice(bytes.get(..read).unwrap_or_default()),
            Some(Err(error)) => state.failed = Some(error),
            None => {
                state.ended = true;
                state.failed = Some(io::Error::other("the program's reader panicked"));
            }
        }
        state.reader = Some(reader);
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        for waker in waiting {
            // A waker that panics is not a problem of the others.
            let _ = catch_unwind(AssertUnwindSafe(|| waker.wake()));
        }
    }
}

/// Returns what was read, or how reading ended; `None` if there is nothing yet.
fn take(state: &mut ReaderState, most: usize) -> Option<StreamResult<Bytes>> {
    if !state.bytes.is_empty() {
        let most = most.min(state.bytes.len());
        return Some(Ok(state.bytes.drain(..most).collect::<Vec<_>>().into()));
    }
    if let Some(error) = state.failed.take() {
        return Some(Err(StreamError::LastOperationFailed(error.into())));
    }
    state.ended.then_some(Err(StreamError::Closed))
}

fn read_once(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

impl IsTerminal for Reader {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdinStream for Reader {
    fn async_stream(&self) -> Box<dyn AsyncRead + Send + Sync> {
        // For the functions of WASI's later versions, which plug-ins do not have.
        Box::new(tokio::io::empty())
    }

    fn p2_stream(&self) -> Box<dyn InputStream> {
        Box::new(Self(Arc::clone(&self.0)))
    }
}

#[async_trait]
impl InputStream for Reader {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        take(&mut self.lock(), size).unwrap_or_else(|| Ok(Bytes::new()))
    }

    async fn blocking_read(&mut self, size: usize) -> StreamResult<Bytes> {
        if size == 0 {
            return Ok(Bytes::new());
        }
        poll_fn(|context| self.poll_take(size, context)).await
    }
}

#[async_trait]
impl Pollable for Reader {
    async fn ready(&mut self) {}
}
