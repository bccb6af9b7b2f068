//! How long a process takes until its plug-ins are ready: from a warm cache, one by one and side by side, with debug
//! information and without, and initialized ahead of time.
//!
//! The arguments are the number of plug-ins, and modules of your own whose initialization is measured, each with the
//! export that is called.
//!
//! ```console
//! $ cargo bench --workspace --bench starts -- 100 guest.wasm:run
//! ```

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{Engine, Error, Plugin, PluginBuilder, set::PluginSet, snapshot::Snapshot};

/// How often each time is measured; the shortest one counts.
const TIMES: usize = 9;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // There are arguments for other harnesses, too.
    let count = env::args().find_map(|count| count.parse().ok()).unwrap_or(10);
    let folder = tempfile::tempdir()?;
    let (plugins, cache) = (folder.path().join("plugins"), folder.path().join("cache"));
    fs::create_dir(&plugins)?;
    let module = fs::read(guest("pdk_go.wasm"))?;
    let paths: Vec<_> = (0..count).map(|number| plugins.join(format!("{number}.wasm"))).collect();
    for (number, path) in paths.iter().enumerate() {
        fs::write(path, distinct(&module, number))?;
    }
    let engine = || Engine::builder().with_cache_directory(&cache).with_pool_size(0).build();
    let cold = took(|| engine()?.warm(&plugins, |_| ()).map(drop))?;
    println!("{count} plug-ins of {} bytes", module.len());
    println!("{:>12.1?}  compiled into an empty cache", cold);
    println!("{:>12.1?}  the plug-ins' files read", best(|| read_all(std::slice::from_ref(&plugins)))?);
    println!("{:>12.1?}  the cache's files read, too", best(|| read_all(&[plugins.clone(), cache.clone()]))?);
    println!("{:>12.1?}  ready, one by one", best(|| load(&engine()?, &paths, 1))?);
    println!("{:>12.1?}  ready, 2 threads", best(|| load(&engine()?, &paths, 2))?);
    for threads in [1, 2] {
        println!("{:>12.1?}  ready as a set, {threads} threads", best(|| load_set(&engine()?, &plugins, threads))?);
    }
    lines(&cache)?;
    initialization("Go", &module, "settings")?;
    for argument in env::args() {
        if let Some((file, export)) = argument.rsplit_once(':').filter(|(file, _)| file.ends_with(".wasm")) {
            initialization(file, &fs::read(file)?, export)?;
        }
    }
    Ok(())
}

/// Loads all plug-ins as a set, whose entries have been checked for changes of their files.
fn load_set(engine: &Engine, directory: &Path, threads: usize) -> Result<(), Error> {
    let engine = engine.clone();
    let set = PluginSet::<Plugin>::builder(directory)
        .with_threads(threads)
        .with_plugins(move |_, plugin| plugin.with_engine(&engine).with_wasi(true))
        .load()?;
    set.errors().into_iter().next().map_or(Ok(()), |error| Err(error.into()))
}

/// Loads a module with debug information from the cache, with its lines and without.
fn lines(cache: &Path) -> Result<(), Error> {
    let path = [guest("lines_rust.wasm")];
    let engine =
        |lines| Engine::builder().with_cache_directory(cache).with_pool_size(0).with_source_lines(lines).build();
    for lines in [false, true] {
        load(&engine(lines)?, &path, 1)?;
        let engine = engine(lines)?;
        // The engine itself is there.
        load(&engine, &path, 1)?;
        let each = best(|| (0..20).try_for_each(|_| load(&engine, &path, 1)))? / 20;
        println!("{each:>12.3?}  a cached module with debug information, lines: {lines}");
    }
    Ok(())
}

/// Calls a guest whose language has a runtime to initialize, as it is and initialized.
fn initialization(guest: &str, module: &[u8], export: &str) -> Result<(), Box<dyn std::error::Error>> {
    let began = Instant::now();
    let initialized = Snapshot::new().with_wasi(true).take(module)?;
    println!("{:>12.1?}  a snapshot of {guest} taken", began.elapsed());
    for (name, wasm) in [("as it is", module), ("a snapshot", &initialized)] {
        let compiled = PluginBuilder::new(wasm).with_wasi(true).compile()?;
        let call = || -> Result<(), Error> { compiled.instantiate()?.call(export, "greeting") };
        println!("{:>12.1?}  a new instance's first call, {guest}, {name} ({} bytes)", best(call)?, wasm.len());
    }
    Ok(())
}

fn guest(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/plugins").join(file)
}

/// The module with a section of its own, so that nothing is shared.
fn distinct(module: &[u8], number: usize) -> Vec<u8> {
    let mut wasm = module.to_vec();
    wasm.extend([0, 10, 1, b'n']);
    wasm.extend((number as u64).to_le_bytes());
    wasm
}

/// Builds all plug-ins on some threads, and keeps them until the last one is ready.
fn load(engine: &Engine, paths: &[PathBuf], threads: usize) -> Result<(), Error> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<Plugin>, Error> {
        let mut loaded = Vec::new();
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            loaded.push(PluginBuilder::new(path).with_wasi(true).with_engine(engine).build()?);
        }
        Ok(loaded)
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut all = vec![work()?];
        for other in others {
            all.push(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(())
    })
}

fn read_all(paths: &[PathBuf]) -> Result<(), Error> {
    for path in paths {
        if path.is_dir() {
            let entries = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
            read_all(&entries.collect::<Vec<_>>())?;
        } else {
            std::hint::black_box(fs::read(path).unwrap_or_default());
        }
    }
    Ok(())
}

fn took<E>(work: impl FnOnce() -> Result<(), E>) -> Result<Duration, E> {
    let began = Instant::now();
    work()?;
    Ok(began.elapsed())
}

fn best<E>(mut work: impl FnMut() -> Result<(), E>) -> Result<Duration, E> {
    let mut best = Duration::MAX;
    for _ in 0..TIMES {
        best = best.min(took(&mut work)?);
    }
    Ok(best)
}
