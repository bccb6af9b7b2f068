//! Many different plug-ins in one process: what one more takes.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use extism_benches::guests::ECHO_PDK;
use extism_runtime::{Engine, Plugin, PluginBuilder};
use peers_work::{Result, hold::Memory};

use crate::table::{markdown, reached};

/// The number of plug-ins.
const NUMBER: u32 = 1000;
/// The targets for a plug-in that is loaded from the cache: milliseconds and KiB.
const TARGETS: (f64, f64) = (1.0, 300.0);

/// Where the modules come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum From {
    /// From files, as plug-ins usually are: they can be read again.
    Files,
    /// The program has their bytes, and the runtime keeps a copy.
    Memory,
}

/// Measures and prints what a plug-in takes.
pub fn table(filter: &str) -> Result<()> {
    let size = different(0).len().div_ceil(1000);
    let label = format!("one of {NUMBER} plug-ins of {size} KB, compiled, instantiated and called");
    if !label.contains(filter) {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let mut lines = Vec::new();
    for (from, threads, cache) in
        [(From::Files, 2, "empty"), (From::Files, 1, "full"), (From::Files, 2, "full"), (From::Memory, 1, "full")]
    {
        let name = if from == From::Files { "files" } else { "memory" };
        eprintln!("{label}; from {name}, {threads} threads, cache {cache}");
        let mut process = Command::new(env::current_exe()?);
        let output = process
            .arg("plugins")
            .arg(folder.path())
            .args([NUMBER, threads].map(|n| n.to_string()))
            .arg(name)
            .output()?;
        let text = String::from_utf8(output.stdout)?;
        let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        let [time, memory] = numbers[..] else {
            return Err(format!("loading failed: {}", String::from_utf8_lossy(&output.stderr)).into());
        };
        let (targets, verdict) = match (from, threads, cache) {
            (From::Files, 1, "full") => {
                ("1 ms; 300 KiB", [time <= TARGETS.0, memory <= TARGETS.1].map(reached).join("; "))
            }
            _ => ("", String::new()),
        };
        let (threads, time, memory) = (threads.to_string(), format!("{time:.2} ms"), format!("{memory:.0} KiB"));
        let described = [label.clone(), threads, time, memory, name.to_owned(), cache.to_owned()];
        lines.push(described.into_iter().chain([targets.to_owned(), verdict]).collect());
    }
    let header =
        ["", "threads", "time between two", "memory of one", "modules from", "cache", "target", ""].map(str::to_owned);
    markdown(&header, 3, lines.into_iter());
    Ok(())
}

/// The process: loads plug-ins that all differ, and prints the milliseconds and KiB of one.
pub fn load(cache: &Path, number: u32, threads: u32, from: From) -> Result<()> {
    let modules: Vec<Source> = (0..number).map(|number| source(cache, number, from)).collect::<Result<_>>()?;
    let (before, began) = (Memory::now()?, Instant::now());
    let engine = Engine::builder().with_cache_directory(PathBuf::from(cache)).build()?;
    let share = number.div_ceil(threads) as usize;
    let ready = std::thread::scope(|scope| -> Result<Vec<Plugin>> {
        let work = |modules: &[Source]| modules.iter().map(|module| ready(&engine, module)).collect::<Result<Vec<_>>>();
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

/// A module to load.
enum Source {
    File(PathBuf),
    Bytes(Vec<u8>),
}

/// Returns the module with this number; its file, if it has one, is beside the cache.
fn source(cache: &Path, number: u32, from: From) -> Result<Source> {
    let module = different(number);
    if from == From::Memory {
        return Ok(Source::Bytes(module));
    }
    let file = cache.join(format!("{number}.wasm"));
    fs::write(&file, module)?;
    Ok(Source::File(file))
}

fn ready(engine: &Engine, module: &Source) -> Result<Plugin> {
    let builder = match module {
        Source::File(file) => PluginBuilder::new(file.as_path()),
        Source::Bytes(bytes) => PluginBuilder::new(&bytes[..]),
    };
    let mut plugin = builder.with_engine(engine).build()?;
    plugin.call::<_, &str>("echo", "hello")?;
    Ok(plugin)
}

/// Returns a module that differs from all others by a custom section.
fn different(number: u32) -> Vec<u8> {
    let mut wasm = ECHO_PDK.to_vec();
    wasm.extend([0, 6, 1, b'n']);
    wasm.extend(number.to_le_bytes());
    wasm
}
