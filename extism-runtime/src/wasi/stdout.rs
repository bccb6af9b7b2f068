//! Standard output and error.

use std::{
    io::{self, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::{
    WasiCtxBuilder, async_trait,
    cli::{self, IsTerminal, StdoutStream},
    p2::{OutputStream, Pollable, StreamError, StreamResult},
};

use crate::streams::{Output, Streams};

/// Bytes that are written at a time.
const PIECE: usize = 64 << 10;

pub(super) fn provide(builder: &mut WasiCtxBuilder, streams: &Streams) {
    match &streams.output {
        Output::Discard => {}
        Output::Stdout => {
            builder.stdout(cli::stdout());
        }
        Output::Stderr => {
            builder.stdout(cli::stderr());
        }
        Output::Writer(writer) => {
            builder.stdout(Writer(Arc::clone(writer)));
        }
    }
    match &streams.error {
        Output::Discard => {}
        Output::Stdout => {
            builder.stderr(cli::stdout());
        }
        Output::Stderr => {
            builder.stderr(cli::stderr());
        }
        Output::Writer(writer) => {
            builder.stderr(Writer(Arc::clone(writer)));
        }
    }
}

/// A writer of the program's, which all instances share.
struct Writer(Arc<Mutex<dyn Write + Send>>);

impl Writer {
    /// Runs the program's code. A panic is an error.
    fn with(&self, write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>) -> StreamResult<()> {
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = catch_unwind(AssertUnwindSafe(|| write(&mut *writer)));
        let written = written.unwrap_or_else(|_| Err(io::Error::other("the program's writer panicked")));
        written.map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => StreamError::Closed,
            _ => StreamError::LastOperationFailed(error.into()),
        })
    }
}

impl IsTerminal for Writer {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Writer {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        // For the functions of WASI's later versions, which plug-ins do not have.
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(Self(Arc::clone(&self.0)))
    }
}

impl OutputStream for Writer {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.with(|writer| writer.write_all(&bytes))
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.with(|writer| writer.flush())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(PIECE)
    }
}

#[async_trait]
impl Pollable for Writer {
    async fn ready(&mut self) {}
}
