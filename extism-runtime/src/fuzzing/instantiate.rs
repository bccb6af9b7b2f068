//! The fuzz target that creates instances. It needs the engine, so it belongs not to the crate that contains the other
//! targets but to this one, where cargo-fuzz sets `cfg(fuzzing)`.

#![allow(unreachable_pub, reason = "public where fuzz targets are built")]

use std::{
    fs,
    sync::LazyLock,
    time::{Duration, Instant},
};

use crate::{Engine, Error, PluginBuilder, Wasm, features::Features, kernel::layout::PAGE};

#[cfg(test)]
#[path = "../../../fuzz/src/smith.rs"]
mod smith;

/// The limit of a call.
const TIMEOUT: Duration = Duration::from_millis(50);
/// The limit of compiling.
const COMPILE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a step may take that one of the limits must end, on the busy machines that run fuzz targets.
const SOON: Duration = Duration::from_secs(20);
/// How much the process may grow besides the plug-in's memories, for code and the engine's own data.
const ROOM: u64 = 256 << 20;
/// The number of exports that are called.
const CALLS: usize = 4;

static ENGINES: LazyLock<[Engine; 3]> = LazyLock::new(|| {
    let builder = || Engine::builder().with_cache(false);
    [builder(), builder().with_pool_size(0), builder().with_pool_size(4).with_fuel(true)]
        .map(|builder| builder.build().expect("an engine"))
});

/// Creates two instances of a module under limits, and calls its exports twice. Whatever the module contains, nothing
/// panics, it gets no more memory than allowed, and each step ends soon after its limit. The flags select the limits.
pub fn instantiate(flags: u16, wasm: &[u8]) {
    let pages = u32::from(flags >> 8 & 63);
    let engine = &ENGINES[usize::from(flags) % ENGINES.len()];
    let features = if flags & 4 == 0 { Features::all() } else { Features::conservative() };
    let mut builder = PluginBuilder::untrusted(Wasm::data(wasm))
        .with_name("fuzz")
        .with_engine(engine)
        .with_features(features)
        .with_wasi(flags & 8 != 0)
        .with_max_pages(pages)
        .with_max_memories(100)
        .with_timeout(TIMEOUT)
        .with_compile_timeout(COMPILE_TIMEOUT);
    if engine.options().fuel {
        builder = builder.with_fuel_limit(1 << (flags >> 4 & 15));
    }
    let before = resident();
    let compiled = match within(COMPILE_TIMEOUT, || builder.compile()) {
        Ok(compiled) => compiled,
        Err(error) => return check(&error),
    };
    let exports: Vec<String> = compiled
        .exports()
        .iter()
        .filter(|export| export.is_callable())
        .map(|export| export.name.clone())
        .take(CALLS)
        .collect();
    for _ in 0..2 {
        let mut plugin = match within(TIMEOUT, || compiled.instantiate()) {
            Ok(plugin) => plugin,
            Err(error) => return check(&error),
        };
        for export in exports.iter().chain(&exports) {
            if let Err(error) = within(TIMEOUT, || plugin.call::<_, Vec<u8>>(export, "input")) {
                check(&error);
            }
            // The initial size and as much growth; tables; the kernel's free memory.
            let most = 4 * u64::from(pages) * PAGE + ROOM;
            assert!(resident().saturating_sub(before) < most, "{} bytes for {pages} pages", resident() - before);
        }
    }
}

fn within<T>(limit: Duration, step: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = step();
    assert!(start.elapsed() < limit + SOON, "it took {:?}", start.elapsed());
    result
}

/// Checks that an error is one line or a backtrace, and not longer.
fn check(error: &Error) {
    let text = error.to_string();
    assert!(!text.is_empty() && text.len() < (1 << 20) + (16 << 10), "{} bytes", text.len());
}

/// Returns the bytes of memory that the process uses, or 0 if the system does not report them.
fn resident() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The committed inputs are modules; each runs under all kinds of limits.
    #[test]
    fn committed_modules_are_instantiated_under_limits() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds/instantiate");
        let mut count = 0;
        for entry in fs::read_dir(folder).expect("the inputs") {
            let path = entry.expect("an entry").path();
            println!("{}", path.display());
            let wasm = fs::read(&path).expect("a file");
            for flags in [0x0f00, 0x0001, 0x1f0a, 0x02f2, 0x3ff2] {
                instantiate(flags, &wasm);
            }
            count += 1;
        }
        assert!(count > 10);
    }

    #[test]
    fn modules_that_are_made_up_are_instantiated_under_limits() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let rounds = std::env::var("EXTISM_FUZZ_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(60);
        let mut made = 0;
        for _ in 0..rounds {
            let bytes: Vec<u8> = (0..400).flat_map(|_| next().to_le_bytes()).collect();
            if let Some((flags, wasm)) = smith::module(&bytes) {
                made += 1;
                println!("{flags:#06x} {} bytes", wasm.len());
                instantiate(flags, &wasm);
            }
        }
        assert!(2 * made > rounds, "{made} of {rounds}");
    }
}
