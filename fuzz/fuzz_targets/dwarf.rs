//! Finds lines in the debug information of a module.
#![no_main]

libfuzzer_sys::fuzz_target!(|module: &[u8]| extism_fuzz::fuzzing::dwarf(module));
