//! The results.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "figures to be looked at"
)]

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// The intended outcome of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Echo,
    Large,
    Variable,
    Host,
    Wasi,
    Instance,
    Compile,
    Hungry,
    Fail,
    Error,
    Panic,
    Trap,
    Overflow,
    Greedy,
    Timeout,
    Cancel,
}

/// Each kind, and its description.
const KINDS: [(Kind, &str); 16] = [
    (Kind::Echo, "good"),
    (Kind::Large, "good, of a megabyte"),
    (Kind::Variable, "variable set and read"),
    (Kind::Host, "host function"),
    (Kind::Wasi, "WASI"),
    (Kind::Instance, "good, in a new instance"),
    (Kind::Compile, "good, compiled again"),
    (Kind::Hungry, "new instance, four megabytes"),
    (Kind::Fail, "plug-in's own error"),
    (Kind::Error, "host function's error"),
    (Kind::Panic, "host function's panic"),
    (Kind::Trap, "trap"),
    (Kind::Overflow, "stack overflow"),
    (Kind::Greedy, "out of memory"),
    (Kind::Timeout, "timeout"),
    (Kind::Cancel, "cancelled"),
];

/// The number of calls of each kind, and how many ended as expected, or not.
#[derive(Default)]
pub(crate) struct Counts([Count; KINDS.len()]);

#[derive(Default)]
struct Count {
    issued: AtomicU64,
    right: AtomicU64,
    wrong: AtomicU64,
}

impl Counts {
    pub(crate) fn issue(&self, kind: Kind) {
        self.0[kind as usize].issued.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn answer(&self, kind: Kind, right: bool) {
        let count = &self.0[kind as usize];
        (if right { &count.right } else { &count.wrong }).fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn answered(&self) -> u64 {
        self.0.iter().map(|count| count.right.load(Ordering::Relaxed) + count.wrong.load(Ordering::Relaxed)).sum()
    }
}

/// Durations of calls, by powers of the eighth root of two, from a nanosecond on.
#[derive(Clone)]
pub(crate) struct Histogram([u64; 8 * 40]);

impl Default for Histogram {
    fn default() -> Self {
        Self([0; 8 * 40])
    }
}

impl Histogram {
    pub(crate) fn add(&mut self, time: Duration) {
        let place = (time.as_nanos().max(1) as f64).log2() * 8.0;
        self.0[(place as usize).min(8 * 40 - 1)] += 1;
    }

    fn merge(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(sum, count)| *sum += count);
    }

    /// Returns the duration that this share of the calls did not exceed.
    fn percentile(&self, percent: f64) -> Duration {
        let wanted = (self.0.iter().sum::<u64>() as f64 * percent / 100.0).ceil() as u64;
        let mut seen = 0;
        let place = self.0.iter().position(|count| {
            seen += count;
            seen >= wanted
        });
        Duration::from_nanos(((place.unwrap_or(0) + 1) as f64 / 8.0).exp2() as u64)
    }
}

/// The process's memory in bytes, at equal intervals.
#[derive(Default)]
pub(crate) struct Memory(Vec<u64>);

impl Memory {
    /// Samples the memory on Linux; elsewhere, nothing.
    pub(crate) fn sample(&mut self) {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
        let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok());
        self.0.push(pages.unwrap_or(0) * 4096);
    }

    pub(crate) fn latest(&self) -> u64 {
        self.0.last().copied().unwrap_or(0)
    }

    /// Returns the means of the first quarter and of the last one.
    fn quarters(&self) -> (f64, f64) {
        let quarter = (self.0.len() / 4).max(1);
        let mean = |samples: &[u64]| samples.iter().sum::<u64>() as f64 / samples.len().max(1) as f64;
        (mean(&self.0[..quarter.min(self.0.len())]), mean(&self.0[self.0.len().saturating_sub(quarter)..]))
    }

    /// Returns the growth from the first quarter to the last.
    fn growth(&self) -> f64 {
        let (first, last) = self.quarters();
        if first == 0.0 { 0.0 } else { last / first - 1.0 }
    }
}

/// The whole report.
pub(crate) struct Report {
    threads: u64,
    time: Duration,
    memory: Memory,
    latencies: Histogram,
    /// For each kind: how many calls were made, ended as expected, or not.
    counts: Vec<(&'static str, u64, u64, u64)>,
}

impl Report {
    pub(crate) fn new(threads: u64, time: Duration, memory: Memory) -> Self {
        Self { threads, time, memory, latencies: Histogram::default(), counts: Vec::new() }
    }

    pub(crate) fn add(&mut self, latencies: &Histogram) {
        self.latencies.merge(latencies);
    }

    pub(crate) fn add_counts(&mut self, counts: &Counts) {
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let counts = KINDS.iter().map(|(kind, name)| (name, &counts.0[*kind as usize]));
        self.counts =
            counts.map(|(name, count)| (*name, load(&count.issued), load(&count.right), load(&count.wrong))).collect();
    }

    /// Returns the numbers of calls without exactly one output, and with a wrong one.
    fn lost_and_wrong(&self) -> (i64, u64) {
        let lost = self.counts.iter().map(|(_, issued, right, wrong)| *issued as i64 - (right + wrong) as i64).sum();
        (lost, self.counts.iter().map(|(.., wrong)| wrong).sum())
    }

    pub(crate) fn is_good(&self) -> bool {
        self.lost_and_wrong() == (0, 0) && self.memory.growth() < 0.05
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls: u64 = self.counts.iter().map(|(_, issued, ..)| issued).sum();
        writeln!(f, "\n{calls} calls on {} threads in {} s", self.threads, self.time.as_secs())?;
        for (name, issued, ..) in &self.counts {
            writeln!(f, "{issued:>12} {name}")?;
        }
        write!(f, "good calls took")?;
        for percent in [50.0, 90.0, 99.0, 99.9, 100.0] {
            write!(f, " {:?} ({percent}%)", self.latencies.percentile(percent))?;
        }
        let (first, last) = self.memory.quarters();
        let mebibytes = |bytes: f64| bytes / f64::from(1 << 20);
        writeln!(
            f,
            "\nmemory: {:.1} MiB in the first quarter, {:.1} MiB in the last, {:+.1}%",
            mebibytes(first),
            mebibytes(last),
            self.memory.growth() * 100.0
        )?;
        let (missing, wrong) = self.lost_and_wrong();
        writeln!(f, "{missing} calls lost or answered twice, {wrong} answered wrongly")
    }
}
