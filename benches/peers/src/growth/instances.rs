//! Time and memory of all instances over their number, in an engine for many.

use std::time::Instant;

use extism_runtime::{Engine, Plugin};
use peers_work::{Function, Guest, Result, Work, hold::Memory};

use super::{count, lines, times};
use crate::{chart::Chart, ours, table::Unit};

const NUMBERS: [u32; 11] = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000];
/// Calls whose time is measured, at least.
const CALLS: u32 = 100_000;

pub(super) fn charts() -> Result<Vec<(&'static str, Chart)>> {
    let work = Work::call(Guest::C, Function::Echo, 64);
    let engine = Engine::builder().with_cache(false).with_dense(true).build()?;
    let compiled = ours::compile(work, &engine)?;
    let input = work.input();
    let call = |plugin: &mut Plugin| plugin.call::<_, &[u8]>("echo", &input[..]).map(drop);
    // What is created once is there.
    call(&mut compiled.instantiate()?)?;
    let before = Memory::now()?.resident;
    let [mut time, mut memory] =
        [lines(["all instances and first calls", "a call, of each in turn"]), lines(["all instances"])];
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
        let rounds = CALLS.div_ceil(number);
        let began = Instant::now();
        for _ in 0..rounds {
            held.iter_mut().try_for_each(call)?;
        }
        let calling = began.elapsed().as_secs_f64() * 1e9 / f64::from(rounds * number);
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

/// Formats a power of ten of KiB.
fn kib(number: f64) -> String {
    format!("{} KiB", count(number))
}
