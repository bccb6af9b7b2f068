//! Time and memory of all instances over their number, in an engine for many.

use std::time::Instant;

use extism_runtime::{Engine, Error, Plugin};
use peers_work::{Function, Guest, Result, Work, hold::Memory};

use super::{count, lines, times};
use crate::{chart::Chart, ours, table::Unit};

const NUMBERS: [u32; 11] = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000];
/// The minimum number of calls in a sample.
const CALLS: usize = 10_000;
/// The number of samples; the fastest one counts.
const SAMPLES: usize = 7;

pub(super) fn charts() -> Result<Vec<(&'static str, Chart)>> {
    let work = Work::call(Guest::C, Function::Echo, 64);
    let engine = Engine::builder().with_cache(false).with_dense(true).build()?;
    let compiled = ours::compile(work, &engine)?;
    let input = work.input();
    let call = |plugin: &mut Plugin| plugin.call::<_, &[u8]>("echo", &input[..]).map(drop);
    // What is created once is there.
    call(&mut compiled.instantiate()?)?;
    let before = Memory::now()?.resident;
    let [mut time, mut memory] = [lines(["creating all of them", "a call, of each in turn"]), lines(["all instances"])];
    let mut held: Vec<Plugin> = Vec::new();
    let mut creating = 0.0;
    for number in NUMBERS {
        eprintln!("{number} instances");
        let began = Instant::now();
        while held.len() < number as usize {
            let mut plugin = compiled.instantiate()?;
            call(&mut plugin)?;
            held.push(plugin);
        }
        creating += began.elapsed().as_secs_f64() * 1e9;
        let resident = Memory::now()?.resident - before;
        let calling = fastest(&mut held, call)?;
        let x = f64::from(number);
        time[0].points.push((x, creating));
        time[1].points.push((x, calling));
        // Less than the system counts.
        if resident >= 1.0 {
            memory[0].points.push((x, resident));
        }
    }
    let mut memory = times("Memory of idle instances (dense engine, C guest)", "instances", memory);
    (memory.y_label, memory.y_tick, memory.y_value) = ("resident memory", kib, |kib| Unit::Kibibytes.show(kib));
    let time = times("Instances (dense engine, C guest, 64 B echo)", "instances", time);
    Ok(vec![("instances.svg", time), ("memory.svg", memory)])
}

/// Returns the nanoseconds of a call when all instances are called in turn.
fn fastest(held: &mut [Plugin], call: impl Fn(&mut Plugin) -> std::result::Result<(), Error>) -> Result<f64> {
    let rounds = CALLS.div_ceil(held.len());
    let mut fastest = f64::INFINITY;
    for _ in 0..SAMPLES {
        let began = Instant::now();
        for _ in 0..rounds {
            held.iter_mut().try_for_each(&call)?;
        }
        fastest = fastest.min(began.elapsed().as_secs_f64() * 1e9 / (rounds * held.len()) as f64);
    }
    Ok(fastest)
}

/// Formats a power of ten of KiB.
fn kib(number: f64) -> String {
    format!("{} KiB", count(number))
}
