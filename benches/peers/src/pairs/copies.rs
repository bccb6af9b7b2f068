//! Guests with their copy loops lifted, over the same guests unchanged, each at several [places](super::placed).

use std::{hint::black_box, time::Duration};

use extism_runtime::{CompiledPlugin, Engine, Export, Function as HostFunction, PluginBuilder, ValType};
use peers_work::{Function, Guest, Result, Start, Work, payload, timed};

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
];

/// Bytes of an input from which on it is copied at one place only.
const LARGE: usize = 64 << 10;

const AS: &[u8] = include_bytes!("../../../../examples/plugins/pdk_as.wasm");
const C: &[u8] = include_bytes!("../../../../examples/plugins/pdk_c.wasm");
const GO: &[u8] = include_bytes!("../../../../examples/plugins/pdk_go.wasm");
const MOONBIT: &[u8] = include_bytes!("../../../../examples/plugins/pdk_moonbit.wasm");
const ZIG: &[u8] = include_bytes!("../../../../examples/plugins/pdk_zig.wasm");

fn engine(bulk_copies: bool) -> Result<Engine> {
    Ok(Engine::builder().with_cache(false).with_bulk_copies(bulk_copies).build()?)
}

fn small(function: Function, bytes: usize, target: Target) -> Result<Pair> {
    calls(Work::call(Guest::Small, function, bytes), target)
}

fn calls(work: Work, target: Target) -> Result<Pair> {
    let Work::Call { function, .. } = work else { return Err("not a call".into()) };
    compare(work.wasm(), function.export(), work.input(), target)
}

/// A guest in another language reads its input and returns a longer text.
fn others(wasm: &'static [u8]) -> Result<Pair> {
    compare(wasm, "settings", payload(4 << 10), NOTHING)
}

/// Calls of a guest, with its loops as they are and lifted; both at several places, in turn. With much to copy, at one only:
/// code matters little then, and the memories of many instances would not fit the processor's caches.
fn compare(wasm: &[u8], export: &'static str, input: Vec<u8>, target: Target) -> Result<Pair> {
    let side = |bulk_copies: bool| -> Result<Start> {
        let engine = engine(bulk_copies)?;
        let places = if input.len() < LARGE { PLACES } else { 1 };
        let compile = |place| -> Result<CompiledPlugin> { compile_placed(&engine, &placed(wasm, place)?) };
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
    Ok(Pair::new(side(false)?, side(true)?, target))
}

fn compile_placed(engine: &Engine, wasm: &[u8]) -> Result<CompiledPlugin> {
    let reflect = HostFunction::new("reflect", [ValType::I64], [ValType::I64], ours::reflect);
    Ok(PluginBuilder::new(wasm).with_engine(engine).with_wasi(true).with_functions(reflect).compile()?)
}
