//! Prints tables, in Markdown.

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
    pub fn show(self, value: f64) -> String {
        match self {
            Self::Nanoseconds => time(value),
            Self::Kibibytes => format!("{value:.0} KiB"),
            Self::Instructions => format!("{value:.0}"),
            Self::Times => format!("{value:.2} ×"),
            Self::Crates => format!("{value}"),
        }
    }

    /// Formats a median, and its spread in percent.
    pub fn cell(self, stat: Stat) -> String {
        match stat.share() {
            0.0 => self.show(stat.median),
            share => format!("{} ±{:.0}%", self.show(stat.median), share * 100.0),
        }
    }
}

/// Formats a time in nanoseconds, with three digits.
pub fn time(nanoseconds: f64) -> String {
    let (value, unit) = match nanoseconds {
        n if n < 1e3 => (n, "ns"),
        n if n < 1e6 => (n / 1e3, "us"),
        n if n < 1e9 => (n / 1e6, "ms"),
        n => (n / 1e9, "s"),
    };
    let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.digits$} {unit}")
}

/// Formats whether a target is reached.
pub fn reached(reached: bool) -> &'static str {
    if reached { "yes" } else { "**no**" }
}

/// A line: the numbers of the peers, in the order of [`Peer::ALL`].
#[derive(Clone)]
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
        let mut cells = vec![self.label.clone()];
        cells.extend(self.stats.iter().map(|stat| stat.map_or(String::new(), |stat| self.unit.cell(stat))));
        let (targets, verdicts) = self.verdicts();
        cells.extend([targets, verdicts]);
        cells
    }

    /// The targets with the ratios, and whether they are met.
    fn verdicts(&self) -> (String, String) {
        let ratios = self.targets.iter().filter_map(|(peer, limit)| {
            let ratio = self.ratio(*peer)?;
            let words = match peer {
                Peer::Extism => format!("1/{:.0} of extism: 1/{:.1}", 1.0 / limit, 1.0 / ratio),
                peer => format!("{limit} of {}: {ratio:.2}", peer.name()),
            };
            Some((words, ratio <= *limit))
        });
        let (targets, verdicts): (Vec<_>, Vec<_>) = ratios.chain(self.own_target.clone()).unzip();
        let verdicts: Vec<_> = verdicts.into_iter().map(reached).collect();
        (targets.join("; "), verdicts.join("; "))
    }
}

/// Prints the lines as one table.
pub fn print(lines: &[Line]) {
    let mut header = vec!["work".to_owned()];
    header.extend(Peer::ALL.map(|peer| peer.name().to_owned()));
    header.extend(["target: reached", ""].map(str::to_owned));
    markdown(&header, Peer::ALL.len(), lines.iter().map(Line::cells));
}

/// Prints a table. `numbers` is the number of columns with numbers, which come after the first column.
pub fn markdown(header: &[String], numbers: usize, rows: impl Iterator<Item = Vec<String>>) {
    let rows: Vec<Vec<String>> = std::iter::once(header.to_vec()).chain(rows).collect();
    if rows.len() == 1 {
        return;
    }
    println!();
    for (number, row) in rows.iter().enumerate() {
        println!("| {} |", row.join(" | "));
        if number == 0 {
            let rule = (0..row.len()).map(|at| if (1..=numbers).contains(&at) { "---:" } else { "---" });
            println!("| {} |", rule.collect::<Vec<_>>().join(" | "));
        }
    }
}
