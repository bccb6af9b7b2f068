use clap::ValueEnum;

use crate::{
    batch::{Result, Start},
    component, official, ours, raw,
    work::Work,
};

/// A runtime that is measured.
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

    /// Returns the title of its column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "extism-runtime",
            Self::Extism => "extism 1.30",
            Self::Component => "component",
            Self::Wasmtime => "wasmtime",
        }
    }

    /// Compiles the guest that does this work; `None` if the peer does not support it.
    pub fn prepare(self, work: Work) -> Result<Option<Start>> {
        match self {
            Self::Ours => ours::prepare(work).map(Some),
            Self::Extism => official::prepare(work).map(Some),
            Self::Component => component::prepare(work),
            Self::Wasmtime => raw::prepare(work),
        }
    }
}
