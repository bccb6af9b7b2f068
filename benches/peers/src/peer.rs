use std::{
    error::Error,
    time::{Duration, Instant},
};

use clap::ValueEnum;

use crate::{component, official, ours, raw, work::Work};

// The macros of the `extism` crate name `Result` unqualified, with two arguments.
pub type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// Does a piece of work so many times, and says how long that took.
pub type Batch = Box<dyn FnMut(u32) -> Result<Duration>>;

/// Makes an instance that is ready to work. Threads share it.
pub type Start = Box<dyn Fn() -> Result<Batch> + Send + Sync>;

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Peer {
    /// extism-runtime.
    Ours,
    /// The official runtime.
    Extism,
    /// A component under wasmtime, through its typed API.
    Component,
    /// wasmtime itself.
    Wasmtime,
}

impl Peer {
    pub const ALL: [Self; 4] = [Self::Ours, Self::Extism, Self::Component, Self::Wasmtime];

    /// As a column's title.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "extism-runtime",
            Self::Extism => "extism 1.30",
            Self::Component => "component",
            Self::Wasmtime => "wasmtime",
        }
    }

    /// Compiles the guest that does this work; none where the peer has nothing like it.
    pub fn prepare(self, work: Work) -> Result<Option<Start>> {
        match self {
            Self::Ours => ours::prepare(work).map(Some),
            Self::Extism => official::prepare(work).map(Some),
            Self::Component => component::prepare(work),
            Self::Wasmtime => raw::prepare(work),
        }
    }
}

/// Times a piece of work done so many times.
pub fn timed(count: u32, mut once: impl FnMut() -> Result<()>) -> Result<Duration> {
    let start = Instant::now();
    for _ in 0..count {
        once()?;
    }
    Ok(start.elapsed())
}
