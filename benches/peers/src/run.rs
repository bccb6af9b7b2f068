//! Runs the measurements, one after the other.

use clap::ValueEnum;
use peers_work::{Result, hold::Memory};

use crate::{
    crates, instructions,
    measure::{Effort, Stat, compare},
    memory, pairs,
    peer::Peer,
    plugins,
    rows::{COMPATIBLE, INSTRUCTIONS, MEMORY, Row, TIMES},
    table::{Line, Unit, markdown, print},
};

/// The folder of the workspace, for `cargo tree`.
const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// A part of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The time of the same work by all peers.
    Peers,
    /// Memory of idle instances, and numbers of crates.
    Memory,
    /// Pairs: what a server pays, and what bulk copies save.
    Pairs,
    /// Two threads over one.
    Threads,
    /// Many plug-ins in one process.
    Plugins,
    /// The API of the crate `extism` on both runtimes.
    Compat,
    /// Instructions, counted by valgrind. Only if it is named.
    Instructions,
}

impl Part {
    /// What runs by default.
    const DEFAULT: [Self; 6] = [Self::Peers, Self::Memory, Self::Pairs, Self::Threads, Self::Plugins, Self::Compat];
}

/// Measures and prints the parts, or the default ones: the lines that contain `filter`.
pub fn table(parts: &[Part], filter: &str, effort: Effort) -> Result<()> {
    let selection = Selection { filter, effort };
    for part in if parts.is_empty() { &Part::DEFAULT[..] } else { parts } {
        match part {
            Part::Peers => print(&times(&selection)),
            Part::Memory => print(&[idle_memory(&selection)?, crate_counts(&selection)?].concat()),
            Part::Pairs => pairs::table(filter, effort)?,
            Part::Threads => pairs::scaling(filter, effort)?,
            Part::Plugins => plugins::table(filter)?,
            Part::Compat => compatible(&selection)?,
            Part::Instructions => print(&instruction_counts(&selection)?),
        }
    }
    Ok(())
}

/// The measurements to make.
struct Selection<'a> {
    filter: &'a str,
    effort: Effort,
}

impl Selection<'_> {
    fn wants(&self, label: &str) -> bool {
        let wants = label.contains(self.filter);
        if wants {
            eprintln!("{label}");
        }
        wants
    }
}

/// Returns what each peer gives.
fn each<T>(measure: impl Fn(Peer) -> Result<Option<T>>) -> Result<Vec<Option<T>>> {
    Peer::ALL.iter().map(|peer| measure(*peer)).collect()
}

fn times(selection: &Selection<'_>) -> Vec<Line> {
    let line = |row: &Row| -> Result<Line> {
        let stats = compare(&each(|peer| peer.prepare(row.work))?, selection.effort)?;
        Ok(Line::new(row.label, Unit::Nanoseconds, stats, row.targets))
    };
    let rows = TIMES.iter().filter(|row| selection.wants(row.label));
    // A row that fails does not take the others along.
    rows.filter_map(|row| line(row).map_err(|error| eprintln!("{}: {error}", row.label)).ok()).collect()
}

fn idle_memory(selection: &Selection<'_>) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for row in MEMORY {
        let label = format!("memory of an idle instance, {}", row.label);
        if !selection.wants(&label) {
            continue;
        }
        let holds_instances = |peer| !matches!(peer, Peer::Wasmtime | Peer::Native);
        let measured = each(|peer| if holds_instances(peer) { memory::measure(peer, row.work) } else { Ok(None) })?;
        let stats = |of: fn(&Memory) -> f64| -> Vec<_> {
            measured.iter().map(|memory| memory.as_ref().map(|memory| Stat::exact(of(memory)))).collect()
        };
        lines.push(Line::new(label, Unit::Kibibytes, stats(|m| m.proportional), row.targets));
        let label = format!("page tables of an idle instance, {}", row.label);
        lines.push(Line::new(label, Unit::Kibibytes, stats(|m| m.tables), &[]));
    }
    Ok(lines)
}

fn instruction_counts(selection: &Selection<'_>) -> Result<Vec<Line>> {
    if !instructions::available() {
        return Err("valgrind is not installed, so no instructions are counted".into());
    }
    let line = |row: &Row| -> Result<Line> {
        let stats = each(|peer| Ok(instructions::measure(peer, row.work)?.map(Stat::exact)))?;
        Ok(Line::new(format!("instructions: {}", row.label), Unit::Instructions, stats, row.targets))
    };
    INSTRUCTIONS.iter().filter(|row| selection.wants(row.label)).map(line).collect()
}

fn crate_counts(selection: &Selection<'_>) -> Result<Vec<Line>> {
    if !selection.wants("crates") {
        return Ok(Vec::new());
    }
    let default = crates::count(WORKSPACE, "extism-runtime", &[])?;
    let least = crates::count(WORKSPACE, "extism-runtime", &["--no-default-features"])?;
    let line = |(label, ours, limit): (&str, f64, f64)| {
        let number = |peer| (peer == Peer::Ours).then(|| Stat::exact(ours));
        let mut line = Line::new(label, Unit::Crates, Peer::ALL.map(number).to_vec(), &[]);
        line.own_target = Some((format!("{limit}"), ours <= limit));
        line
    };
    let rows = [("crates, default features", default, 235.0), ("crates, no default features", least, 120.0)];
    Ok(rows.map(line).to_vec())
}

/// Compares the API of the crate `extism` on the official runtime and on ours.
fn compatible(selection: &Selection<'_>) -> Result<()> {
    let mut lines = Vec::new();
    for row in COMPATIBLE.iter().filter(|row| selection.wants(row.label)) {
        let peers = [Peer::Extism, Peer::Compat, Peer::Ours].map(|peer| peer.prepare(row.work));
        let stats = compare(&peers.into_iter().collect::<Result<Vec<_>>>()?, selection.effort)?;
        let cells = stats.iter().map(|stat| stat.map_or(String::new(), |stat| Unit::Nanoseconds.cell(stat)));
        let ratio = match stats[..] {
            [Some(official), Some(ours), ..] => format!("{:.1}", official.median / ours.median),
            _ => String::new(),
        };
        lines.push([row.label.to_owned()].into_iter().chain(cells).chain([ratio]).collect());
    }
    let names = [Peer::Extism, Peer::Compat, Peer::Ours].map(Peer::name);
    let header = ["", names[0], names[1], names[2], "times as fast"].map(str::to_owned);
    markdown(&header, 4, lines.into_iter());
    Ok(())
}
