#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| extism_interface::fuzzing::interface(input));
