//! Calls of WASI over two directories, of which one lies in the other.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    // With the engine, and so only where cargo-fuzz sets this.
    #[cfg(fuzzing)]
    extism_runtime::call_wasi(input);
    #[cfg(not(fuzzing))]
    let _ = input;
});
