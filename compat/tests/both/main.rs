//! Programs that run on the official crate 1.41 as well, where `programs/official` recorded what they print.

mod programs;

use std::fs;

/// What the official crate prints. `programs/official` writes these files.
fn recorded(program: &str) -> String {
    fs::read_to_string(format!("{}/tests/both/recorded/{program}.txt", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn run(program: &str) {
    let (_, run) = programs::PROGRAMS.into_iter().find(|(name, _)| *name == program).unwrap();
    let mut printed = String::new();
    run(&mut printed);
    if printed != recorded(program) {
        let recorded = recorded(program);
        let (printed, recorded): (Vec<_>, Vec<_>) = (printed.lines().collect(), recorded.lines().collect());
        for line in 0..printed.len().max(recorded.len()) {
            if printed.get(line) != recorded.get(line) {
                eprintln!(
                    "line {}:\n  ours:     {:?}\n  official: {:?}",
                    line + 1,
                    printed.get(line),
                    recorded.get(line)
                );
            }
        }
        panic!("`{program}` prints something else than with the official crate");
    }
}

#[test]
fn a_store_of_host_functions_prints_the_same() {
    run("store");
}

#[test]
fn raw_values_and_contexts_print_the_same() {
    run("values");
}

#[test]
fn the_shared_memory_prints_the_same() {
    run("memory");
}

#[test]
fn threads_pools_timeouts_and_fuel_print_the_same() {
    run("workers");
}

#[test]
#[cfg(feature = "http")]
fn requests_print_the_same() {
    run("http");
}

#[test]
fn errors_print_the_same() {
    run("errors");
}

#[test]
fn logs_print_the_same() {
    run("logs");
}
