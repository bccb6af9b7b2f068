//! The target `fusion`, with modules that wasm-smith generates from the input: most are valid.
#![no_main]

use std::sync::LazyLock;

use wasm_smith::{Config, Module};

/// The items that modules may import: functions of the kernel with correct and wrong types, functions that
/// stay imported, other items.
static IMPORTS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let text = r#"(module
        (import "extism:host/env" "alloc" (func (param i64) (result i64)))
        (import "extism:host/env" "alloc" (func (param i32) (result i32)))
        (import "extism:host/env" "free" (func (param i64)))
        (import "extism:host/env" "length" (func (param i64) (result i64)))
        (import "extism:host/env" "load_u8" (func (param i64) (result i32)))
        (import "extism:host/env" "load_u64" (func (param i64) (result i64)))
        (import "extism:host/env" "store_u8" (func (param i64 i32)))
        (import "extism:host/env" "store_u64" (func (param i64 i64)))
        (import "extism:host/env" "input_length" (func (result i64)))
        (import "extism:host/env" "input_offset" (func (result i64)))
        (import "extism:host/env" "input_load_u8" (func (param i64) (result i32)))
        (import "extism:host/env" "input_load_u64" (func (param i64) (result i64)))
        (import "extism:host/env" "output_set" (func (param i64 i64)))
        (import "extism:host/env" "error_set" (func (param i64)))
        (import "extism:host/env" "reset" (func))
        (import "extism:host/env" "config_get" (func (param i64) (result i64)))
        (import "extism:host/env" "memory" (memory 1 20))
        (import "elsewhere" "alloc" (func (param i64) (result i64)))
        (import "elsewhere" "memory" (memory 1 20))
        (import "elsewhere" "table" (table 10 20 funcref))
        (import "elsewhere" "global" (global i64))
        (import "elsewhere" "tag" (tag (param i64))))"#;
    wat::parse_str(text).expect("a module")
});

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let mut unstructured = arbitrary::Unstructured::new(input);
    let Ok(flags) = unstructured.arbitrary::<u16>() else { return };
    let flag = |bit: u16| flags >> bit & 1 == 1;
    let config = Config {
        available_imports: flag(0).then(|| IMPORTS.clone()),
        max_imports: 40,
        max_funcs: 20,
        max_memories: 1 + usize::from(flags % 3),
        memory64_enabled: flag(1),
        gc_enabled: flag(2),
        exceptions_enabled: flag(3),
        generate_custom_sections: flag(4),
        tail_call_enabled: flag(5),
        wide_arithmetic_enabled: flag(6),
        simd_enabled: flag(7),
        relaxed_simd_enabled: flag(7),
        multi_value_enabled: true,
        threads_enabled: flag(8),
        custom_page_sizes_enabled: flag(9),
        allow_invalid_funcs: flag(10),
        export_everything: flag(11),
        max_instructions: 100,
        ..Config::default()
    };
    if let Ok(module) = Module::new(config, &mut unstructured) {
        extism_fuzz::fuzzing::fusion(&module.to_bytes());
    }
});
