//! Prints the table, in Markdown.

use crate::{measure::Stat, peer::Peer, rows::Target};

/// The unit of a line's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Nanoseconds,
    Kibibytes,
    Instructions,
    /// A factor.
    Times,
    Crates,
}

impl Unit {
    fn show(self, value: f64) -> String {
        match self {
            Self::Nanoseconds => time(value),
            Self::Kibibytes => format!("{value:.0} KiB"),
            Self::Instructions => format!("{value:.0}"),
            Self::Times => format!("{value:.2} ×"),
            Self::Crates => format!("{value}"),
        }
    }
}

/// Formats a time in nanoseconds, with three digits.
pub fn time(nanoseconds: f64) -> String {
    let (value, unit) = match nanoseconds {
        n if n < 1e3 => (n, "ns"),
        n if n < 1e6 => (n / 1e3, "µs"),
        n if n < 1e9 => (n / 1e6, "ms"),
        n => (n / 1e9, "s"),
    };
    let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.digits$} {unit}")
}

/// A line: the numbers of the peers, in the order of [`Peer::ALL`].
pub struct Line {
    pub label: String,
    pub unit: Unit,
    pub stats: Vec<Option<Stat>>,
    /// The targets of the ratios.
    pub targets: Vec<Target>,
    /// The target of extism-runtime's own number, if it is not a ratio: its text, and whether it is met.
    pub own_target: Option<(String, bool)>,
}

impl Line {
    pub fn new(label: impl Into<String>, unit: Unit, stats: Vec<Option<Stat>>, targets: &[Target]) -> Self {
        Self { label: label.into(), unit, stats, targets: targets.to_vec(), own_target: None }
    }

    fn median(&self, peer: Peer) -> Option<f64> {
        let place = Peer::ALL.iter().position(|other| *other == peer)?;
        Some(self.stats.get(place)?.as_ref()?.median)
    }

    /// Returns the ratio of extism-runtime's number to the peer's.
    fn ratio(&self, peer: Peer) -> Option<f64> {
        let (ours, theirs) = (self.median(Peer::Ours)?, self.median(peer)?);
        (self.unit != Unit::Times && theirs > 0.0).then(|| ours / theirs)
    }

    fn cells(&self) -> Vec<String> {
        let stat = |stat: &Option<Stat>| match stat {
            None => String::new(),
            Some(stat) if stat.spread > 0.0 => {
                format!("{} ±{:.0}%", self.unit.show(stat.median), stat.spread * 100.0)
            }
            Some(stat) => self.unit.show(stat.median),
        };
        let mut cells = vec![self.label.clone()];
        cells.extend(self.stats.iter().map(stat));
        cells.push(self.ratio(Peer::Extism).map_or(String::new(), |ratio| format!("{:.1}", 1.0 / ratio)));
        for peer in [Peer::Component, Peer::Wasmtime] {
            cells.push(self.ratio(peer).map_or(String::new(), |ratio| format!("{ratio:.2}")));
        }
        cells.push(self.verdict());
        cells
    }

    /// The targets, and whether they are met.
    fn verdict(&self) -> String {
        let ratios = self.targets.iter().filter_map(|(peer, limit)| {
            let words = match peer {
                Peer::Extism => format!("extism ÷ ours ≥ {:.0}", 1.0 / limit),
                Peer::Component => format!("ours ÷ component ≤ {limit}"),
                _ => format!("ours ÷ wasmtime ≤ {limit}"),
            };
            Some((words, self.ratio(*peer)? <= *limit))
        });
        let all: Vec<_> = ratios
            .chain(self.own_target.clone())
            .map(|(words, holds)| format!("{words}: {}", if holds { "yes" } else { "**no**" }))
            .collect();
        all.join("; ")
    }
}

/// Prints the lines as one table.
pub fn print(lines: &[Line]) {
    let mut header = vec!["work".to_owned()];
    header.extend(Peer::ALL.map(|peer| peer.name().to_owned()));
    header.extend(["extism ÷ ours", "ours ÷ component", "ours ÷ wasmtime", "target"].map(str::to_owned));
    let rows: Vec<Vec<String>> = std::iter::once(header).chain(lines.iter().map(Line::cells)).collect();
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> =
        (0..columns).map(|at| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0)).collect();
    for (number, row) in rows.iter().enumerate() {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!(" {cell:width$} "));
        println!("|{}|", cells.collect::<Vec<_>>().join("|"));
        if number == 0 {
            let rule = widths.iter().enumerate().map(|(at, width)| match at {
                0 => format!(" {} ", "-".repeat(*width)),
                at if at + 1 == columns => format!(" {} ", "-".repeat(*width)),
                _ => format!(" {}: ", "-".repeat(width - 1)),
            });
            println!("|{}|", rule.collect::<Vec<_>>().join("|"));
        }
    }
}
