//! Pairs of measurements. The target of the second is relative to the first.

mod copies;
mod placed;
mod server;

use peers_work::{Result, Start};

use crate::{
    measure::{Compared, Effort, pair, pair_on_two_threads, threads},
    table::{Unit, markdown, reached, time},
};

/// A target of the second work.
#[derive(Clone, Copy, Debug)]
enum Target {
    /// The second may take this many nanoseconds more than the first.
    Added(f64),
    /// The second may take this many nanoseconds more than the first, or this share more.
    AddedOrShare(f64, f64),
    /// The second may take this many times as long as the first.
    Times(f64),
    /// The first must take at least this many times as long as the second.
    Faster(f64),
    /// Only shown.
    None,
}

/// How the two are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum On {
    OneThread,
    /// Each on two threads at once.
    TwoThreads,
}

/// Two works that take turns.
struct Pair {
    first: Start,
    second: Start,
    on: On,
    /// How many calls each is at once.
    at_once: f64,
    target: Target,
}

impl Pair {
    fn new(first: Start, second: Start, target: Target) -> Self {
        Self { first, second, on: On::OneThread, at_once: 1.0, target }
    }
}

/// A line of the table: what is compared, and how to make it.
struct Row {
    label: &'static str,
    make: fn() -> Result<Pair>,
}

/// Measures and prints the pairs whose label contains `filter`.
pub fn table(filter: &str, effort: Effort) -> Result<()> {
    let rows = server::ROWS.iter().chain(copies::ROWS).filter(|row| row.label.contains(filter));
    let lines = rows.filter_map(|row| {
        // One that fails does not take the others along.
        line(row, effort).map_err(|error| eprintln!("{}: {error}", row.label)).ok()
    });
    let lines: Vec<_> = lines.collect();
    let header = ["second over first", "first", "second", "compared", "target", ""].map(str::to_owned);
    markdown(&header, 4, lines.into_iter());
    Ok(())
}

fn line(row: &Row, effort: Effort) -> Result<Vec<String>> {
    eprintln!("{}", row.label);
    let Pair { first, second, on, at_once, target } = (row.make)()?;
    let compared = match on {
        On::OneThread => pair(first, second, at_once, effort)?,
        On::TwoThreads => pair_on_two_threads(&first, &second, effort)?,
    };
    let (words, verdict) = judge(compared, target);
    let [shown, target] = words;
    let cell = |stat| Unit::Nanoseconds.cell(stat);
    Ok(vec![row.label.to_owned(), cell(compared.first), cell(compared.second), shown, target, verdict.to_owned()])
}

/// Returns the comparison and the target as text, and whether it is reached.
fn judge(Compared { first, difference, ratio, .. }: Compared, target: Target) -> ([String; 2], &'static str) {
    let added = format!("{:+.1} ±{:.1} ns", difference.median, difference.spread);
    let times = format!("{:.3} ±{:.3}", ratio.median, ratio.spread);
    let faster = 1.0 / ratio.median;
    match target {
        Target::Added(limit) => ([added, format!("+{limit} ns")], reached(difference.median <= limit)),
        Target::AddedOrShare(limit, share) => {
            let holds = difference.median <= limit.max(share * first.median);
            ([added, format!("+{limit} ns or {:.0}%", share * 100.0)], reached(holds))
        }
        Target::Times(limit) => ([times, format!("{limit}")], reached(ratio.median <= limit)),
        Target::Faster(limit) => ([format!("1/{faster:.2}"), format!("1/{limit}")], reached(faster >= limit)),
        Target::None => ([times, String::new()], ""),
    }
}

/// How many times as many calls two threads must complete as one.
const SCALING: f64 = 1.9;

/// Measures and prints how calls scale over two threads.
pub fn scaling(filter: &str, effort: Effort) -> Result<()> {
    let mut lines = Vec::new();
    for (label, make) in server::THREADS.iter().filter(|(label, _)| label.contains(filter)) {
        eprintln!("2 threads: {label}");
        let Some(measured) = threads(&[Some(make()?)], effort)?.pop().flatten() else { continue };
        let scaling = measured.scaling;
        lines.push(vec![
            (*label).to_owned(),
            time(measured.one.median),
            time(measured.two.median),
            format!("{:.2} ±{:.2}", scaling.median, scaling.spread),
            SCALING.to_string(),
            reached(scaling.median >= SCALING).to_owned(),
        ]);
    }
    let header = ["threads", "between calls, one", "two", "times as many", "target", ""].map(str::to_owned);
    markdown(&header, 4, lines.into_iter());
    Ok(())
}
