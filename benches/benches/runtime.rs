//! Compares extism-runtime with raw wasmtime, with the same guests and in one run.
//!
//! `cargo bench -p extism-benches`, optionally followed by a part of a benchmark's name. In each group:
//! - `runtime` is extism-runtime with a resolved handle;
//! - `wasmtime` is wasmtime itself with the same module and host functions for its imports from
//!   `extism:host/env`;
//! - `limit` is wasmtime with a module made for the purpose, if there is one.

use divan::{Bencher, black_box, counter::BytesCount};
use extism_benches::{EchoPlugin, PAYLOADS, Report, SharedEchoPlugin, guests, large, payload, raw};
use extism_runtime::{
    CompiledPlugin, Engine, Export, Function, Json, Plugin, PluginBuilder, Pool, Val, ValType, pool::Reuse,
};

fn main() {
    divan::main();
}

fn plugin(wasm: &[u8]) -> Plugin {
    Plugin::new(wasm).expect("the guest is a plug-in")
}

fn raw_guest(wasm: impl AsRef<[u8]>, export: &str) -> raw::Raw {
    let engine = raw::engine().expect("wasmtime runs here");
    let guest = raw::prepare(&engine, wasm).expect("all imports are there");
    raw::Raw::new(&guest, export).expect("the export is there")
}

/// A call of a guest that does nothing.
#[divan::bench_group(sample_count = 500)]
mod empty_call {
    use super::*;

    #[divan::bench]
    fn runtime(bencher: Bencher<'_, '_>) {
        let mut plugin = plugin(guests::CONSUME);
        let empty: Export<(), ()> = plugin.export("empty").unwrap();
        bencher.bench_local(|| empty.call(&mut plugin, ()).unwrap());
    }

    #[divan::bench]
    fn runtime_by_name(bencher: Bencher<'_, '_>) {
        let mut plugin = plugin(guests::CONSUME);
        bencher.bench_local(|| plugin.call::<(), ()>("empty", ()).unwrap());
    }

    #[divan::bench]
    fn wasmtime(bencher: Bencher<'_, '_>) {
        let mut guest = raw_guest(guests::CONSUME, "empty");
        bencher.bench_local(|| guest.call_empty().unwrap());
    }
}

/// An async call that does not need to wait, and the plain one: 64 bytes, as text.
#[divan::bench_group(sample_count = 500)]
mod async_call {
    use extism_benches::now;

    use super::*;

    /// Calls the host function `ready` a hundred times.
    fn calling(function: Function) -> (Plugin, Export<(), ()>) {
        let wat = r#"(module (import "extism:host/user" "ready" (func $ready (param i64) (result i64)))
            (func (export "run") (local $left i64) (local.set $left (i64.const 100))
                (loop $next
                    (drop (call $ready (local.get $left)))
                    (local.set $left (i64.sub (local.get $left) (i64.const 1)))
                    (br_if $next (i64.ne (local.get $left) (i64.const 0))))))"#;
        let plugin = PluginBuilder::new(wat).with_functions(function).build().expect("a plug-in");
        let export = plugin.export("run").expect("the export");
        (plugin, export)
    }

    #[divan::bench]
    fn plain(bencher: Bencher<'_, '_>) {
        let (mut plugin, text) = (plugin(guests::ECHO), "x".repeat(64));
        let echo: Export<&str, &str> = plugin.export("echo").unwrap();
        bencher.bench_local(|| echo.call(&mut plugin, black_box(&text)).unwrap().len());
    }

    #[divan::bench]
    fn ready(bencher: Bencher<'_, '_>) {
        let (mut plugin, text) = (plugin(guests::ECHO), "x".repeat(64));
        let echo: Export<&str, &str> = plugin.export("echo").unwrap();
        bencher.bench_local(|| now(echo.call_async(&mut plugin, black_box(&text))).unwrap().len());
    }

    #[divan::bench]
    fn a_hundred_plain_host_functions(bencher: Bencher<'_, '_>) {
        let (mut plugin, run) =
            calling(Function::new("ready", [ValType::I64], [ValType::I64], |_, arguments, results| {
                results[0] = arguments[0];
                Ok(())
            }));
        bencher.bench_local(|| run.call(&mut plugin, ()).unwrap());
    }

    #[divan::bench]
    fn a_hundred_async_host_functions(bencher: Bencher<'_, '_>) {
        let ready = Function::new_async("ready", [ValType::I64], [ValType::I64], |_, arguments, results| {
            Box::pin(async move {
                results[0] = arguments[0];
                Ok(())
            })
        });
        let (mut plugin, run) = calling(ready);
        bencher.bench_local(|| now(run.call_async(&mut plugin, ())).unwrap());
    }
}

/// A call that returns its input.
#[divan::bench_group]
mod echo {
    use super::*;

    fn bench(bencher: Bencher<'_, '_>, bytes: usize, mut call: impl FnMut(&[u8]) -> usize) {
        let input = payload(bytes);
        bencher.counter(BytesCount::new(bytes)).bench_local(|| assert_eq!(call(black_box(&input)), bytes));
    }

    #[divan::bench(args = PAYLOADS)]
    fn runtime(bencher: Bencher<'_, '_>, bytes: usize) {
        let mut plugin = plugin(guests::ECHO);
        bench(bencher, bytes, |input| black_box(plugin.call::<_, &[u8]>("echo", input).unwrap()).len());
    }

    #[divan::bench(args = PAYLOADS)]
    fn runtime_pdk(bencher: Bencher<'_, '_>, bytes: usize) {
        let mut plugin = plugin(guests::ECHO_PDK);
        bench(bencher, bytes, |input| black_box(plugin.call::<_, &[u8]>("echo", input).unwrap()).len());
    }

    #[divan::bench(args = PAYLOADS)]
    fn wasmtime(bencher: Bencher<'_, '_>, bytes: usize) {
        let mut guest = raw_guest(guests::ECHO, "echo");
        bench(bencher, bytes, |input| black_box(guest.call(input).unwrap()).len());
    }

    #[divan::bench(args = PAYLOADS)]
    fn limit(bencher: Bencher<'_, '_>, bytes: usize) {
        let mut guest = raw::RawEcho::new(&raw::engine().unwrap()).unwrap();
        bench(bencher, bytes, |input| black_box(guest.call(input).unwrap()).len());
    }
}

/// The overhead of a typed client over a handle: none that can be measured.
#[divan::bench_group(sample_count = 500)]
mod client {
    use super::*;

    const TEXT: &str = "the quick brown fox jumps over the lazy dog; the quick brown fox";

    #[divan::bench]
    fn runtime_handle(bencher: Bencher<'_, '_>) {
        let mut plugin = plugin(guests::ECHO);
        let echo: Export<&str, &str> = plugin.export("echo").unwrap();
        bencher.bench_local(|| echo.call(&mut plugin, black_box(TEXT)).unwrap().len());
    }

    #[divan::bench]
    fn runtime_client(bencher: Bencher<'_, '_>) {
        let mut echo = EchoPlugin::load(guests::ECHO).unwrap();
        bencher.bench_local(|| echo.echo(black_box(TEXT)).unwrap().len());
    }
}

/// The overhead of a shared client over a handle, when nobody else uses its pool and when two threads do.
#[divan::bench_group(sample_count = 500)]
mod shared {
    use super::*;

    const TEXT: &str = "the quick brown fox jumps over the lazy dog; the quick brown fox";

    fn client(reuse: Reuse) -> SharedEchoPlugin {
        SharedEchoPlugin::builder(guests::ECHO).with_max_instances(2).with_reuse(reuse).build().unwrap()
    }

    #[divan::bench]
    fn runtime_handle(bencher: Bencher<'_, '_>) {
        let mut plugin = plugin(guests::ECHO);
        let echo: Export<&str, String> = plugin.export("echo").unwrap();
        bencher.bench_local(|| echo.call(&mut plugin, black_box(TEXT)).unwrap());
    }

    #[divan::bench(threads = [1, 2])]
    fn runtime_client(bencher: Bencher<'_, '_>) {
        let client = client(Reuse::Keep);
        bencher.bench(|| client.echo(black_box(TEXT)).unwrap());
    }

    #[divan::bench]
    fn runtime_pooled_plugin(bencher: Bencher<'_, '_>) {
        let pool = Pool::new(CompiledPlugin::new(guests::ECHO).unwrap(), 2);
        let echo: Export<&str, String> = pool.with_plugin(|plugin| plugin.export("echo")).unwrap();
        bencher.bench_local(|| pool.with_plugin(|plugin| echo.call(plugin, black_box(TEXT))).unwrap());
    }

    /// An instance that is created by hand for the call.
    #[divan::bench]
    fn fresh_by_hand(bencher: Bencher<'_, '_>) {
        let compiled = CompiledPlugin::new(guests::ECHO).unwrap();
        let echo: Export<&str, String> = compiled.instantiate().unwrap().export("echo").unwrap();
        bencher.bench_local(|| echo.call(&mut compiled.instantiate().unwrap(), black_box(TEXT)).unwrap());
    }

    #[divan::bench]
    fn fresh_client(bencher: Bencher<'_, '_>) {
        let client = client(Reuse::Fresh);
        bencher.bench_local(|| client.echo(black_box(TEXT)).unwrap());
    }
}

/// Text in, JSON out, as Rust values.
#[divan::bench_group]
mod json {
    use super::*;

    const TEXT: &str = "Hello, world!";

    #[divan::bench]
    fn runtime(bencher: Bencher<'_, '_>) {
        let mut plugin = plugin(guests::COUNT_VOWELS);
        let count: Export<&str, Json<Report>> = plugin.export("count_vowels").unwrap();
        bencher.bench_local(|| count.call(&mut plugin, black_box(TEXT)).unwrap());
    }

    #[divan::bench]
    fn wasmtime(bencher: Bencher<'_, '_>) {
        let mut guest = raw_guest(guests::COUNT_VOWELS, "count_vowels");
        bencher.bench_local(|| {
            let output = guest.call(black_box(TEXT).as_bytes()).unwrap();
            serde_json::from_slice::<Report>(output).unwrap()
        });
    }
}

/// From the guest to a host function and back.
#[divan::bench_group]
mod host_function {
    use super::*;

    fn reflect() -> Function {
        Function::new("reflect", [ValType::I64], [ValType::I64], |plugin, args, results| {
            let bytes: Vec<u8> = plugin.get(&args[0])?;
            results[0] = plugin.put(&bytes)?;
            Ok(())
        })
    }

    fn add() -> Function {
        Function::new("add", [ValType::I64, ValType::I64], [ValType::I64], |_, args, results| {
            if let [Val::I64(left), Val::I64(right)] = args {
                results[0] = Val::I64(left.wrapping_add(*right));
            }
            Ok(())
        })
    }

    /// 64 bytes into the guest, to the host, and all the way back.
    #[divan::bench]
    fn runtime_64_bytes(bencher: Bencher<'_, '_>) {
        let mut plugin = PluginBuilder::new(guests::REFLECT).with_functions(reflect()).build().unwrap();
        let reflect: Export<&[u8], &[u8]> = plugin.export("reflect").unwrap();
        let input = payload(64);
        bencher.bench_local(|| {
            black_box(reflect.call(&mut plugin, black_box(&input)).unwrap());
        });
    }

    #[divan::bench]
    fn wasmtime_64_bytes(bencher: Bencher<'_, '_>) {
        let mut guest = raw_guest(guests::REFLECT, "reflect");
        let input = payload(64);
        bencher.bench_local(|| {
            black_box(guest.call(black_box(&input)).unwrap());
        });
    }

    /// A thousand calls of a function of two integers.
    #[divan::bench]
    fn runtime_1000_raw_values(bencher: Bencher<'_, '_>) {
        let mut plugin = PluginBuilder::new(guests::RAW_CALL).with_functions(add()).build().unwrap();
        let thousand: Export<(), ()> = plugin.export("thousand").unwrap();
        bencher.bench_local(|| thousand.call(&mut plugin, ()).unwrap());
    }

    #[divan::bench]
    fn wasmtime_1000_raw_values(bencher: Bencher<'_, '_>) {
        let mut guest = raw_guest(guests::RAW_CALL, "thousand");
        bencher.bench_local(|| guest.call_empty().unwrap());
    }
}

/// A new instance, and its first call.
#[divan::bench_group]
mod instance {
    use super::*;

    #[divan::bench]
    fn runtime(bencher: Bencher<'_, '_>) {
        let compiled = CompiledPlugin::new(guests::ECHO).unwrap();
        bencher.bench_local(|| {
            let mut plugin = compiled.instantiate().unwrap();
            plugin.call::<_, Vec<u8>>("echo", "first").unwrap()
        });
    }

    #[divan::bench]
    fn runtime_pdk(bencher: Bencher<'_, '_>) {
        let compiled = CompiledPlugin::new(guests::ECHO_PDK).unwrap();
        bencher.bench_local(|| {
            let mut plugin = compiled.instantiate().unwrap();
            plugin.call::<_, Vec<u8>>("echo", "first").unwrap()
        });
    }

    #[divan::bench]
    fn wasmtime(bencher: Bencher<'_, '_>) {
        let guest = raw::prepare(&raw::engine().unwrap(), guests::ECHO).unwrap();
        bencher.bench_local(|| raw::Raw::new(&guest, "echo").unwrap().call(b"first").unwrap().to_vec());
    }
}

/// Code of a module of 1.5 MB: compiled, and loaded from the cache on disk.
#[divan::bench_group(sample_count = 10, sample_size = 1)]
mod compile {
    use super::*;

    fn runtime_engine(cache: Option<&std::path::Path>) -> Engine {
        let builder = Engine::builder();
        let builder = match cache {
            Some(directory) => builder.with_cache_directory(directory),
            None => builder.with_cache(false),
        };
        builder.build().unwrap()
    }

    #[divan::bench]
    fn runtime(bencher: Bencher<'_, '_>) {
        let wasm = large::module().unwrap();
        let load = |engine: &Engine| PluginBuilder::new(&wasm[..]).with_engine(engine).compile().unwrap();
        bencher.with_inputs(|| runtime_engine(None)).bench_local_refs(|engine| load(engine));
    }

    /// The same module once more, for another plug-in of the engine.
    #[divan::bench(sample_count = 100)]
    fn runtime_again(bencher: Bencher<'_, '_>) {
        let wasm = large::module().unwrap();
        let engine = runtime_engine(None);
        let load = || PluginBuilder::new(&wasm[..]).with_engine(&engine).compile().unwrap();
        let _first = load();
        bencher.bench_local(load);
    }

    #[divan::bench]
    fn wasmtime(bencher: Bencher<'_, '_>) {
        let wasm = large::module().unwrap();
        let engine = raw::engine().unwrap();
        bencher.bench_local(|| wasmtime::Module::from_binary(&engine, &wasm).unwrap());
    }

    /// Compiles to code that can be interrupted, as the runtime does.
    #[divan::bench]
    fn wasmtime_interruptible(bencher: Bencher<'_, '_>) {
        let wasm = large::module().unwrap();
        let engine = raw::interruptible_engine().unwrap();
        bencher.bench_local(|| wasmtime::Module::from_binary(&engine, &wasm).unwrap());
    }

    #[divan::bench(sample_count = 100)]
    fn runtime_cached(bencher: Bencher<'_, '_>) {
        let wasm = large::module().unwrap();
        let directory = tempfile::tempdir().unwrap();
        // A new engine each time, since an engine keeps its modules.
        let load = |engine: &Engine| PluginBuilder::new(&wasm[..]).with_engine(engine).compile().unwrap();
        load(&runtime_engine(Some(directory.path())));
        bencher.with_inputs(|| runtime_engine(Some(directory.path()))).bench_local_refs(|engine| load(engine));
    }

    #[divan::bench(sample_count = 100)]
    fn wasmtime_cached(bencher: Bencher<'_, '_>) {
        let wasm = large::module().unwrap();
        let directory = tempfile::tempdir().unwrap();
        let engine = || raw::cached_engine(directory.path()).unwrap();
        let load = |engine: &wasmtime::Engine| wasmtime::Module::from_binary(engine, &wasm).unwrap();
        load(&engine());
        bencher.with_inputs(engine).bench_local_refs(|engine| load(engine));
    }
}
