//! Tests that every bundled guest returns the same results under every engine option.

use std::{collections::BTreeSet, fs, process::Command, time::Duration};

use extism_runtime::{
    Engine, Error, Plugin, PluginBuilder, Wasm,
    engine::{Features, Profiling},
    snapshot::{Snapshot, SnapshotError},
};

use crate::{
    engine, guest,
    rows::{ROWS, Row},
};

/// Longer than any call here takes.
const PLENTY: u64 = 1 << 40;

/// Makes the row's call; returns the problem with its output.
fn wrong(row: &Row, plugin: &mut Plugin) -> Option<String> {
    match plugin.call::<_, String>(row.export, row.input) {
        Ok(output) if output == row.output => None,
        Ok(output) => Some(format!("{}: {output:?} instead of {:?}", row.file, row.output)),
        Err(error) => Some(format!("{}: {error}", row.file)),
    }
}

/// Builds a plug-in of each row and makes its call twice.
fn each_answers(builder: impl Fn(&Row) -> PluginBuilder) {
    let failures: Vec<_> = ROWS
        .iter()
        .filter_map(|row| match builder(row).build() {
            Ok(mut plugin) => wrong(row, &mut plugin).or_else(|| wrong(row, &mut plugin)),
            Err(error) => Some(format!("{}: {error}", row.file)),
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_bundled_module_has_a_row() {
    let rows: BTreeSet<_> = ROWS.iter().map(|row| row.file.to_owned()).filter(|file| file.ends_with("wasm")).collect();
    let bundled = guest("").read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(bundled.filter(|file| file.ends_with(".wasm")).collect::<BTreeSet<_>>(), rows);
}

#[test]
fn by_default() {
    let engine = engine(|options| options);
    each_answers(|row| row.builder().with_engine(&engine));
}

#[test]
fn with_wasi_and_a_timeout() {
    let engine = engine(|options| options);
    each_answers(|row| row.builder().with_wasi(true).with_engine(&engine).with_timeout(Duration::from_secs(600)));
}

#[test]
fn as_plugins_that_are_not_trusted() {
    // A machine that is busy with other tests compiles the largest guests slowly.
    let slowly = Duration::from_secs(600);
    each_answers(|row| row.equip(PluginBuilder::untrusted(row.manifest())).with_compile_timeout(slowly));
}

#[test]
fn with_few_proposals() {
    let engine = engine(|options| options.with_features(Features::conservative()));
    each_answers(|row| row.builder().with_engine(&engine));
}

/// Modules whose initialization was run ahead of time answer as they did; those that have none are not meant.
#[test]
fn with_modules_that_are_initialized_already() {
    let mut initialized = Vec::new();
    for row in &ROWS {
        let module = fs::read(guest(row.file)).unwrap();
        let snapshot = match Snapshot::new().with_wasi(true).take(&module) {
            Err(SnapshotError::NothingToRun) => continue,
            taken => taken.unwrap_or_else(|error| panic!("{}: {error}", row.file)),
        };
        initialized.push(row.file);
        let mut manifest = row.manifest();
        manifest.wasm = vec![Wasm::data(snapshot)];
        let mut plugin = row.equip(PluginBuilder::new(manifest)).build().unwrap();
        for _ in 0..2 {
            assert_eq!(wrong(row, &mut plugin), None, "{}", row.file);
        }
    }
    let expected = [
        "count_vowels_as.wasm",
        "init_both.wat",
        "init_ctors.wat",
        "init_haskell.wat",
        "pdk_as.wasm",
        "pdk_go.wasm",
        "wasi_files.wasm",
    ];
    assert_eq!(initialized, expected);
}

#[test]
fn without_source_lines() {
    let engine = engine(|options| options.with_source_lines(false));
    each_answers(|row| row.builder().with_engine(&engine));
}

#[test]
fn without_bulk_copies() {
    let engine = engine(|options| options.with_bulk_copies(false));
    each_answers(|row| row.builder().with_engine(&engine));
}

#[test]
fn with_headroom() {
    for (bytes, dense) in [(1, false), (1 << 20, false), (64 << 10, true)] {
        let engine = engine(|options| options.with_memory_headroom(bytes).with_dense(dense));
        each_answers(|row| row.builder().with_engine(&engine));
    }
}

#[test]
fn with_inlining() {
    let engine = engine(|options| options.with_inlining(true));
    each_answers(|row| row.builder().with_engine(&engine));
}

/// A large call returns the same with copy loops lifted and unchanged.
#[test]
fn large_calls_with_bulk_copies_and_without() {
    let engines = [true, false].map(|bulk_copies| engine(|options| options.with_bulk_copies(bulk_copies)));
    for row in &ROWS {
        let outputs = engines.each_ref().map(|engine| {
            let mut plugin = row.builder().with_engine(engine).build().unwrap();
            let output = plugin.call::<_, Vec<u8>>(row.dear.0, row.dear.1.repeat(5000));
            output.map_err(|error| error.to_string())
        });
        assert!(outputs[0] == outputs[1], "{}", row.file);
    }
}

/// Where fuel is counted, bulk copies would take less of it than the loops, so loops are not lifted.
#[test]
fn fuel_does_not_depend_on_bulk_copies() {
    // Go's runtime reads the clock and random numbers.
    let rows = ROWS.iter().filter(|row| row.file != "pdk_go.wasm");
    let engines =
        [true, false].map(|bulk_copies| engine(|options| options.with_fuel(true).with_bulk_copies(bulk_copies)));
    for row in rows {
        let taken = engines.each_ref().map(|engine| {
            let mut plugin = row.builder().with_engine(engine).with_fuel_limit(PLENTY).build().unwrap();
            let _ = plugin.call::<_, Vec<u8>>(row.dear.0, row.dear.1.repeat(500));
            plugin.fuel_consumed().unwrap()
        });
        assert_eq!(taken[0], taken[1], "{}", row.file);
    }
}

#[test]
fn with_a_limit_of_fuel_that_suffices() {
    let engine = engine(|options| options.with_fuel(true));
    each_answers(|row| row.builder().with_engine(&engine).with_fuel_limit(PLENTY));
}

#[test]
fn with_a_limit_of_fuel_that_does_not_suffice() {
    let engine = engine(|options| options.with_fuel(true));
    let failures: Vec<_> =
        ROWS.iter().filter(|row| !row.input.is_empty()).filter_map(|row| too_dear(row, &engine)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Limits the fuel to almost what a large call takes: that call fails, and the row's call before and after it succeeds.
fn too_dear(row: &Row, engine: &Engine) -> Option<String> {
    let built = |limit| row.builder().with_engine(engine).with_fuel_limit(limit).build();
    let dear = |plugin: &mut Plugin| plugin.call::<_, Vec<u8>>(row.dear.0, row.dear.1.repeat(5000));
    let mut plugin = match built(PLENTY) {
        Ok(plugin) => plugin,
        Err(error) => return Some(format!("{}: {error}", row.file)),
    };
    // It may fail, as long as it consumes fuel.
    let _ = dear(&mut plugin);
    let taken = plugin.fuel_consumed().unwrap();
    let mut plugin = match built(taken / 4 * 3) {
        Ok(plugin) => plugin,
        Err(error) => return Some(format!("{}: of {taken}: {error}", row.file)),
    };
    for _ in 0..2 {
        if let Some(wrong) = wrong(row, &mut plugin) {
            return Some(wrong);
        }
        match dear(&mut plugin) {
            Err(Error::OutOfFuel { .. }) => {}
            other => return Some(format!("{}: of {taken} fuel: {:?}", row.file, other.map(|output| output.len()))),
        }
    }
    wrong(row, &mut plugin)
}

#[test]
fn with_dumps() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(|options| options.with_coredump(true));
    let at = |name: &str| folder.path().join(name);
    each_answers(|row| row.builder().with_engine(&engine).with_coredump(at("core")).with_memdump(at("memory")));
    assert_eq!(folder.path().read_dir().unwrap().count(), 0, "nothing trapped");
}

#[test]
fn without_a_pool() {
    let engine = engine(|options| options.with_pool_size(0));
    each_answers(|row| row.builder().with_engine(&engine));
}

#[test]
fn in_an_engine_for_very_many_instances() {
    let engine = engine(|options| options.with_dense(true));
    each_answers(|row| row.builder().with_wasi(true).with_engine(&engine).with_timeout(Duration::from_secs(600)));
}

#[test]
fn without_interruption() {
    let engine = engine(|options| options.with_interruptible(false));
    each_answers(|row| row.builder().with_wasi(true).with_engine(&engine));
}

/// Memories grow and move, and code checks its bounds itself: large calls give the same.
#[test]
fn large_calls_in_an_engine_for_very_many_instances() {
    let engines = [true, false].map(|dense| engine(|options| options.with_dense(dense)));
    for row in &ROWS {
        let outputs = engines.each_ref().map(|engine| {
            let mut plugin = row.builder().with_engine(engine).build().unwrap();
            let output = plugin.call::<_, Vec<u8>>(row.dear.0, row.dear.1.repeat(5000));
            output.map_err(|error| error.to_string())
        });
        assert!(outputs[0] == outputs[1], "{}", row.file);
    }
}

#[test]
fn with_more_instances_than_the_pool_has() {
    let engine = engine(|options| options.with_pool_size(1));
    let mut failures = Vec::new();
    for row in &ROWS {
        let compiled = row.builder().with_engine(&engine).compile().unwrap();
        let mut plugins: Vec<_> = (0..4).map(|_| compiled.instantiate().unwrap()).collect();
        for _ in 0..2 {
            failures.extend(plugins.iter_mut().filter_map(|plugin| wrong(row, plugin)));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn with_a_cold_cache_and_a_warm_one() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let engine = Engine::builder().with_cache_directory(folder.path()).build().unwrap();
        each_answers(|row| row.builder().with_engine(&engine));
    }
}

#[test]
fn with_a_large_stack() {
    let engine = engine(|options| options.with_max_stack(4 << 20));
    let answer = move || each_answers(|row| row.builder().with_engine(&engine));
    std::thread::Builder::new().stack_size(8 << 20).spawn(answer).unwrap().join().unwrap();
}

#[test]
fn with_all_options_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(|options| options.with_fuel(true).with_coredump(true).with_pool_size(2));
    each_answers(|row| {
        let builder = row.builder().with_wasi(true).with_engine(&engine).with_timeout(Duration::from_secs(600));
        builder.with_fuel_limit(PLENTY).with_coredump(folder.path().join("core"))
    });
}

/// The environment variable that names the profiler for the process of [`profiled`].
const PROFILER: &str = "EXTISM_TESTS_PROFILER";

#[test]
fn with_a_profiler() {
    // Profilers' files are named after the process, and are written to its current directory.
    let folder = tempfile::tempdir().unwrap();
    for (profiler, file) in [("perf", "/tmp/perf-PID.map"), ("jitdump", "jit-PID.dump")] {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let child =
            command.args(["--exact", "matrix::profiled", "--nocapture"]).current_dir(&folder).env(PROFILER, profiler);
        let child = child.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
        let file = folder.path().join(file.replace("PID", &child.id().to_string()));
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{profiler}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(file.metadata().unwrap().len() > 0, "{profiler}");
        std::fs::remove_file(file).unwrap();
    }
}

/// Not a separate test: [`with_a_profiler`] runs it in another process.
#[test]
fn profiled() {
    let profiling = match std::env::var(PROFILER).as_deref() {
        Ok("perf") => Profiling::PerfMap,
        Ok(_) => Profiling::JitDump,
        Err(_) => return,
    };
    let engine = engine(|options| options.with_profiling(profiling));
    each_answers(|row| row.builder().with_engine(&engine).with_profiling(profiling));
}
