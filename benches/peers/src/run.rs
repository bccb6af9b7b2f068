//! Runs all the measurements, one after the other.

use crate::{
    batch::Result,
    crates, instructions,
    measure::{Effort, Stat, compare, threads},
    memory::{self, exact},
    ours,
    peer::Peer,
    rows::{INSTRUCTIONS, MEMORY, Row, SCALING, THREADS, TIMES},
    table::{Line, Unit, print},
};

/// The folder of the workspace and that of the peers, for `cargo tree`.
const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const PEERS: &str = env!("CARGO_MANIFEST_DIR");

/// Measures and prints the lines that contain `filter`.
pub fn table(filter: &str, effort: Effort) -> Result<()> {
    let mut lines = Vec::new();
    let kinds: [fn(&Selection<'_>, &mut Vec<Line>) -> Result<()>; 6] =
        [times, typed_client, two_threads, idle_memory, instruction_counts, crate_counts];
    for kind in kinds {
        kind(&Selection { filter, effort }, &mut lines)?;
    }
    print(&lines);
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

fn times(selection: &Selection<'_>, lines: &mut Vec<Line>) -> Result<()> {
    for row in TIMES.iter().filter(|row| selection.wants(row.label)) {
        let starts: Vec<_> = Peer::ALL.iter().map(|peer| peer.prepare(row.work)).collect::<Result<_>>()?;
        let stats = compare(&starts, selection.effort)?;
        lines.push(Line::new(row.label, Unit::Nanoseconds, stats, row.targets));
    }
    Ok(())
}

/// Measures the overhead of a typed client over a handle.
fn typed_client(selection: &Selection<'_>, lines: &mut Vec<Line>) -> Result<()> {
    let label = "echo, 64 B of text, by a typed client";
    if !selection.wants(label) {
        return Ok(());
    }
    let stats = compare(&ours::handle_and_client()?.map(Some), selection.effort)?;
    let [Some(handle), Some(client)] = stats[..] else { return Err("nothing was measured".into()) };
    let added = client.median - handle.median;
    let words = format!("{added:+.1} ns to a handle's {:.1} ns, ≤ 2% or 3 ns", handle.median);
    let mut line = Line::new(label, Unit::Nanoseconds, vec![Some(client), None, None, None], &[]);
    line.own_target = Some((words, added <= 3.0 || added <= 0.02 * handle.median));
    lines.push(line);
    Ok(())
}

fn two_threads(selection: &Selection<'_>, lines: &mut Vec<Line>) -> Result<()> {
    for row in THREADS {
        let label = format!("2 threads: {}", row.label);
        if !selection.wants(&label) {
            continue;
        }
        let starts: Vec<_> = Peer::ALL.iter().map(|peer| peer.prepare(row.work)).collect::<Result<_>>()?;
        let measured = threads(&starts, selection.effort)?;
        let stats = |of: fn(&crate::measure::Threads) -> Stat| -> Vec<_> {
            measured.iter().map(|threads| threads.as_ref().map(of)).collect()
        };
        lines.push(Line::new(format!("1 thread: {}", row.label), Unit::Nanoseconds, stats(|t| t.one), &[]));
        lines.push(Line::new(label, Unit::Nanoseconds, stats(|t| t.two), &[]));
        let scaling = stats(|t| t.scaling);
        let holds = scaling.first().copied().flatten().is_some_and(|stat| stat.median >= SCALING);
        let mut line = Line::new("calls per second, 2 threads over 1", Unit::Times, scaling, &[]);
        line.own_target = Some((format!("≥ {SCALING} ×"), holds));
        lines.push(line);
    }
    Ok(())
}

fn idle_memory(selection: &Selection<'_>, lines: &mut Vec<Line>) -> Result<()> {
    for row in MEMORY {
        let label = format!("memory of an idle instance, {}", row.label);
        if !selection.wants(&label) {
            continue;
        }
        let measured = each_but_wasmtime(|peer| memory::measure(peer, row.work))?;
        let stats = |of: fn(&memory::Memory) -> f64| -> Vec<_> {
            measured.iter().map(|memory| memory.as_ref().map(|memory| exact(of(memory)))).collect()
        };
        lines.push(Line::new(label.clone(), Unit::Kibibytes, stats(|m| m.proportional), row.targets));
        let label = label.replace("memory", "the same, shared pages counted every time,");
        lines.push(Line::new(label, Unit::Kibibytes, stats(|m| m.resident), &[]));
        let label = format!("page tables of an idle instance, {}", row.label);
        lines.push(Line::new(label, Unit::Kibibytes, stats(|m| m.tables), &[]));
    }
    Ok(())
}

fn instruction_counts(selection: &Selection<'_>, lines: &mut Vec<Line>) -> Result<()> {
    if !instructions::available() {
        eprintln!("valgrind is not installed, so no instructions are counted");
        return Ok(());
    }
    for row in INSTRUCTIONS {
        let label = format!("instructions: {}", row.label);
        if selection.wants(&label) {
            let stats = counted(row)?;
            lines.push(Line::new(label, Unit::Instructions, stats, row.targets));
        }
    }
    Ok(())
}

fn counted(row: &Row) -> Result<Vec<Option<Stat>>> {
    let count = |peer: &Peer| -> Result<Option<Stat>> {
        match peer.prepare(row.work)? {
            Some(_) => instructions::measure(*peer, row.work).map(|count| Some(exact(count))),
            None => Ok(None),
        }
    };
    Peer::ALL.iter().map(count).collect()
}

fn crate_counts(selection: &Selection<'_>, lines: &mut Vec<Line>) -> Result<()> {
    if !selection.wants("crates") {
        return Ok(());
    }
    let default = crates::count(WORKSPACE, "extism-runtime", &[])?;
    let least = crates::count(WORKSPACE, "extism-runtime", &["--no-default-features"])?;
    let extism = crates::count(PEERS, "extism", &[])?;
    for (label, ours, limit, extism) in [
        ("crates, default features", default, 235.0, Some(extism)),
        ("crates, no default features", least, 120.0, None),
    ] {
        let stats = vec![Some(exact(ours)), extism.map(exact), None, None];
        let mut line = Line::new(label, Unit::Crates, stats, &[]);
        line.own_target = Some((format!("≤ {limit}"), ours <= limit));
        lines.push(line);
    }
    Ok(())
}

fn each_but_wasmtime<T>(measure: impl Fn(Peer) -> Result<T>) -> Result<Vec<Option<T>>> {
    Peer::ALL.iter().map(|peer| (*peer != Peer::Wasmtime).then(|| measure(*peer)).transpose()).collect()
}
