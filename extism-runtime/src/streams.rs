//! What a plug-in sees through WASI beyond files: its standard streams, environment, arguments, clock and seed.

use std::{
    collections::BTreeMap,
    io::{self, Read, Write},
    sync::{Arc, Mutex},
    task::Waker,
};

use crate::clock::ClockFactory;

/// The destination of a plug-in's WASI output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WasiOutput {
    /// Nowhere.
    #[default]
    Discard,
    /// Standard output to the process's standard output, standard error to the process's standard error.
    Inherit,
    /// Both to the process's standard error, so that its standard output remains free for the process.
    Stderr,
}

impl From<bool> for WasiOutput {
    fn from(inherit: bool) -> Self {
        if inherit { Self::Inherit } else { Self::Discard }
    }
}

/// The standard streams of a plug-in.
#[derive(Default)]
pub(crate) struct Streams {
    pub(crate) input: Input,
    pub(crate) output: Output,
    pub(crate) error: Output,
}

impl Streams {
    /// Sets both outputs.
    pub(crate) fn set_output(&mut self, output: WasiOutput) {
        (self.output, self.error) = match output {
            WasiOutput::Discard => (Output::Discard, Output::Discard),
            WasiOutput::Inherit => (Output::Stdout, Output::Stderr),
            WasiOutput::Stderr => (Output::Stderr, Output::Stderr),
        };
    }
}

/// Where standard input comes from.
#[derive(Default)]
pub(crate) enum Input {
    /// There is none.
    #[default]
    Empty,
    /// Each instance reads these bytes from their start.
    Bytes(Arc<[u8]>),
    /// All instances read from this; what one has read, no other gets.
    Reader(Arc<Mutex<ReaderState>>),
}

/// A reader, as all instances of a plug-in share it.
pub(crate) struct ReaderState {
    /// `None` while a thread reads, and once the reader has panicked.
    pub(crate) reader: Option<Box<dyn Read + Send>>,
    /// What was read and nobody has taken yet.
    pub(crate) bytes: Vec<u8>,
    /// How the last reading ended, if nobody knows it yet.
    pub(crate) failed: Option<io::Error>,
    /// Whether there is no more.
    pub(crate) ended: bool,
    /// Who waits for it.
    pub(crate) waiting: Vec<Waker>,
}

impl Input {
    pub(crate) fn of_reader(reader: impl Read + Send + 'static) -> Self {
        let reader: Box<dyn Read + Send> = Box::new(reader);
        Self::Reader(Arc::new(Mutex::new(ReaderState {
            reader: Some(reader),
            bytes: Vec::new(),
            failed: None,
            ended: false,
            waiting: Vec::new(),
        })))
    }
}

/// Where standard output or error goes.
#[derive(Clone, Default)]
pub(crate) enum Output {
    #[default]
    Discard,
    /// The process's standard output.
    Stdout,
    /// The process's standard error.
    Stderr,
    /// What all instances share.
    Writer(Arc<Mutex<dyn Write + Send>>),
}

impl Output {
    pub(crate) fn of_writer(writer: impl Write + Send + 'static) -> Self {
        Self::Writer(Arc::new(Mutex::new(writer)))
    }
}

/// What a plug-in sees through WASI beyond files.
#[derive(Default)]
pub(crate) struct WasiOptions {
    pub(crate) streams: Streams,
    /// The environment variables, in alphabetical order.
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) args: Vec<String>,
    /// The clocks that are read instead of the system's.
    pub(crate) clock: Option<ClockFactory>,
    /// What random numbers are derived from; the system's random numbers if it is not set.
    pub(crate) seed: Option<u64>,
}
