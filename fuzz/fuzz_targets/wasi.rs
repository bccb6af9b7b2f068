//! Calls WASI functions on two directories, one inside the other.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    // It needs the engine, so it is built only where cargo-fuzz sets this.
    #[cfg(fuzzing)]
    extism_runtime::call_wasi(input);
    #[cfg(not(fuzzing))]
    let _ = input;
});
