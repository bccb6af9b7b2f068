//! Loops that copy, lifted and as they are.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    // With the engine, and so only where cargo-fuzz sets this.
    #[cfg(fuzzing)]
    extism_runtime::lift_a_loop(input);
    #[cfg(not(fuzzing))]
    let _ = input;
});
