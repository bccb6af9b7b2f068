//! Generates modules with wasm-smith, with all features that cost something when an instance is created.

use arbitrary::Unstructured;
use wasm_smith::{Config, Module};

/// A module, and flags that select how it is used. Shared with the tests of `extism-runtime`.
pub fn module(input: &[u8]) -> Option<(u16, Vec<u8>)> {
    if let Some((flags, wasm)) = input.split_first_chunk::<2>()
        && wasm.starts_with(b"\0asm")
    {
        return Some((u16::from_le_bytes(*flags), wasm.to_vec()));
    }
    let mut unstructured = Unstructured::new(input);
    let flags = unstructured.arbitrary::<u16>().ok()?;
    let flag = |bit: u16| flags >> bit & 1 == 1;
    let config = Config {
        max_imports: 0,
        min_funcs: 1,
        max_funcs: 12,
        max_memories: if flag(14) { 20 } else { 1 },
        memory64_enabled: flag(13),
        gc_enabled: flag(15),
        exceptions_enabled: flag(12),
        reference_types_enabled: true,
        bulk_memory_enabled: true,
        tail_call_enabled: true,
        simd_enabled: flag(11),
        threads_enabled: false,
        custom_page_sizes_enabled: false,
        max_tables: 5,
        max_table_elements: 10_000_000,
        max_memory32_bytes: 4 << 30,
        max_memory64_bytes: 1 << 40,
        min_data_segments: 1,
        min_element_segments: 1,
        max_element_segments: 20,
        min_globals: 1,
        allow_start_export: true,
        export_everything: true,
        max_instructions: 80,
        ..Config::default()
    };
    let module = Module::new(config, &mut unstructured).ok()?;
    Some((flags, module.to_bytes()))
}
