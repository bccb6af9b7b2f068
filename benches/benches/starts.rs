//! How long a process takes until its plug-ins are ready: from a warm cache, one by one and side by side, with debug
//! information and without, and initialized ahead of time.
//!
//! ```console
//! $ cargo bench -p extism-benches --bench starts -- 100
//! ```

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{Engine, Error, Plugin, PluginBuilder, snapshot::Snapshot};

/// How often each time is measured; the shortest one counts.
const TIMES: usize = 5;

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
    let all = [plugins.clone(), cache.clone()];
    println!("{:>12.1?}  all files read", best(|| read_all(&all))?);
    println!("{:>12.1?}  ready, one by one", best(|| load(&engine()?, &paths, 1))?);
    println!("{:>12.1?}  ready, 2 threads", best(|| load(&engine()?, &paths, 2))?);
    lines(&cache)?;
    initialization(&module)?;
    Ok(())
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
        println!("{each:>12.1?}  a cached module with debug information, lines: {lines}");
    }
    Ok(())
}

/// Calls a guest whose language has a runtime to initialize, as it is and initialized.
fn initialization(module: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
    let initialized = Snapshot::new().with_wasi(true).take(module)?;
    for (name, wasm) in [("as it is", module), ("a snapshot", &initialized)] {
        let compiled = PluginBuilder::new(wasm).with_wasi(true).compile()?;
        let call = || -> Result<(), Error> { compiled.instantiate()?.call("settings", "greeting") };
        println!("{:>12.1?}  a new instance's first call, Go, {name} ({} bytes)", best(call)?, wasm.len());
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
