//! Finds lines in the debug information of a module.
#![no_main]

libfuzzer_sys::fuzz_target!(|module: &[u8]| {
    // It needs the engine's crates, so it is built only where cargo-fuzz sets this.
    #[cfg(fuzzing)]
    extism_runtime::find_lines(module);
    #[cfg(not(fuzzing))]
    let _ = module;
});
