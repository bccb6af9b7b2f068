//! Runs loops that copy, lifted and unchanged.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    // It needs the engine, so it is built only where cargo-fuzz sets this.
    #[cfg(fuzzing)]
    extism_runtime::lift_a_loop(input);
    #[cfg(not(fuzzing))]
    let _ = input;
});
