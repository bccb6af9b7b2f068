//! Tests that modules with copy loops behave the same when fused, lifted or not, as with the reference kernel.

use super::super::{run, smith};
use crate::{
    fuse::{FuseError, Given, KernelMemory, Options, fuse_with},
    fuzzing_lift::{bulk_copies, module},
    fuzzing_numbers::Numbers,
};

mod plant;

/// Fuses in all ways, and compares each with the expected outcome. Returns how many loops are lifted.
fn compare(wasm: &[u8], expected: impl Fn() -> Option<run::Outcome>, seen: &mut run::Seen, what: &str) -> usize {
    let Some(expected) = expected() else { return 0 };
    let mut lifted = 0;
    for (memory, lift) in [(KernelMemory::Define, true), (KernelMemory::Define, false), (smith::IMPORTED, true)] {
        let fused = match fuse_with(wasm, Options { memory, given: Given::NONE, lift, headroom: 0 }) {
            Err(FuseError::SharedMemory { .. }) => return 0,
            fused => fused.unwrap(),
        };
        lifted = lifted.max(bulk_copies(&fused.wasm));
        seen.compare(&expected, &run::fused(wasm, &fused), &format!("{what}, {memory:?}, {lift}"));
    }
    lifted
}

/// Sets an input, fills the heap around it, and afterwards reads everything.
const AROUND: [(&str, &str); 2] = [
    (
        "(global $state",
        r#"(import "extism:host/env" "input_set" (func $input_set (param i64 i64)))
        (memory (export "memory") 2 2) (func (export "fill") (local $at i64)
          (local.set $at (i64.const 628))
          (loop $top
            (call $store_u64 (local.get $at) (i64.mul (local.get $at) (i64.const 0x9e3779b97f4a7c15)))
            (local.set $at (i64.add (local.get $at) (i64.const 5)))
            (br_if $top (i64.lt_u (local.get $at) (i64.const 9000))))
          (call $input_set (i64.const 640) (i64.const 3001)))
        (global $state"#,
    ),
    (
        "(func (export \"run\")",
        r#"(func (export "look") (result i64) (local $at i64) (local $sum i64)
          (loop $top
            (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 31)) (call $load_u64 (local.get $at))))
            (local.set $at (i64.add (local.get $at) (i64.const 8)))
            (br_if $top (i64.lt_u (local.get $at) (i64.const 20000))))
          (local.get $sum))
        (func (export "run")"#,
    ),
];

#[test]
fn generated_loops_do_what_they_do_with_the_reference_kernel() {
    let mut seen = run::Seen::default();
    let mut lifted = 0;
    for seed in 0..60_u64 {
        let input = smith::bytes(seed + 40, 256);
        let mut text = module(&mut Numbers(&input)).replace("(memory (export \"memory\") 2 2)\n", "");
        for (before, after) in AROUND {
            text = text.replace(before, after);
        }
        // Whatever the argument is, the counter ends the loop soon.
        let counter = "(local.set $c (i64.add (i64.and (local.get $c) (i64.const 511)) (i64.const 1)))\n  (block $out";
        let wasm =
            wat::parse_str(text.replace("(block $out", counter)).unwrap_or_else(|error| panic!("{error}\n{text}"));
        lifted += compare(&wasm, || Some(run::unfused(&wasm)), &mut seen, &text);
    }
    assert!(lifted > 15, "{lifted}");
}

#[test]
fn loops_planted_into_generated_modules_do_what_they_did() {
    let mut seen = run::Seen::default();
    let mut lifted = 0;
    for seed in 0..150 {
        let Some(wasm) = smith::module(seed, false) else { continue };
        let Some(wasm) = plant::loops(&wasm, seed) else { continue };
        // Not with the reference kernel: it has no headers of blocks in its memory, which these loops read too.
        let plain = || {
            let options = Options { memory: KernelMemory::Define, given: Given::NONE, lift: false, headroom: 0 };
            fuse_with(&wasm, options).ok().map(|fused| run::fused(&wasm, &fused))
        };
        lifted += compare(&wasm, plain, &mut seen, &format!("seed {seed}"));
    }
    assert!(lifted > 30, "{lifted}");
}
