//! The same work under extism-runtime, the official Extism runtime, wasmtime components and as native code: tables of
//! medians, ratios and targets, and charts of how costs grow. See `benches/README.md`.

mod chart;
mod compat;
mod component;
mod crates;
mod growth;
mod instructions;
mod measure;
mod memory;
mod native;
mod official;
mod ours;
mod pairs;
mod peer;
mod plugins;
mod raw;
mod rows;
mod run;
mod table;

use std::{path::PathBuf, time::Duration};

use clap::{Parser, Subcommand};
use peers_work::{Result, Start, Work, hold};

use crate::{growth::Growth, measure::Effort, peer::Peer, plugins::From, run::Part};

/// Compares extism-runtime with the official runtime, components, wasmtime itself and native code.
#[derive(Debug, Parser)]
struct Arguments {
    /// Samples of each peer and work.
    #[arg(long, default_value_t = 60, global = true)]
    rounds: u32,
    /// The duration of a sample, in milliseconds.
    #[arg(long, default_value_t = 4, global = true)]
    sample_ms: u64,
    /// The maximum duration of all samples of a line, in seconds; there are at least five of each, though.
    #[arg(long, default_value_t = 8, global = true)]
    budget: u64,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prints the tables (the default).
    Table {
        /// The parts; all but the instructions if none is named.
        #[arg(long, value_delimiter = ',')]
        part: Vec<Part>,
        /// Only the lines that contain this text.
        #[arg(long, default_value = "")]
        filter: String,
    },
    /// Draws how costs grow.
    Growth {
        /// What grows; all by default.
        #[arg(long, value_delimiter = ',')]
        of: Vec<Growth>,
        /// The folder for the SVG files.
        #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/plots"))]
        directory: PathBuf,
    },
    /// Holds a thousand idle instances, and prints what one takes: KiB resident (shared pages counted once),
    /// resident, page tables.
    Hold {
        /// The peer.
        peer: Peer,
        /// The work.
        work: Work,
    },
    /// Loads plug-ins that all differ, and prints the milliseconds and KiB of one.
    Plugins {
        /// The folder with the cache.
        cache: PathBuf,
        /// The number of plug-ins.
        number: u32,
        /// The number of threads.
        threads: u32,
        /// Where the modules come from.
        from: From,
    },
    /// Does a piece of work this many times, for profilers.
    Repeat {
        /// The peer.
        peer: Peer,
        /// The work: `call:pdk:echo:64`, `instance:c`, ..
        work: Work,
        /// The number of times.
        times: u32,
    },
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let effort = Effort {
        rounds: arguments.rounds,
        sample: Duration::from_millis(arguments.sample_ms),
        budget: Duration::from_secs(arguments.budget),
    };
    match arguments.command.unwrap_or(Command::Table { part: Vec::new(), filter: String::new() }) {
        Command::Table { part, filter } => run::table(&part, &filter, effort),
        Command::Growth { of, directory } => growth::draw(&of, &directory, effort),
        Command::Hold { peer, work } => hold::hold(&supported(peer, work)?),
        Command::Plugins { cache, number, threads, from } => plugins::load(&cache, number, threads, from),
        Command::Repeat { peer, work, times } => supported(peer, work)?()?(times).map(drop),
    }
}

fn supported(peer: Peer, work: Work) -> Result<Start> {
    peer.prepare(work)?.ok_or_else(|| "the peer does not support this work".into())
}
