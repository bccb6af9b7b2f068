//! The rows of the table of peers, and their targets.

use peers_work::{Function, Guest, Work};

use crate::peer::Peer;

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

/// A call of the C guest.
const fn c(function: Function, bytes: usize) -> Work {
    Work::call(Guest::C, function, bytes)
}

/// A call of the Rust guest: that of `extism-pdk` and of `extism-guest`, the component, and native code.
const fn rust(function: Function, bytes: usize) -> Work {
    Work::call(Guest::Pdk, function, bytes)
}

/// A call of a guest of `extism-pdk` that is optimized for size.
const fn small(function: Function, bytes: usize) -> Work {
    Work::call(Guest::Small, function, bytes)
}

const MEGABYTE: usize = 1 << 20;

/// Measured by time, on one thread.
pub const TIMES: &[Row] = &[
    row("C: empty call", c(Function::Empty, 0), &[(Peer::Wasmtime, 3.0)]),
    row("C: echo, 64 B", c(Function::Echo, 64), &[(Peer::Extism, 1.0 / 60.0), (Peer::ByHand, 0.5)]),
    row("C: echo, 64 KB", c(Function::Echo, 64 << 10), &[]),
    row("C: echo, 1 MB", c(Function::Echo, MEGABYTE), &[(Peer::ByHand, 1.1)]),
    row("C: echo, 16 MB", c(Function::Echo, 16 * MEGABYTE), &[]),
    row("C: 1 MB in, 8 B out", c(Function::Consume, MEGABYTE), &[]),
    row("Rust: empty call", rust(Function::Empty, 0), &[]),
    row("Rust: echo, 64 B", rust(Function::Echo, 64), &[(Peer::Component, 0.8)]),
    row("Rust: echo, 64 B, with a timeout", rust(Function::Echo, 64).timed(), &[(Peer::Component, 0.8)]),
    row("Rust: echo, 1 KB", rust(Function::Echo, 1 << 10), &[]),
    row("Rust: echo, 64 KB", rust(Function::Echo, 64 << 10), &[]),
    row("Rust: echo, 1 MB", rust(Function::Echo, MEGABYTE), &[(Peer::Extism, 1.0 / 8.0), (Peer::Component, 1.5)]),
    row("Rust: 1 MB in, 8 B out", rust(Function::Consume, MEGABYTE), &[]),
    row("Rust: count vowels, JSON out", rust(Function::CountVowels, 0), &[]),
    row("the same; component and native: a record", rust(Function::CountVowelsRecord, 0), &[]),
    row(
        "Rust: to a host function and back, 64 B",
        rust(Function::Reflect, 64),
        &[(Peer::Extism, 1.0 / 20.0), (Peer::Component, 1.0)],
    ),
    row("the same with a timeout", rust(Function::Reflect, 64).timed(), &[(Peer::Component, 1.0)]),
    row("Rust for size: echo, 64 B", small(Function::Echo, 64), &[(Peer::Component, 0.8)]),
    row(
        "Rust for size: echo, 1 MB",
        small(Function::Echo, MEGABYTE),
        &[(Peer::Extism, 1.0 / 8.0), (Peer::Component, 1.5)],
    ),
    row(
        "Rust for size: to a host function and back, 64 B",
        small(Function::Reflect, 64),
        &[(Peer::Extism, 1.0 / 20.0), (Peer::Component, 1.0)],
    ),
    row("C: new instance, first call", Work::Instance(Guest::C), &[(Peer::Extism, 1.0 / 20.0), (Peer::ByHand, 1.2)]),
    row(
        "Rust: new instance, first call",
        Work::Instance(Guest::Pdk),
        &[(Peer::Extism, 1.0 / 20.0), (Peer::Component, 1.0)],
    ),
    row(
        "the same with headroom for the guest's memory",
        Work::InstanceWithHeadroom(Guest::Pdk),
        &[(Peer::Extism, 1.0 / 20.0), (Peer::Component, 1.0)],
    ),
    row("compile 1.5 MB, interruptible", Work::Compile, &[(Peer::Wasmtime, 1.1)]),
    row("compile 1.5 MB, wasmtime's not interruptible", Work::CompileEndless, &[]),
    row("load 1.5 MB from the cache", Work::Load, &[(Peer::Extism, 1.0)]),
];

/// Memory of idle instances.
pub const MEMORY: &[Row] = &[
    row("C", c(Function::Echo, 64), &[]),
    row("Rust", rust(Function::Echo, 64), &[(Peer::Extism, 1.0 / 3.0), (Peer::Component, 1.2)]),
];

/// Instructions.
pub const INSTRUCTIONS: &[Row] = &[
    row("C: empty call", c(Function::Empty, 0), &[]),
    row("C: echo, 64 B", c(Function::Echo, 64), &[]),
    row("Rust: echo, 64 B", rust(Function::Echo, 64), &[]),
    row("Rust: count vowels, JSON out", rust(Function::CountVowels, 0), &[]),
    row("Rust: to a host function and back, 64 B", rust(Function::Reflect, 64), &[]),
];

/// What programs do with the crate `extism`, by its API on both runtimes.
pub const COMPATIBLE: &[Row] = &[
    row("`call`, 64 B in and out", rust(Function::Echo, 64), &[]),
    row("the same with a timeout", rust(Function::Echo, 64).timed(), &[]),
    row("a method of `typed_plugin!`, 64 B", Work::Typed(Guest::Pdk), &[]),
    row("`Pool::get` and a call, 64 B", Work::Pool(Guest::Pdk), &[]),
    row("`call`, 1 MB in and out", rust(Function::Echo, MEGABYTE), &[]),
    row("`call`, text in, `Json` out", rust(Function::CountVowels, 0), &[]),
    row("the same with the configuration and a variable", small(Function::CountVowels, 0), &[]),
    row("`call` to a `host_fn!` and back, 64 B", rust(Function::Reflect, 64), &[]),
    row("`Plugin::new_from_compiled` and a call", Work::Instance(Guest::Pdk), &[]),
    row("a plug-in of a module in the cache, and a call", Work::Build(Guest::C), &[]),
];
