//! Many different plug-ins in one process: what one more takes.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use extism_runtime::{Engine, Plugin, PluginBuilder};
use peers_work::{Function, Guest, Result, Work, hold::Memory};

use crate::table::{markdown, reached};

/// The number of plug-ins.
const NUMBER: u32 = 1000;
/// The targets for a plug-in that is loaded from the cache: milliseconds and KiB.
const TARGETS: (f64, f64) = (1.0, 300.0);

/// Measures and prints what a plug-in takes.
pub fn table(filter: &str) -> Result<()> {
    let label = format!("one of {NUMBER} plug-ins of 107 KB, compiled, instantiated and called");
    if !label.contains(filter) {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let mut lines = Vec::new();
    for (threads, cache) in [(2, "empty"), (1, "full"), (2, "full")] {
        eprintln!("{label}; {threads} threads, cache {cache}");
        let mut process = Command::new(env::current_exe()?);
        let output =
            process.arg("plugins").arg(folder.path()).args([NUMBER, threads].map(|n| n.to_string())).output()?;
        let text = String::from_utf8(output.stdout)?;
        let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        let [time, memory] = numbers[..] else {
            return Err(format!("loading failed: {}", String::from_utf8_lossy(&output.stderr)).into());
        };
        let (targets, verdict) = match (threads, cache) {
            (1, "full") => ("1 ms; 300 KiB", [time <= TARGETS.0, memory <= TARGETS.1].map(reached).join("; ")),
            _ => ("", String::new()),
        };
        let (threads, time, memory) = (threads.to_string(), format!("{time:.2} ms"), format!("{memory:.0} KiB"));
        lines.push(vec![label.clone(), threads, time, memory, cache.to_owned(), targets.to_owned(), verdict]);
    }
    let header = ["", "threads", "time between two", "memory of one", "cache", "target", ""].map(str::to_owned);
    markdown(&header, 3, lines.into_iter());
    Ok(())
}

/// The process: loads plug-ins that all differ, and prints the milliseconds and KiB of one.
pub fn load(cache: &Path, number: u32, threads: u32) -> Result<()> {
    let modules: Vec<Vec<u8>> = (0..number).map(different).collect();
    let (before, began) = (Memory::now()?, Instant::now());
    let engine = Engine::builder().with_cache_directory(PathBuf::from(cache)).build()?;
    let share = number.div_ceil(threads) as usize;
    let ready = std::thread::scope(|scope| -> Result<Vec<Plugin>> {
        let work =
            |modules: &[Vec<u8>]| modules.iter().map(|module| ready(&engine, module)).collect::<Result<Vec<_>>>();
        let threads: Vec<_> = modules.chunks(share).map(|modules| scope.spawn(move || work(modules))).collect();
        let mut ready = Vec::new();
        for thread in threads {
            ready.extend(thread.join().map_err(|_| "a thread panicked")??);
        }
        Ok(ready)
    })?;
    let took = began.elapsed().as_secs_f64() * 1e3;
    let memory = Memory::now()?.resident - before.resident;
    println!("{} {}", took / f64::from(number), memory / f64::from(number));
    drop(ready);
    Ok(())
}

fn ready(engine: &Engine, module: &[u8]) -> Result<Plugin> {
    let mut plugin = PluginBuilder::new(module).with_engine(engine).build()?;
    plugin.call::<_, &str>("count_vowels", "hello")?;
    Ok(plugin)
}

/// Returns a module that differs from all others by a custom section.
fn different(number: u32) -> Vec<u8> {
    let mut wasm = Work::call(Guest::Small, Function::CountVowels, 0).wasm().to_vec();
    wasm.extend([0, 6, 1, b'n']);
    wasm.extend(number.to_le_bytes());
    wasm
}
