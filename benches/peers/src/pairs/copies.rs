//! Guests with their copy loops lifted, over the same guests unchanged.

use extism_runtime::{Engine, Export, PluginBuilder};
use peers_work::{Function, Guest, Result, Start, Work, payload, repeated};

use super::{Pair, Row, Target};
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
    row("bulk copies over none, AssemblyScript: 4 KB", || others(AS, false)),
    row("bulk copies over none, C by another PDK: 4 KB", || others(C, false)),
    row("bulk copies over none, Go: 4 KB", || others(GO, true)),
    row("bulk copies over none, MoonBit: 4 KB", || others(MOONBIT, false)),
    row("bulk copies over none, Zig: 4 KB", || others(ZIG, false)),
    row("compile 1.5 MB, bulk copies over none", || {
        Ok(Pair::new(ours::compiles(false)?, ours::compiles(true)?, Target::Times(1.07)))
    }),
    row("load 1.5 MB from the cache, bulk copies over none", || {
        Ok(Pair::new(ours::loads(false)?, ours::loads(true)?, Target::Times(1.03)))
    }),
];

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
    let side = |bulk_copies| -> Result<Start> {
        Ok(ours::calls(ours::compile(work, &engine(bulk_copies)?)?, function, work.input()))
    };
    Ok(Pair::new(side(false)?, side(true)?, target))
}

/// A guest in another language reads its input and returns a longer text.
fn others(wasm: &'static [u8], wasi: bool) -> Result<Pair> {
    let side = |bulk_copies| -> Result<Start> {
        let builder = PluginBuilder::new(wasm).with_engine(&engine(bulk_copies)?).with_wasi(wasi);
        let (compiled, input) = (builder.compile()?, payload(4 << 10));
        Ok(repeated(move || {
            let (mut plugin, input) = (compiled.instantiate()?, input.clone());
            let settings: Export<&[u8], Vec<u8>> = plugin.export("settings")?;
            Ok(move || settings.call(&mut plugin, &input).map(drop).map_err(Into::into))
        }))
    };
    Ok(Pair::new(side(false)?, side(true)?, NOTHING))
}
