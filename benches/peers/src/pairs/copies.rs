//! Guests compiled in two ways: with their copy loops lifted over unchanged, and with inlining over without. Each at several
//! [places](super::placed).

use std::{hint::black_box, time::Duration};

use extism_benches::guests::ECHO_PDK;
use extism_runtime::{CompiledPlugin, Engine, Export, Function as HostFunction, PluginBuilder, ValType};
use peers_work::{Function, Guest, Result, Start, Work, payload, repeated, timed};

use super::{
    Pair, Row, Target,
    placed::{PLACES, placed},
};
use crate::ours;

const fn row(label: &'static str, make: fn() -> Result<Pair>) -> Row {
    Row { label, make }
}

/// What guests that are not made for copying may lose.
const NOTHING: Target = Target::Times(1.03);

pub(super) const ROWS: &[Row] = &[
    row("bulk copies over none, Rust for size: 64 B", || small(Function::Echo, 64, Target::Added(2.0))),
    row("bulk copies over none, Rust for size: 64 KB", || small(Function::Echo, 64 << 10, Target::Faster(4.0))),
    row("bulk copies over none, Rust for size: 1 MB", || small(Function::Echo, 1 << 20, Target::Faster(3.0))),
    row("bulk copies over none, Rust for size: host function, 64 B", || small(Function::Reflect, 64, NOTHING)),
    row("bulk copies over none, Rust for size: count vowels", || small(Function::CountVowels, 0, NOTHING)),
    row("bulk copies over none, Rust for speed: 1 MB", || {
        calls(Work::call(Guest::Pdk, Function::Echo, 1 << 20), Target::None)
    }),
    row("bulk copies over none, C: 1 MB", || calls(Work::call(Guest::C, Function::Echo, 1 << 20), Target::None)),
    row("bulk copies over none, AssemblyScript: 4 KB", || others(AS)),
    row("bulk copies over none, C by another PDK: 4 KB", || others(C)),
    row("bulk copies over none, Go: 4 KB", || others(GO)),
    row("bulk copies over none, MoonBit: 4 KB", || others(MOONBIT)),
    row("bulk copies over none, Zig: 4 KB", || others(ZIG)),
    row("compile 1.5 MB, bulk copies over none", || {
        Ok(Pair::new(ours::compiles(false)?, ours::compiles(true)?, Target::Times(1.07)))
    }),
    row("load 1.5 MB from the cache, bulk copies over none", || {
        Ok(Pair::new(ours::loads(false)?, ours::loads(true)?, Target::Times(1.03)))
    }),
    row("inlining over none, Rust for size: 64 B", || inlined(Function::Echo, 64)),
    row("inlining over none, Rust for size: host function, 64 B", || inlined(Function::Reflect, 64)),
    row("inlining over none, Rust for size: count vowels", || inlined(Function::CountVowels, 0)),
    row("inlining over none, Rust for size: compile", || Ok(Pair::new(compiles(false), compiles(true), Target::None))),
];

/// Bytes of an input from which on it is copied at one place only.
const LARGE: usize = 64 << 10;
/// Bytes of a module whose memory is so large, too, that few instances fit the processor's caches.
const LARGE_MODULE: usize = 1 << 20;

const AS: &[u8] = include_bytes!("../../../../examples/plugins/pdk_as.wasm");
const C: &[u8] = include_bytes!("../../../../examples/plugins/pdk_c.wasm");
const GO: &[u8] = include_bytes!("../../../../examples/plugins/pdk_go.wasm");
const MOONBIT: &[u8] = include_bytes!("../../../../examples/plugins/pdk_moonbit.wasm");
const ZIG: &[u8] = include_bytes!("../../../../examples/plugins/pdk_zig.wasm");

/// Engines without bulk copies and with them.
fn copying() -> Result<[Engine; 2]> {
    let engine = |bulk_copies| Engine::builder().with_cache(false).with_bulk_copies(bulk_copies).build();
    Ok([engine(false)?, engine(true)?])
}

/// Engines without inlining and with it.
fn inlining() -> Result<[Engine; 2]> {
    let engine = |inlining| Engine::builder().with_cache(false).with_inlining(inlining).build();
    Ok([engine(false)?, engine(true)?])
}

fn inlined(function: Function, bytes: usize) -> Result<Pair> {
    let work = Work::call(Guest::Small, function, bytes);
    compare(inlining()?, work.wasm(), function.export(), work.input(), Target::None)
}

/// Compiles a small guest.
fn compiles(inlining: bool) -> Start {
    repeated(move || {
        Ok(move || {
            // A new engine each time, since an engine keeps the modules that it has compiled.
            let engine = Engine::builder().with_cache(false).with_inlining(inlining).build()?;
            black_box(PluginBuilder::new(ECHO_PDK).with_engine(&engine).compile()?);
            Ok(())
        })
    })
}

fn small(function: Function, bytes: usize, target: Target) -> Result<Pair> {
    calls(Work::call(Guest::Small, function, bytes), target)
}

fn calls(work: Work, target: Target) -> Result<Pair> {
    let Work::Call { function, .. } = work else { return Err("not a call".into()) };
    compare(copying()?, work.wasm(), function.export(), work.input(), target)
}

/// A guest in another language reads its input and returns a longer text.
fn others(wasm: &'static [u8]) -> Result<Pair> {
    compare(copying()?, wasm, "settings", payload(4 << 10), NOTHING)
}

/// Calls of a guest in two engines; in both at several places, in turn. With much to copy, at one only:
/// code matters little then, and the memories of many instances would not fit the processor's caches.
fn compare(engines: [Engine; 2], wasm: &[u8], export: &'static str, input: Vec<u8>, target: Target) -> Result<Pair> {
    let side = |engine: &Engine| -> Result<Start> {
        let places = match (input.len(), wasm.len()) {
            (LARGE.., _) => 1,
            (_, LARGE_MODULE..) => 4,
            _ => PLACES,
        };
        let compile = |place| -> Result<CompiledPlugin> { compile_placed(engine, &placed(wasm, place)?) };
        let (compiled, input) = ((0..places).map(compile).collect::<Result<Vec<_>>>()?, input.clone());
        Ok(Box::new(move || {
            let mut all = Vec::new();
            for compiled in &compiled {
                let mut plugin = compiled.instantiate()?;
                let (export, input): (Export<&[u8], &[u8]>, _) = (plugin.export(export)?, input.clone());
                all.push(move |count| {
                    timed(count, || {
                        black_box(export.call(&mut plugin, black_box(&input))?);
                        Ok(())
                    })
                });
            }
            Ok(Box::new(move |count| {
                let each = count.div_ceil(places);
                let mut took = Duration::ZERO;
                for calls in &mut all {
                    took += calls(each)?;
                }
                Ok(took.mul_f64(f64::from(count) / f64::from(each * places)))
            }))
        }))
    };
    let [first, second] = &engines;
    Ok(Pair::new(side(first)?, side(second)?, target))
}

fn compile_placed(engine: &Engine, wasm: &[u8]) -> Result<CompiledPlugin> {
    let reflect = HostFunction::new("reflect", [ValType::I64], [ValType::I64], ours::reflect);
    Ok(PluginBuilder::new(wasm).with_engine(engine).with_wasi(true).with_functions(reflect).compile()?)
}
