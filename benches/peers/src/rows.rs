//! The rows of the table, and their targets.

use crate::{peer::Peer, work::Work};

/// The maximum share of a peer's time, memory or instructions that extism-runtime may take.
pub type Target = (Peer, f64);

/// A line of the table.
pub struct Row {
    pub label: &'static str,
    pub work: Work,
    pub targets: &'static [Target],
}

const fn row(label: &'static str, work: Work, targets: &'static [Target]) -> Row {
    Row { label, work, targets }
}

/// Measured by time, on one thread.
pub const TIMES: &[Row] = &[
    row("empty call", Work::Empty, &[(Peer::Wasmtime, 3.0)]),
    row("echo, 64 B", Work::Echo(64), &[(Peer::Extism, 1.0 / 60.0), (Peer::Component, 0.5)]),
    row("echo, 1 KB", Work::Echo(1 << 10), &[]),
    row("echo, 64 KB", Work::Echo(64 << 10), &[]),
    row("echo, 1 MB", Work::Echo(1 << 20), &[]),
    row("echo, 16 MB", Work::Echo(16 << 20), &[]),
    row("1 MB in, 8 B out", Work::Consume(1 << 20), &[]),
    row("Rust PDK: echo, 64 B", Work::EchoPdk(64), &[]),
    row("Rust PDK: echo, 1 MB", Work::EchoPdk(1 << 20), &[(Peer::Extism, 1.0 / 3.0)]),
    row("Rust PDK: count vowels, JSON out", Work::CountVowels, &[]),
    row("Rust PDK: to a host function and back, 64 B", Work::Reflect(64), &[(Peer::Extism, 1.0 / 20.0)]),
    row("new instance, first call", Work::Instance, &[(Peer::Extism, 1.0 / 20.0), (Peer::Component, 1.2)]),
    row("Rust PDK: new instance, first call", Work::InstancePdk, &[(Peer::Extism, 1.0 / 20.0)]),
    row("compile 1.5 MB, interruptible", Work::Compile, &[(Peer::Wasmtime, 1.1)]),
    row("compile 1.5 MB, wasmtime's not interruptible", Work::CompileEndless, &[]),
    row("load 1.5 MB from the cache", Work::Load, &[(Peer::Extism, 1.0)]),
];

/// Measured by time, on one thread and on two.
pub const THREADS: &[Row] = &[
    row("echo, 64 B", Work::Echo(64), &[]),
    row("Rust PDK: echo, 1 MB", Work::EchoPdk(1 << 20), &[]),
    row("new instance, first call", Work::Instance, &[]),
];

/// How many times as many calls two threads must complete as one.
pub const SCALING: f64 = 1.9;

/// Memory of idle instances.
pub const MEMORY: &[Row] =
    &[row("C echo", Work::Echo(64), &[]), row("Rust PDK echo", Work::EchoPdk(64), &[(Peer::Extism, 1.0 / 3.0)])];

/// Instructions.
pub const INSTRUCTIONS: &[Row] = &[
    row("empty call", Work::Empty, &[]),
    row("echo, 64 B", Work::Echo(64), &[]),
    row("Rust PDK: echo, 64 B", Work::EchoPdk(64), &[]),
    row("Rust PDK: count vowels, JSON out", Work::CountVowels, &[]),
    row("Rust PDK: to a host function and back, 64 B", Work::Reflect(64), &[]),
];
