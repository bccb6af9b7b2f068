//! A connection on which reads and writes end at the deadline and soon after a cancellation.
//!
//! The HTTP library's own transport has timeouts but cannot be cancelled. The library's extension points are
//! not covered by its compatibility promise, so this module relies only on the few used here, unchanged since 3.0.

use std::{
    io::{self, Read as _, Write as _},
    net::TcpStream,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ureq::{
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{ResolvedSocketAddrs, Resolver},
        transport::{Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport},
    },
};

use super::wait::Wait;

/// Provides a connection that is already open, once.
#[derive(Debug)]
pub(super) struct Connected {
    stream: Mutex<Option<TcpStream>>,
    wait: Arc<Wait>,
}

impl Connected {
    pub(super) fn new(stream: TcpStream, wait: Arc<Wait>) -> Self {
        Self { stream: Mutex::new(Some(stream)), wait }
    }
}

impl Connector<()> for Connected {
    type Out = WaitingTransport;

    fn connect(&self, details: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<Self::Out>, ureq::Error> {
        let Some(stream) = self.stream.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return Ok(None);
        };
        stream.set_nodelay(true)?;
        let buffers = LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(WaitingTransport { stream, buffers, wait: Arc::clone(&self.wait), slice: None }))
    }
}

/// Resolves nothing, as the connection is already open.
#[derive(Debug)]
pub(super) struct Resolved;

impl Resolver for Resolved {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        Ok(self.empty())
    }
}

/// A connection that waits in slices.
#[derive(Debug)]
pub(super) struct WaitingTransport {
    stream: TcpStream,
    buffers: LazyBuffers,
    wait: Arc<Wait>,
    /// The socket's current timeout.
    slice: Option<Duration>,
}

impl WaitingTransport {
    /// Checks whether to go on, and sets the socket's timeouts.
    fn prepare(&mut self) -> io::Result<()> {
        let slice = Some(self.wait.io_slice()?);
        if self.slice != slice {
            self.stream.set_read_timeout(slice)?;
            self.stream.set_write_timeout(slice)?;
            self.slice = slice;
        }
        Ok(())
    }
}

impl Transport for WaitingTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), ureq::Error> {
        let mut sent = 0;
        while sent < amount {
            self.prepare()?;
            let rest = self.buffers.output().get(sent..amount).unwrap_or_default();
            match self.stream.write(rest) {
                Ok(0) => return Err(io::Error::from(io::ErrorKind::WriteZero).into()),
                Ok(written) => {
                    self.wait.sent(written);
                    sent += written;
                }
                Err(error) if is_slice_over(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, ureq::Error> {
        loop {
            self.prepare()?;
            match self.stream.read(self.buffers.input_append_buf()) {
                Ok(read) => {
                    self.wait.received(read);
                    self.buffers.input_appended(read);
                    return Ok(read > 0);
                }
                Err(error) if is_slice_over(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn is_open(&mut self) -> bool {
        // Connections are not reused.
        false
    }
}

/// Returns whether nothing arrived in this slice; systems use different error kinds for that.
fn is_slice_over(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted)
}
