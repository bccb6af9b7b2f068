//! Reads, compares and shows the description of an interface.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    // It is there only where cargo-fuzz sets this.
    #[cfg(fuzzing)]
    extism_interface::fuzzing::interface(input);
    #[cfg(not(fuzzing))]
    let _ = input;
});
