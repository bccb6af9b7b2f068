//! What a server pays for asynchronous calls, shared clients, timeouts, instances and threads.

use std::{
    hint::black_box,
    sync::{Arc, Mutex},
};

use extism_benches::{EchoPlugin, SharedEchoPlugin, guests};
use extism_runtime::{
    CompiledPlugin, Engine, Export, Function as HostFunction, PluginBuilder, Pool, ValType, pool::Reuse,
};
use peers_work::{Function, Guest, Result, Start, Work, now, payload, repeated, timed};

use super::{On, Pair, Row, Target};
use crate::{component, ours, raw};

const fn row(label: &'static str, make: fn() -> Result<Pair>) -> Row {
    Row { label, make }
}

pub(super) const ROWS: &[Row] = &[
    row("async call over a plain one, C, 64 B", || async_over_plain(Guest::C, false)),
    row("the same, both with a timeout", || async_over_plain(Guest::C, true)),
    row("async call over a component's `call_async`, Rust, 64 B", || async_over_component(Guest::Pdk)),
    row("the same with extism-guest", || async_over_component(Guest::Ours)),
    row("async host function over a plain one, in async calls", async_host_function),
    row("shared client over a handle, C, 64 B", shared_client),
    row("typed client over a handle, C, 64 B", typed_client),
    row("instance for every call: shared client over by hand, C", fresh),
    row("timeout over none, C, 64 B", || timeout(On::OneThread)),
    row("timeout over none, two threads, C, 64 B", || timeout(On::TwoThreads)),
    row("not interruptible over wasmtime's default code: memory", || computing("sieve")),
    row("not interruptible over wasmtime's default code: numbers", || computing("collatz")),
];

type Making = fn() -> Result<Start>;

/// What each of two threads does, with an instance of its own unless it says otherwise.
pub(super) const THREADS: &[(&str, Making)] = &[
    ("calls, C, 64 B", || echo(Work::call(Guest::C, Function::Echo, 64))),
    ("calls, Rust, 64 B", || echo(Work::call(Guest::Pdk, Function::Echo, 64))),
    ("calls with a timeout, Rust, 64 B", || echo(Work::call(Guest::Pdk, Function::Echo, 64).timed())),
    ("calls of a host function, Rust, 64 B", || echo(Work::call(Guest::Pdk, Function::Reflect, 64))),
    ("calls of one shared client, C, 64 B", shared),
    ("one pool, a new instance for every call, C, 64 B", pooled),
    ("new instances and their first calls, C", || supported(ours::prepare(Work::Instance(Guest::C))?)),
    ("new instances and their first calls, Rust", || supported(ours::prepare(Work::Instance(Guest::Pdk))?)),
    ("the same with headroom for the guest's memory", || {
        supported(ours::prepare(Work::InstanceWithHeadroom(Guest::Pdk))?)
    }),
    ("for comparison: component, calls, 64 B", || {
        supported(component::prepare(Work::call(Guest::Pdk, Function::Echo, 64))?)
    }),
    ("for comparison: component, new instances", || supported(component::prepare(Work::Instance(Guest::Pdk))?)),
];

fn supported(start: Option<Start>) -> Result<Start> {
    start.ok_or_else(|| "the peer does not support this work".into())
}

fn echo(work: Work) -> Result<Start> {
    supported(ours::prepare(work)?)
}

fn compile(work: Work) -> Result<CompiledPlugin> {
    ours::compile(work, &ours::engine()?)
}

/// Plain calls that return a vector.
fn plain_echo(work: Work) -> Result<Start> {
    let compiled = compile(work)?;
    Ok(repeated(move || {
        let mut plugin = compiled.instantiate()?;
        let (echo, input) = (plugin.export::<&[u8], Vec<u8>>("echo")?, work.input());
        Ok(move || {
            black_box(echo.call(&mut plugin, black_box(&input))?);
            Ok(())
        })
    }))
}

/// The same calls asynchronously, each ready at once.
fn async_echo(work: Work) -> Result<Start> {
    let compiled = compile(work)?;
    Ok(repeated(move || {
        let mut plugin = compiled.instantiate()?;
        let (echo, input) = (plugin.export::<&[u8], Vec<u8>>("echo")?, work.input());
        Ok(move || {
            black_box(now(echo.call_async(&mut plugin, black_box(&input)))?);
            Ok(())
        })
    }))
}

fn async_over_plain(guest: Guest, timeout: bool) -> Result<Pair> {
    let work = Work::Call { guest, function: Function::Echo, bytes: 64, timeout };
    Ok(Pair::new(plain_echo(work)?, async_echo(work)?, Target::Added(150.0)))
}

fn async_over_component(guest: Guest) -> Result<Pair> {
    let ours = async_echo(Work::call(guest, Function::Echo, 64))?;
    Ok(Pair::new(component::echo_async(64)?, ours, Target::Times(1.0)))
}

/// The calls of the host function in a call of the guest.
const HOST_CALLS: i64 = 100;

/// Calls a host function many times.
fn calling(function: HostFunction) -> Result<Start> {
    let wat = format!(
        r#"(module (import "extism:host/user" "ready" (func $ready (param i64) (result i64)))
        (func (export "run") (local $left i64) (local.set $left (i64.const {HOST_CALLS}))
            (loop $next
                (drop (call $ready (local.get $left)))
                (local.set $left (i64.sub (local.get $left) (i64.const 1)))
                (br_if $next (i64.ne (local.get $left) (i64.const 0))))))"#
    );
    let compiled = PluginBuilder::new(&wat[..]).with_engine(&ours::engine()?).with_functions(function).compile()?;
    Ok(repeated(move || {
        let mut plugin = compiled.instantiate()?;
        let run: Export<(), ()> = plugin.export("run")?;
        Ok(move || Ok(now(run.call_async(&mut plugin, ()))?))
    }))
}

fn async_host_function() -> Result<Pair> {
    let plain = HostFunction::new("ready", [ValType::I64], [ValType::I64], |_, arguments, results| {
        results[0] = arguments[0];
        Ok(())
    });
    let waiting = HostFunction::new_async("ready", [ValType::I64], [ValType::I64], |_, arguments, results| {
        Box::pin(async move {
            results[0] = arguments[0];
            Ok(())
        })
    });
    let mut pair = Pair::new(calling(plain)?, calling(waiting)?, Target::Added(100.0));
    pair.at_once = HOST_CALLS as f64;
    Ok(pair)
}

fn text() -> Result<Arc<str>> {
    Ok(String::from_utf8(payload(64))?.into())
}

/// Calls by a handle, of text and a new string.
fn by_handle() -> Result<Start> {
    let (compiled, text) = (compile(Work::call(Guest::C, Function::Echo, 64))?, text()?);
    Ok(repeated(move || {
        let (mut plugin, text) = (compiled.instantiate()?, Arc::clone(&text));
        let echo: Export<&str, String> = plugin.export("echo")?;
        Ok(move || {
            black_box(echo.call(&mut plugin, black_box(&text))?);
            Ok(())
        })
    }))
}

fn shared_client() -> Result<Pair> {
    Ok(Pair::new(by_handle()?, shared()?, Target::Added(40.0)))
}

/// Calls of a client that all threads share.
fn shared() -> Result<Start> {
    calls_of(SharedEchoPlugin::builder(guests::ECHO).with_engine(&ours::engine()?).with_max_instances(2).build()?)
}

fn calls_of(client: SharedEchoPlugin) -> Result<Start> {
    let text = text()?;
    Ok(repeated(move || {
        let (client, text) = (client.clone(), Arc::clone(&text));
        Ok(move || {
            black_box(client.echo(black_box(&text))?);
            Ok(())
        })
    }))
}

/// Compares a handle and a client of the same instance, since two instances differ by more than what is measured.
fn typed_client() -> Result<Pair> {
    let compiled = compile(Work::call(Guest::C, Function::Echo, 64))?;
    let client = Arc::new(Mutex::new(EchoPlugin::try_from(compiled.instantiate()?)?));
    let (by_handle, text) = (Arc::clone(&client), text()?);
    let same = Arc::clone(&text);
    let handle: Start = Box::new(move || {
        let (client, text) = (Arc::clone(&by_handle), Arc::clone(&same));
        Ok(Box::new(move |count| {
            let mut client = client.lock().map_err(|error| error.to_string())?;
            let plugin = client.plugin_mut();
            let export: Export<&str, &str> = plugin.export("echo")?;
            timed(count, || {
                black_box(export.call(plugin, black_box(&text))?);
                Ok(())
            })
        }))
    });
    let client: Start = Box::new(move || {
        let (client, text) = (Arc::clone(&client), Arc::clone(&text));
        Ok(Box::new(move |count| {
            let client = &mut *client.lock().map_err(|error| error.to_string())?;
            timed(count, || {
                black_box(client.echo(black_box(&text))?);
                Ok(())
            })
        }))
    });
    Ok(Pair::new(handle, client, Target::AddedOrShare(3.0, 0.02)))
}

fn fresh() -> Result<Pair> {
    let engine = ours::new_engine()?;
    let (compiled, text) = (ours::compile(Work::call(Guest::C, Function::Echo, 64), &engine)?, text()?);
    let echo: Export<&str, String> = compiled.instantiate()?.export("echo")?;
    let by_hand = repeated(move || {
        let (compiled, echo, text) = (compiled.clone(), echo.clone(), Arc::clone(&text));
        Ok(move || {
            black_box(echo.call(&mut compiled.instantiate()?, black_box(&text))?);
            Ok(())
        })
    });
    let builder = SharedEchoPlugin::builder(guests::ECHO).with_engine(&engine);
    let client = builder.with_max_instances(2).with_reuse(Reuse::Fresh).build()?;
    Ok(Pair::new(by_hand, calls_of(client)?, Target::Times(1.1)))
}

/// Calls of a pool that all threads share, each by a new instance.
fn pooled() -> Result<Start> {
    let compiled = ours::compile(Work::call(Guest::C, Function::Echo, 64), &ours::new_engine()?)?;
    let pool = Pool::builder(compiled).with_max_instances(2).with_reuse(Reuse::Fresh).build();
    let (pool, text) = (Arc::new(pool), text()?);
    Ok(repeated(move || {
        let (pool, text) = (Arc::clone(&pool), Arc::clone(&text));
        let echo: Export<&str, String> = pool.with_plugin(|plugin| plugin.export("echo"))?;
        Ok(move || {
            black_box(pool.with_plugin(|plugin| echo.call(plugin, black_box(&text)))?);
            Ok(())
        })
    }))
}

fn timeout(on: On) -> Result<Pair> {
    let work = Work::call(Guest::C, Function::Echo, 64);
    Ok(Pair { on, ..Pair::new(echo(work)?, echo(work.timed())?, Target::Added(10.0)) })
}

/// A guest that only computes, in an engine that does not interrupt it.
fn computing(export: &'static str) -> Result<Pair> {
    let engine = Engine::builder().with_interruptible(false).with_cache(false).build()?;
    let compiled = PluginBuilder::new(guests::COMPUTE).with_engine(&engine).compile()?;
    let ours = repeated(move || {
        let mut plugin = compiled.instantiate()?;
        let run: Export<(), ()> = plugin.export(export)?;
        Ok(move || Ok(run.call(&mut plugin, ())?))
    });
    Ok(Pair::new(raw::calls(guests::COMPUTE, export)?, ours, Target::Times(1.03)))
}
