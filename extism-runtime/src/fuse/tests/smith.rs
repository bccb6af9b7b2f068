//! Modules that wasm-smith generates, before and after fusing.

use std::fmt::Write;

use arbitrary::Unstructured;
use wasm_smith::{Config, Module};
use wasmparser::Validator;

use super::{guest::FUNCTIONS, run};
use crate::fuse::{FuseError, Given, KernelMemory, MEMORY_MODULE, Options, features::FEATURES, fuse, fuse_with};

/// Returns random bytes, the same for the same seed.
pub(super) fn bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(&mut next).flatten().take(length).collect()
}

/// Returns a module that imports everything that generated modules may import: the kernel's functions, some with a
/// wrong type, some twice; functions that stay imported; other items of the host.
fn imports() -> Vec<u8> {
    let mut text = String::from("(module\n");
    let mut import = |module: &str, name: &str, what: &str| {
        writeln!(text, "(import \"{module}\" \"{name}\" {what})").unwrap();
    };
    for (name, params, results) in FUNCTIONS {
        let ty = format!("(func (param {}) (result {}))", params.join(" "), results.join(" "));
        import("extism:host/env", name, &ty);
        import("elsewhere", name, &ty);
    }
    import("extism:host/env", "alloc", "(func (param i64) (result i64))");
    import("extism:host/env", "alloc", "(func (param i32) (result i32))");
    import("extism:host/env", "input_length", "(func (result i32))");
    import("extism:host/env", "config_get", "(func (param i64) (result i64))");
    import("extism:host/env", "log_info", "(func (param i64))");
    import("extism:host/env", "get_log_level", "(func (result i32))");
    import("host", "memory", "(memory 1 20)");
    import("host", "table", "(table 10 20 funcref)");
    import("host", "global", "(global i64)");
    import("host", "tag", "(tag (param i64))");
    text.push(')');
    wat::parse_str(&text).unwrap()
}

/// Returns a random module; the seed also selects which proposals it may use.
pub(super) fn module(seed: u64, invalid: bool) -> Option<Vec<u8>> {
    let flag = |bit: u64| seed >> bit & 1 == 1;
    let config = Config {
        available_imports: Some(imports()),
        max_imports: 40,
        min_funcs: 3,
        max_funcs: 30,
        max_memories: 1 + (seed % 3) as usize,
        memory64_enabled: flag(1),
        gc_enabled: flag(2),
        exceptions_enabled: flag(2),
        generate_custom_sections: flag(3),
        tail_call_enabled: true,
        wide_arithmetic_enabled: flag(4),
        threads_enabled: flag(5),
        max_tables: 3,
        table_max_size_required: true,
        max_table_elements: 1_000,
        max_memory32_bytes: 4 << 20,
        max_memory64_bytes: 4 << 20,
        export_everything: true,
        max_instructions: 60,
        allow_invalid_funcs: invalid,
        ..Config::default()
    };
    let bytes = bytes(seed + 1, 6_000);
    let mut module = Module::new(config, &mut Unstructured::new(&bytes)).ok()?;
    if !invalid {
        module.ensure_termination(300).unwrap();
    }
    Some(module.to_bytes())
}

pub(super) const IMPORTED: KernelMemory<'static> = KernelMemory::Import { module: MEMORY_MODULE, name: "memory" };

fn validate(wasm: &[u8]) -> Result<(), String> {
    Validator::new_with_features(FEATURES).validate_all(wasm).map(drop).map_err(|error| error.to_string())
}

/// Fuses in both ways, and checks that the output is valid exactly if the module is.
fn check(wasm: &[u8], what: &str) {
    let valid = validate(wasm);
    for (memory, headroom) in [(KernelMemory::Define, 0), (KernelMemory::Define, 5), (IMPORTED, 5)] {
        match fuse_with(wasm, Options { memory, given: Given::NONE, lift: true, headroom }) {
            Ok(fused) => {
                assert_eq!(valid, Ok(()), "{what} is fused though invalid");
                assert_eq!(validate(&fused.wasm), Ok(()), "{what}, {memory:?}, {headroom}");
            }
            Err(FuseError::Full { .. } | FuseError::SharedMemory { .. }) => {}
            Err(error) => assert!(valid.is_err(), "{what} is valid, but: {error}"),
        }
    }
}

#[test]
fn fused_modules_are_valid_exactly_if_the_module_is() {
    let (mut valid, mut invalid) = (0, 0);
    for seed in 0..600 {
        let Some(wasm) = module(seed, seed % 2 == 1) else { continue };
        *(if validate(&wasm).is_ok() { &mut valid } else { &mut invalid }) += 1;
        check(&wasm, &format!("seed {seed}"));
    }
    assert!(valid > 200 && invalid > 100, "{valid} valid, {invalid} invalid");
}

#[test]
fn mutated_modules_are_fused_exactly_if_they_are_valid() {
    for seed in 0..40 {
        let Some(wasm) = module(seed, false) else { continue };
        for (round, change) in bytes(seed, 40 * 8).chunks(8).enumerate() {
            let mut wasm = wasm.clone();
            let place = u32::from_le_bytes(change[..4].try_into().unwrap()) as usize % wasm.len();
            match change[4] % 4 {
                0 => wasm.truncate(place),
                1 => wasm.insert(place, change[5]),
                2 => wasm[place] = change[5],
                _ => wasm[place] ^= 1 << (change[5] % 8),
            }
            check(&wasm, &format!("seed {seed}, change {round}"));
        }
    }
}

#[test]
fn fused_modules_do_what_the_module_did() {
    let mut seen = run::Seen::default();
    for seed in 0..400 {
        let Some(wasm) = module(seed, false) else { continue };
        if matches!(fuse(&wasm, IMPORTED), Err(FuseError::SharedMemory { .. })) {
            continue;
        }
        let expected = run::unfused(&wasm);
        for memory in [KernelMemory::Define, IMPORTED] {
            let fused = fuse(&wasm, memory).unwrap();
            let outcome = run::fused(&wasm, &fused);
            seen.compare(&expected, &outcome, &format!("seed {seed}, {memory:?}"));
        }
    }
    seen.assert_enough();
}
