//! What a server pays, with a target for each row: `cargo bench -p extism-benches --bench targets`, or with a part of a
//! row's name after it.
//!
//! What is compared takes turns in one process: a sample of one, then a sample of the other. A row shows medians.

use std::{
    hint::black_box,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use extism_benches::{SharedEchoPlugin, guests, now, raw};
use extism_runtime::{CompiledPlugin, Engine, Export, Function, Plugin, PluginBuilder, Pool, ValType, pool::Reuse};

/// Samples of each candidate.
const SAMPLES: usize = 101;
/// How long a sample takes, about.
const SAMPLE: Duration = Duration::from_millis(1);
/// How long threads work in a sample.
const TOGETHER: Duration = Duration::from_millis(100);

const TEXT: &str = "the quick brown fox jumps over the lazy dog; the quick brown fox";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    if let [repeat, work, times] = &arguments[..]
        && repeat == "repeat"
    {
        return self::repeat(work, times.parse().expect("a number"));
    }
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    type Work = fn() -> Row;
    let rows: [(&str, Work); 20] = [
        ("`&str -> &str` over `&str -> String`", borrowed),
        ("wasmtime: async call over a plain one", wasmtime_async_call),
        ("wasmtime: async host function over a plain one", wasmtime_async_host_function),
        ("async call, ready at once, over a plain one", async_call),
        ("the same with a timeout on both", async_call_with_timeout),
        ("shared client over a handle", shared_client),
        ("a timeout over none", timeout),
        ("a timeout over none, two threads", timeout_two_threads),
        ("async host function over a plain one", async_host_function),
        ("instance per call, client over by hand", fresh),
        ("threads: calls", threads_calls),
        ("threads: calls with a timeout", threads_timeouts),
        ("threads: calls of a host function", threads_host_functions),
        ("threads: one shared client", threads_shared),
        ("threads: one pool, an instance per call", threads_fresh),
        ("threads: instances", threads_instances),
        ("not interruptible over wasmtime: memory", || computing("sieve", false)),
        ("not interruptible over wasmtime: numbers", || computing("collatz", false)),
        ("interruptible over wasmtime: memory", || computing("sieve", true)),
        ("interruptible over wasmtime: numbers", || computing("collatz", true)),
    ];
    println!("| | | | | target | |\n| --- | ---: | ---: | ---: | ---: | --- |");
    for (name, row) in rows.into_iter().filter(|(name, _)| name.contains(&wanted)) {
        let Row { first, second, compared, target, reached } = row();
        println!("| {name} | {first} | {second} | {compared} | {target} | {reached} |");
    }
}

/// Makes a kind of call so often, for profilers: `repeat async 10000`.
fn repeat(work: &str, times: u32) {
    let timeout = if work.ends_with("timeout") { SOME } else { None };
    let (mut plugin, echo) = echo(timeout);
    let borrowed: Export<&str, &str> = plugin.export("echo").unwrap();
    let client = SharedEchoPlugin::builder(guests::ECHO).with_max_instances(2).build().unwrap();
    let (mut calling, run) = calling(if work == "host" { plain_function() } else { async_function() });
    for _ in 0..times {
        match work {
            "host" | "async-host" => now(run.call_async(&mut calling, ())).unwrap(),
            "plain" | "timeout" => drop(echo.call(&mut plugin, black_box(TEXT)).unwrap()),
            "borrowed" => assert!(!borrowed.call(&mut plugin, black_box(TEXT)).unwrap().is_empty()),
            "async" | "async-timeout" => drop(now(echo.call_async(&mut plugin, black_box(TEXT))).unwrap()),
            "shared" => drop(client.echo(black_box(TEXT)).unwrap()),
            _ => panic!("no such work"),
        }
    }
}

/// A line of the table.
struct Row {
    first: String,
    second: String,
    compared: String,
    target: String,
    reached: &'static str,
}

fn said(reached: bool) -> &'static str {
    if reached { "yes" } else { "no" }
}

/// Compares two times: the second may exceed the first by `target` nanoseconds.
fn difference([first, second]: [f64; 2], target: f64) -> Row {
    let more = second - first;
    Row {
        first: shown(first),
        second: shown(second),
        compared: format!("{more:+.1} ns"),
        target: format!("+{target} ns"),
        reached: said(more <= target),
    }
}

/// Compares two times: the second may be `target` times the first. A target of 0 means that there is none.
fn ratio([first, second]: [f64; 2], target: f64) -> Row {
    let ratio = second / first;
    Row {
        first: shown(first),
        second: shown(second),
        compared: format!("{ratio:.3}"),
        target: if target > 0.0 { format!("{target}") } else { String::new() },
        reached: if target > 0.0 { said(ratio <= target) } else { "" },
    }
}

fn shown(nanoseconds: f64) -> String {
    match nanoseconds {
        small if small < 1e4 => format!("{small:.1} ns"),
        medium if medium < 1e7 => format!("{:.1} us", medium / 1e3),
        large => format!("{:.1} ms", large / 1e6),
    }
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// The median of the nanoseconds of each, which take turns.
fn turns<const N: usize>(mut candidates: [&mut dyn FnMut(); N]) -> [f64; N] {
    let counts: [u32; N] = std::array::from_fn(|index| {
        let candidate = &mut candidates[index];
        // The first call initializes the instance, and may start the clock.
        candidate();
        let mut count: u32 = 1;
        loop {
            let taken = time(candidate, count);
            if taken >= SAMPLE / 2 {
                let more = SAMPLE.as_secs_f64() / taken.as_secs_f64();
                return ((f64::from(count) * more) as u32).max(1);
            }
            count *= 2;
        }
    });
    let mut samples: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..SAMPLES {
        for (index, candidate) in candidates.iter_mut().enumerate() {
            samples[index].push(time(candidate, counts[index]).as_nanos() as f64 / f64::from(counts[index]));
        }
    }
    samples.map(median)
}

fn time(work: &mut dyn FnMut(), count: u32) -> Duration {
    let began = Instant::now();
    for _ in 0..count {
        work();
    }
    began.elapsed()
}

fn echo(timeout: Option<Duration>) -> (Plugin, Export<&'static str, String>) {
    let plugin = compiled(timeout).instantiate().unwrap();
    let export = plugin.export("echo").unwrap();
    (plugin, export)
}

fn compiled(timeout: Option<Duration>) -> CompiledPlugin {
    let builder = PluginBuilder::new(guests::ECHO);
    let builder = match timeout {
        Some(timeout) => builder.with_timeout(timeout),
        None => builder,
    };
    builder.compile().unwrap()
}

const SOME: Option<Duration> = Some(Duration::from_secs(5));

fn async_over_plain(timeout: Option<Duration>) -> Row {
    let ((mut first, echo), (mut second, _)) = (self::echo(timeout), self::echo(timeout));
    let second_echo: Export<&str, String> = second.export("echo").unwrap();
    difference(
        turns([&mut || drop(echo.call(&mut first, black_box(TEXT)).unwrap()), &mut || {
            drop(now(second_echo.call_async(&mut second, black_box(TEXT))).unwrap())
        }]),
        150.0,
    )
}

fn async_call() -> Row {
    async_over_plain(None)
}

fn async_call_with_timeout() -> Row {
    async_over_plain(SOME)
}

/// wasmtime's own async call over its plain one, of a module that returns: with epochs and a pool of stacks, as in the
/// runtime. An async call of a plug-in contains one.
fn wasmtime_async_call() -> Row {
    let guest = raw::prepare(&raw::interruptible_engine().unwrap(), guests::CONSUME).unwrap();
    let (mut plain, mut on_fiber) = (raw::Raw::new(&guest, "empty").unwrap(), raw::Raw::new(&guest, "empty").unwrap());
    let taken = turns([&mut || plain.call_empty().unwrap(), &mut || now(on_fiber.call_empty_async()).unwrap()]);
    Row { target: String::new(), reached: "", ..difference(taken, 0.0) }
}

/// A result that is borrowed from the plug-in's memory over one that is copied.
fn borrowed() -> Row {
    let (mut first, echo) = echo(None);
    let mut second = compiled(None).instantiate().unwrap();
    let second_echo: Export<&str, &str> = second.export("echo").unwrap();
    difference(
        turns([&mut || drop(echo.call(&mut first, black_box(TEXT)).unwrap()), &mut || {
            assert_eq!(second_echo.call(&mut second, black_box(TEXT)).unwrap().len(), TEXT.len());
        }]),
        0.0,
    )
}

fn shared_client() -> Row {
    let (mut plugin, echo) = echo(None);
    let client = SharedEchoPlugin::builder(guests::ECHO).with_max_instances(2).build().unwrap();
    difference(
        turns([&mut || drop(echo.call(&mut plugin, black_box(TEXT)).unwrap()), &mut || {
            drop(client.echo(black_box(TEXT)).unwrap())
        }]),
        40.0,
    )
}

fn timeout() -> Row {
    let ((mut without, echo), (mut with, limited)) = (echo(None), self::echo(SOME));
    difference(
        turns([&mut || drop(echo.call(&mut without, black_box(TEXT)).unwrap()), &mut || {
            drop(limited.call(&mut with, black_box(TEXT)).unwrap())
        }]),
        10.0,
    )
}

/// Nanoseconds of a thread's call while another thread does the same.
fn timeout_two_threads() -> Row {
    let (without, with) = (compiled(None), compiled(SOME));
    let calls = |compiled: &CompiledPlugin| {
        let mut plugin = compiled.instantiate().unwrap();
        let echo: Export<&str, String> = plugin.export("echo").unwrap();
        move || drop(echo.call(&mut plugin, black_box(TEXT)).unwrap())
    };
    let sample = |compiled| 2e9 / rate(2, || calls(compiled));
    let samples: Vec<_> = (0..9).map(|_| (sample(&without), sample(&with))).collect();
    let (without, with) = samples.into_iter().unzip();
    difference([median(without), median(with)], 10.0)
}

/// Calls a host function a hundred times.
const CALLING: &str = r#"(module (import "extism:host/user" "ready" (func $ready (param i64) (result i64)))
        (func (export "run") (local $left i64) (local.set $left (i64.const 100))
            (loop $next
                (drop (call $ready (local.get $left)))
                (local.set $left (i64.sub (local.get $left) (i64.const 1)))
                (br_if $next (i64.ne (local.get $left) (i64.const 0))))))"#;

fn calling(function: Function) -> (Plugin, Export<(), ()>) {
    let plugin = PluginBuilder::new(CALLING).with_functions(function).build().expect("a plug-in");
    let export = plugin.export("run").expect("the export");
    (plugin, export)
}

fn plain_function() -> Function {
    Function::new("ready", [ValType::I64], [ValType::I64], |_, arguments, results| {
        results[0] = arguments[0];
        Ok(())
    })
}

fn async_function() -> Function {
    Function::new_async("ready", [ValType::I64], [ValType::I64], |_, arguments, results| {
        Box::pin(async move {
            results[0] = arguments[0];
            Ok(())
        })
    })
}

/// wasmtime's own async host functions over its plain ones, both in an async call.
fn wasmtime_async_host_function() -> Row {
    let [mut plain, mut waiting] = [false, true].map(|is_async| raw::Calling::new(CALLING, "run", is_async).unwrap());
    let taken = turns([&mut || now(plain.call()).unwrap(), &mut || now(waiting.call()).unwrap()]);
    Row { target: String::new(), reached: "", ..difference(taken.map(|hundred| hundred / 100.0), 0.0) }
}

fn async_host_function() -> Row {
    let (mut plain, run) = calling(plain_function());
    let (mut waiting, run_async) = calling(async_function());
    let taken = turns([&mut || now(run.call_async(&mut plain, ())).unwrap(), &mut || {
        now(run_async.call_async(&mut waiting, ())).unwrap()
    }]);
    difference(taken.map(|hundred| hundred / 100.0), 100.0)
}

fn fresh() -> Row {
    let compiled = compiled(None);
    let echo: Export<&str, String> = compiled.instantiate().unwrap().export("echo").unwrap();
    let client =
        SharedEchoPlugin::builder(guests::ECHO).with_max_instances(2).with_reuse(Reuse::Fresh).build().unwrap();
    ratio(
        turns([&mut || drop(echo.call(&mut compiled.instantiate().unwrap(), black_box(TEXT)).unwrap()), &mut || {
            drop(client.echo(black_box(TEXT)).unwrap())
        }]),
        1.1,
    )
}

/// How often per second threads do what they were made to.
fn rate<W: FnMut()>(threads: usize, make: impl Fn() -> W + Sync) -> f64 {
    let (ready, stop, count) = (AtomicU64::new(0), AtomicBool::new(false), AtomicU64::new(0));
    let began = thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut work = make();
                work();
                ready.fetch_add(1, Ordering::SeqCst);
                while ready.load(Ordering::SeqCst) < threads as u64 {
                    std::hint::spin_loop();
                }
                let mut done = 0;
                while !stop.load(Ordering::Relaxed) {
                    for _ in 0..16 {
                        work();
                    }
                    done += 16;
                }
                count.fetch_add(done, Ordering::SeqCst);
            });
        }
        while ready.load(Ordering::SeqCst) < threads as u64 {
            thread::yield_now();
        }
        let began = Instant::now();
        thread::sleep(TOGETHER);
        stop.store(true, Ordering::Relaxed);
        began
    });
    count.load(Ordering::SeqCst) as f64 / began.elapsed().as_secs_f64()
}

/// Two threads over one, at least 1.9 times as many.
fn threads<W: FnMut()>(make: impl Fn() -> W + Sync) -> Row {
    let samples: Vec<_> = (0..9).map(|_| (rate(1, &make), rate(2, &make))).collect();
    let (one, two): (Vec<_>, Vec<_>) = samples.into_iter().unzip();
    let (one, two) = (median(one), median(two));
    Row {
        first: format!("{:.0}/ms", one / 1e3),
        second: format!("{:.0}/ms", two / 1e3),
        compared: format!("{:.2}", two / one),
        target: "1.9".to_owned(),
        reached: said(two / one >= 1.9),
    }
}

fn each_with_an_instance(compiled: &CompiledPlugin) -> impl FnMut() + use<> {
    let mut plugin = compiled.instantiate().unwrap();
    let echo: Export<&str, String> = plugin.export("echo").unwrap();
    move || drop(echo.call(&mut plugin, black_box(TEXT)).unwrap())
}

fn threads_calls() -> Row {
    let compiled = compiled(None);
    threads(|| each_with_an_instance(&compiled))
}

fn threads_timeouts() -> Row {
    let compiled = compiled(SOME);
    threads(|| each_with_an_instance(&compiled))
}

fn threads_host_functions() -> Row {
    threads(|| {
        let (mut plugin, run) = calling(plain_function());
        move || run.call(&mut plugin, ()).unwrap()
    })
}

fn threads_shared() -> Row {
    let client = SharedEchoPlugin::builder(guests::ECHO).with_max_instances(2).build().unwrap();
    threads(|| || drop(client.echo(black_box(TEXT)).unwrap()))
}

fn threads_fresh() -> Row {
    let pool = Pool::builder(compiled(None)).with_max_instances(2).with_reuse(Reuse::Fresh).build();
    let echo: Export<&str, String> = pool.with_plugin(|plugin| plugin.export("echo")).unwrap();
    threads(|| || drop(pool.with_plugin(|plugin| echo.call(plugin, black_box(TEXT))).unwrap()))
}

fn threads_instances() -> Row {
    let compiled = compiled(None);
    threads(|| || drop(compiled.instantiate().unwrap()))
}

/// A guest that only computes, over wasmtime's default code of it.
fn computing(export: &str, interruptible: bool) -> Row {
    let mut module = raw_compute(export);
    let engine = Engine::builder().with_interruptible(interruptible).with_cache(false).build().unwrap();
    let mut plugin = PluginBuilder::new(guests::COMPUTE).with_engine(&engine).build().unwrap();
    let run: Export<(), ()> = plugin.export(export).unwrap();
    let taken = turns([&mut || module.call_empty().unwrap(), &mut || run.call(&mut plugin, ()).unwrap()]);
    ratio(taken, if interruptible { 0.0 } else { 1.03 })
}

fn raw_compute(export: &str) -> raw::Raw {
    let guest = raw::prepare(&raw::engine().unwrap(), guests::COMPUTE).unwrap();
    raw::Raw::new(&guest, export).unwrap()
}
