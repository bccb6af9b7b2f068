//! Creates instances of modules that wasm-smith generates from the input, under limits.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    if let Some((flags, wasm)) = extism_fuzz::smith::module(input) {
        // It needs the engine, so it is built only where cargo-fuzz sets this.
        #[cfg(fuzzing)]
        extism_runtime::instantiate_under_limits(flags, &wasm);
        #[cfg(not(fuzzing))]
        let _ = (flags, wasm);
    }
});
