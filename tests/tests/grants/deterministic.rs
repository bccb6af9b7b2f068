use std::{
    env,
    fmt::Write as _,
    time::{Duration, Instant, UNIX_EPOCH},
};

use extism_runtime::{
    CompiledPlugin, Engine, Error, Plugin, PluginBuilder, Pool,
    plugin::{Clock, FixedClock, SteppingClock},
    pool::Reuse,
};
use extism_tests::{guest, repeated};

use crate::{AGES, look, subscription, wasi_builder};

const SECOND: Duration = Duration::from_secs(1);
/// A time in 2001.
const THEN: Duration = Duration::from_secs(1_000_000_000);
const STEP: Duration = Duration::from_millis(7);

fn engine(deterministic: bool) -> Engine {
    Engine::builder().with_deterministic(deterministic).with_fuel(true).with_pool_size(4).build().unwrap()
}

/// A plug-in whose calls repeat.
fn repeating(engine: &Engine) -> PluginBuilder {
    wasi_builder()
        .with_engine(engine)
        .with_clock(SteppingClock::new(UNIX_EPOCH + THEN, STEP))
        .with_random_seed(42)
        .with_stdin_bytes("the input")
        .with_wasi_env("A", "1")
}

/// Calls all that could differ, and returns the outputs with the fuel that they took.
fn run(compiled: &CompiledPlugin) -> String {
    let mut plugin = compiled.instantiate().unwrap();
    let mut text = String::new();
    for _ in 0..2 {
        for (export, input) in [
            ("look", Vec::new()),
            ("nan", Vec::new()),
            ("poll", subscription(1, 1000 * SECOND, false).to_vec()),
            ("look", Vec::new()),
            ("read", 4u32.to_le_bytes().to_vec()),
            ("environment", Vec::new()),
        ] {
            let output: Vec<u8> = plugin.call(export, input).unwrap();
            write!(text, "{export} {output:?} {:?};", plugin.fuel_consumed()).unwrap();
        }
        // Another instance begins as the first one did.
        plugin.call::<_, ()>("trap", ()).unwrap_err();
    }
    text
}

#[test]
fn two_runs_give_the_same_bytes_and_the_same_fuel() {
    let first = engine(true);
    let compiled = repeating(&first).compile().unwrap();
    let expected = run(&compiled);
    assert_eq!(run(&compiled), expected, "another instance");
    assert_eq!(run(&repeating(&engine(true)).compile().unwrap()), expected, "another engine");
    let on_demand = Engine::builder().with_deterministic(true).with_fuel(true).with_pool_size(0).build().unwrap();
    assert_eq!(run(&repeating(&on_demand).compile().unwrap()), expected, "an engine without a pool");
    let (head, tail) = expected.split_at(expected.len() / 2);
    assert_eq!(head, tail, "the instance after a trap");
}

/// The name of a variable that makes a test print what its process gets.
const CHILD: &str = "EXTISM_TEST_PRINTS_ITS_RUN";

#[test]
fn two_processes_give_the_same_bytes_and_the_same_fuel() {
    let own = run(&repeating(&engine(true)).compile().unwrap());
    if env::var_os(CHILD).is_some() {
        println!("\nrun: {own}");
        return;
    }
    let name = "deterministic::two_processes_give_the_same_bytes_and_the_same_fuel";
    let output = repeated(name).env(CHILD, "1").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let other = text.lines().find_map(|line| line.strip_prefix("run: ")).unwrap_or_else(|| panic!("{text}"));
    assert_eq!(other, own);
}

/// The same bytes on every machine and in every version: whoever recorded a run can repeat it.
#[test]
fn the_bytes_of_a_run_never_change() {
    let mut plugin = repeating(&engine(true)).build().unwrap();
    let (wall, monotonic, random) = look(&mut plugin);
    assert_eq!((wall, monotonic), (THEN, STEP));
    // SplitMix64 of 42.
    assert_eq!(
        random,
        [0x95, 0x6e, 0xeb, 0x2f, 0x26, 0x32, 0xd7, 0xbd, 0x03, 0xf1, 0x66, 0xb2, 0x33, 0xe3, 0xef, 0x28]
    );
    let nan: Vec<u8> = plugin.call("nan", ()).unwrap();
    let f64 = |at: usize| u64::from_le_bytes(nan[at..at + 8].try_into().unwrap());
    assert_eq!((f64(0), f64(8)), (0x7ff8_0000_0000_0000, 0x7ff8_0000_0000_0000));
    assert_eq!(u32::from_le_bytes(nan[16..20].try_into().unwrap()), 0x7fc0_0000);
    assert_eq!(nan[20..], [0, 0, 0, 0, 0, 7, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}

/// Fuel depends on the module's instructions alone, not on the processor or on how its code is optimized.
#[test]
fn the_fuel_of_a_run_is_the_same_on_every_machine() {
    let fuel = |file: &str, export: &str, input: &str| {
        let mut plugin: Plugin = PluginBuilder::new(guest(file)).with_engine(&engine(true)).build().unwrap();
        [(); 2].map(|()| {
            plugin.call::<_, Vec<u8>>(export, input).unwrap();
            plugin.fuel_consumed().unwrap()
        })
    };
    let vowels = fuel("count_vowels.wasm", "count_vowels", "Hello, world!");
    let others = [fuel("reverse.wasm", "reverse", "Hello, world!"), fuel("echo.wasm", "echo", "Hello, world!")];
    assert_eq!((vowels, others), ([10_354, 10_207], [[684; 2], [391; 2]]));
}

/// What the option changes on this kind of processor.
#[cfg(target_arch = "x86_64")]
#[test]
fn without_the_option_the_processor_decides() {
    let run =
        |deterministic| -> Vec<u8> { repeating(&engine(deterministic)).build().unwrap().call("nan", ()).unwrap() };
    let (own, canonical) = (run(false), run(true));
    assert_ne!(own[..8], canonical[..8], "the payload of an operand");
    assert_ne!(own[20..], canonical[20..], "only some bits of an index count");
}

#[test]
fn a_fixed_clock_stands_still_and_sleeps_end_at_once() {
    let mut plugin = wasi_builder().with_clock(FixedClock::new(UNIX_EPOCH + THEN)).build().unwrap();
    let start = Instant::now();
    for wait in [subscription(0, 3600 * SECOND, false), subscription(1, 3600 * SECOND, false)] {
        assert_eq!(look(&mut plugin).0, THEN);
        assert_eq!(plugin.call::<_, i32>("poll", wait.as_slice()).unwrap(), 1);
    }
    assert_eq!((look(&mut plugin).0, look(&mut plugin).1), (THEN, Duration::ZERO));
    assert!(start.elapsed() < AGES);
}

#[test]
fn a_stepping_clock_moves_by_what_the_plugin_sleeps_until() {
    let mut plugin = wasi_builder().with_clock(SteppingClock::new(UNIX_EPOCH + THEN, SECOND)).build().unwrap();
    // Reading the clock for a point in time is a step, too.
    let until = subscription(0, THEN + 3600 * SECOND, true);
    assert_eq!(plugin.call::<_, i32>("poll", until.as_slice()).unwrap(), 1);
    assert_eq!(look(&mut plugin).0, THEN + 3601 * SECOND);
    let past = subscription(1, SECOND, true);
    assert_eq!(plugin.call::<_, i32>("poll", past.as_slice()).unwrap(), 1);
    assert_eq!(look(&mut plugin).0, THEN + 3604 * SECOND);
}

#[test]
fn an_async_call_sleeps_by_the_clock_too() {
    let mut plugin = repeating(&engine(true)).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let year = subscription(1, 365 * 24 * 3600 * SECOND, false);
    let events = runtime.block_on(plugin.call_async::<_, i32>("poll", year.as_slice())).unwrap();
    assert_eq!(events, 1);
}

/// A clock whose sleeps take real time.
#[derive(Clone)]
struct Shifted;

impl Clock for Shifted {
    fn wall(&mut self) -> Duration {
        THEN
    }

    fn monotonic(&mut self) -> Duration {
        panic!("in the clock")
    }

    fn sleep(&mut self, time: Duration) -> Duration {
        time
    }
}

#[test]
fn a_clock_may_let_the_plugin_really_sleep_until_its_deadline() {
    let limited = wasi_builder().with_clock(Shifted).with_timeout(Duration::from_millis(50));
    let mut plugin = limited.build().unwrap();
    let start = Instant::now();
    let short = subscription(0, Duration::from_millis(10), false);
    assert_eq!(plugin.call::<_, i32>("poll", short.as_slice()).unwrap(), 1);
    assert!(start.elapsed() >= Duration::from_millis(10));
    let error = plugin.call::<_, i32>("poll", subscription(0, 3600 * SECOND, false).as_slice()).unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }) && start.elapsed() < AGES, "{error}");
}

#[test]
fn a_clock_that_panics_stands_still() {
    let mut plugin = wasi_builder().with_clock(Shifted).build().unwrap();
    assert_eq!((look(&mut plugin).0, look(&mut plugin).1), (THEN, Duration::ZERO));
}

#[test]
fn each_instance_of_a_pool_begins_with_the_same_clock_and_numbers() {
    let compiled = repeating(&engine(true)).compile().unwrap();
    let expected = look(&mut compiled.instantiate().unwrap());
    let pool = Pool::builder(compiled).with_max_instances(4).with_reuse(Reuse::Fresh).build();
    for _ in 0..8 {
        let mut loans: Vec<_> = (0..4).map(|_| pool.get(AGES).unwrap().unwrap()).collect();
        loans.iter_mut().for_each(|plugin| assert_eq!(look(plugin), expected));
    }
}

#[test]
fn other_seeds_give_other_numbers_and_none_gives_those_of_the_system() {
    let random = |builder: PluginBuilder| look(&mut builder.build().unwrap()).2;
    let seeded = |seed| random(wasi_builder().with_random_seed(seed));
    assert_eq!(seeded(7), seeded(7));
    assert_ne!(seeded(7), seeded(8));
    assert_ne!(random(wasi_builder()), random(wasi_builder()));
}

#[test]
fn assemblyscripts_own_seed_follows_the_seed() {
    let wat = r#"(module
        (import "env" "seed" (func $seed (result f64)))
        (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
        (import "extism:host/env" "store_u64" (func $store (param i64 i64)))
        (import "extism:host/env" "output_set" (func $set (param i64 i64)))
        (func (export "seed") (local $block i64)
            (local.set $block (call $alloc (i64.const 8)))
            (call $store (local.get $block) (i64.reinterpret_f64 (call $seed)))
            (call $set (local.get $block) (i64.const 8))))"#;
    let seeds = |builder: PluginBuilder| {
        let mut plugin: Plugin = builder.build().unwrap();
        [(); 2].map(|()| plugin.call::<_, f64>("seed", ()).unwrap())
    };
    let seeded = |seed| seeds(PluginBuilder::new(wat).with_random_seed(seed));
    let [first, second] = seeded(7);
    assert!(first.is_finite() && second.is_finite() && first != second);
    assert_eq!(seeded(7), [first, second]);
    assert_ne!(seeded(8), [first, second]);
    assert_ne!(seeds(PluginBuilder::new(wat)), seeds(PluginBuilder::new(wat)));
}
