//! Compares plug-ins with lifted copy loops and the same plug-ins unchanged:
//! `Engine::builder().with_bulk_copies(..)`.
//!
//! `cargo bench -p extism-benches --bench bulk_copies`, or with a part of a line's name after it. Both take turns: a
//! sample of one, then one of the other. A line shows the time of a call in the fastest sample, as other programs
//! only make samples slower.

use std::time::{Duration, Instant};

use extism_benches::{guests, payload};
use extism_runtime::{Engine, Function, PluginBuilder, ValType};

/// The approximate duration of a sample, and the number of samples of each.
const SAMPLE: Duration = Duration::from_millis(1);
const SAMPLES: usize = 100;

fn main() {
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    println!("{:<28} {:>12} {:>12} {:>7}", "work", "unchanged", "lifted", "ratio");
    for bytes in [16, 64, 256, 1 << 10, 8 << 10, 64 << 10, 1 << 20] {
        for (name, wasm, export) in [
            ("C guest", guests::ECHO, "echo"),
            ("Rust PDK guest", guests::ECHO_PDK, "echo"),
            ("host function, Rust PDK", guests::REFLECT, "reflect"),
            ("count vowels, Rust PDK", guests::COUNT_VOWELS, "count_vowels"),
        ] {
            let line = format!("{name}, {bytes} B");
            if line.contains(&filter) {
                compare(&line, wasm, export, &payload(bytes));
            }
        }
    }
    loading(&filter);
}

fn engine(bulk_copies: bool) -> Engine {
    Engine::builder().with_cache(false).with_bulk_copies(bulk_copies).build().expect("an engine")
}

fn builder(wasm: &[u8], engine: &Engine) -> PluginBuilder {
    let reflect = Function::new("reflect", [ValType::I64], [ValType::I64], |plugin, args, results| {
        let bytes: Vec<u8> = plugin.get(&args[0])?;
        results[0] = plugin.put(&bytes)?;
        Ok(())
    });
    PluginBuilder::new(wasm).with_functions(reflect).with_engine(engine)
}

fn compare(line: &str, wasm: &[u8], export: &str, input: &[u8]) {
    let mut sides = [false, true].map(|bulk_copies| builder(wasm, &engine(bulk_copies)).build().expect("a plug-in"));
    let mut call = |side: usize| {
        let output = sides[side].call::<_, &[u8]>(export, input).expect("it answers");
        std::hint::black_box(output);
    };
    print(line, sampled(&mut call));
}

/// Compares compiling, without a cache, and loading from one.
fn loading(filter: &str) {
    let folder = tempfile::tempdir().expect("a directory");
    for (name, wasm) in [("echo_pdk", guests::ECHO_PDK), ("count_vowels", guests::COUNT_VOWELS)] {
        let compile = format!("fuse and compile {name}");
        if compile.contains(filter) {
            let engines = [false, true].map(engine);
            print(&compile, sampled(&mut |side| drop(builder(wasm, &engines[side]).compile().expect("a plug-in"))));
        }
        let load = format!("load {name}");
        if load.contains(filter) {
            let engines = [false, true].map(|bulk_copies| {
                let builder = Engine::builder().with_cache_directory(folder.path()).with_bulk_copies(bulk_copies);
                builder.build().expect("an engine")
            });
            print(&load, sampled(&mut |side| drop(builder(wasm, &engines[side]).compile().expect("a plug-in"))));
        }
    }
}

/// Returns the nanoseconds of a call of each side, in its fastest sample.
fn sampled(call: &mut dyn FnMut(usize)) -> [f64; 2] {
    let start = Instant::now();
    let mut warm = 0;
    while warm < 4 || start.elapsed() < SAMPLE {
        call(warm % 2);
        warm += 1;
    }
    let calls = (SAMPLE.as_secs_f64() / (start.elapsed().as_secs_f64() / warm as f64)).ceil().max(1.0) as usize;
    let mut samples = [const { Vec::new() }; 2];
    for _ in 0..SAMPLES {
        for (side, samples) in samples.iter_mut().enumerate() {
            let start = Instant::now();
            (0..calls).for_each(|_| call(side));
            samples.push(start.elapsed().as_secs_f64() * 1e9 / calls as f64);
        }
    }
    samples.map(|samples| samples.into_iter().fold(f64::INFINITY, f64::min))
}

fn print(line: &str, [plain, lifted]: [f64; 2]) {
    println!("{line:<28} {:>12} {:>12} {:>7.3}", time(plain), time(lifted), lifted / plain);
}

fn time(nanos: f64) -> String {
    match nanos {
        ..1e3 => format!("{nanos:.1} ns"),
        1e3..1e6 => format!("{:.2} us", nanos / 1e3),
        _ => format!("{:.2} ms", nanos / 1e6),
    }
}
