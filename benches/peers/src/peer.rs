use std::{env, process::Command};

use clap::ValueEnum;
use peers_work::{Guest, Result, Start, Work};

use crate::{compat, component, native, official, ours, raw};

/// A runtime that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Peer {
    /// extism-runtime.
    Ours,
    /// extism-runtime with a guest by `extism-guest`.
    Guest,
    /// The official runtime.
    Extism,
    /// A component by `wit-bindgen` under wasmtime, through its typed API.
    Component,
    /// A component that was written by hand.
    ByHand,
    /// wasmtime itself.
    Wasmtime,
    /// No plug-in: a function in Rust.
    Native,
    /// extism-runtime by the API of the crate `extism`.
    Compat,
}

impl Peer {
    /// The columns of the table.
    pub const ALL: [Self; 7] =
        [Self::Ours, Self::Guest, Self::Extism, Self::Component, Self::ByHand, Self::Wasmtime, Self::Native];

    /// Returns the title of its column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "extism-runtime",
            Self::Guest => "with extism-guest",
            Self::Extism => "extism 1.41",
            Self::Component => "component",
            Self::ByHand => "component, by hand",
            Self::Wasmtime => "wasmtime",
            Self::Native => "native",
            Self::Compat => "this crate",
        }
    }

    /// Compiles the guest that does this work; `None` if the peer does not support it.
    pub fn prepare(self, work: Work) -> Result<Option<Start>> {
        match self {
            Self::Ours => ours::prepare(work),
            Self::Guest if work.guest() == Some(Guest::Pdk) => ours::prepare(work.by(Guest::Ours)),
            Self::Guest => Ok(None),
            Self::Extism => official::prepare(work),
            Self::Component => component::prepare(work),
            Self::ByHand => component::prepare_by_hand(work),
            Self::Wasmtime => raw::prepare(work),
            Self::Native => Ok(native::prepare(work)),
            Self::Compat => compat::prepare(work),
        }
    }

    /// Returns the program that does work of the peer in a process of its own, with the first arguments: `command`, which
    /// is `hold` or `repeat`, and the work. `None` if the peer has no such program on this machine.
    pub fn command(self, command: &str, work: Work) -> Result<Option<Command>> {
        let mut process = match self {
            Self::Extism => match official::command(work)? {
                Some(process) => process,
                None => return Ok(None),
            },
            _ => Command::new(env::current_exe()?),
        };
        process.arg(command);
        if self != Self::Extism {
            process.args(self.to_possible_value().map(|value| value.get_name().to_owned()));
        }
        process.arg(work.to_string());
        Ok(Some(process))
    }
}
