//! The same guests under extism-runtime, the official Extism runtime, and (the same work) as a component under
//! wasmtime: one table of medians and ratios. See `benches/README.md`.

mod batch;
mod chart;
mod component;
mod crates;
mod instructions;
mod measure;
mod memory;
mod official;
mod ours;
mod peer;
mod plot;
mod raw;
mod rows;
mod run;
mod table;
mod work;

use std::{path::PathBuf, time::Duration};

use clap::{Parser, Subcommand};

use crate::{batch::Result, measure::Effort, peer::Peer, work::Work};

/// Compares extism-runtime with the official runtime, a component, and wasmtime itself.
#[derive(Debug, Parser)]
struct Arguments {
    /// Samples of each peer and work.
    #[arg(long, default_value_t = 60, global = true)]
    rounds: u32,
    /// The duration of a sample, in milliseconds.
    #[arg(long, default_value_t = 4, global = true)]
    sample_ms: u64,
    /// The maximum duration of all samples of a line, in seconds; there are at least five of each, though.
    #[arg(long, default_value_t = 12, global = true)]
    budget: u64,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prints the whole table (the default).
    Table {
        /// Only the lines that contain this text.
        #[arg(long, default_value = "")]
        filter: String,
    },
    /// Draws latency and throughput over the payload's size.
    Plot {
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
    /// Does a piece of work this many times, for profilers.
    Repeat {
        /// The peer.
        peer: Peer,
        /// The work: `echo:64`, `empty`, `instance`, ..
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
    match arguments.command.unwrap_or(Command::Table { filter: String::new() }) {
        Command::Table { filter } => run::table(&filter, effort),
        Command::Plot { directory } => plot::draw(&directory, effort),
        Command::Hold { peer, work } => memory::hold(peer, work),
        Command::Repeat { peer, work, times } => instructions::repeat(peer, work, times),
    }
}
