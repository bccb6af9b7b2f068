//! Programs over the API of the official crate 1.41, and what they print here (`printed/`, which `RECORD=1` writes again).
//! `programs/official` compares it with what they print over the official crate.

mod programs;

use std::{env, fs};

fn run(program: &str) {
    let (_, run) = programs::PROGRAMS.into_iter().find(|(name, _)| *name == program).unwrap();
    let mut printed = String::new();
    run(&mut printed);
    let path = format!("{}/tests/both/printed/{program}.txt", env!("CARGO_MANIFEST_DIR"));
    if env::var_os("RECORD").is_some() {
        fs::write(&path, &printed).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap();
    for (line, (printed, expected)) in printed.lines().zip(expected.lines()).enumerate() {
        assert_eq!(printed, expected, "line {} of `{program}`", line + 1);
    }
    assert_eq!(printed.lines().count(), expected.lines().count(), "`{program}`");
}

#[test]
fn a_store_of_host_functions_prints_what_is_expected() {
    run("store");
}

#[test]
fn raw_values_and_contexts_print_what_is_expected() {
    run("values");
}

#[test]
fn the_shared_memory_prints_what_is_expected() {
    run("memory");
}

#[test]
fn threads_pools_timeouts_and_fuel_print_what_is_expected() {
    run("workers");
}

#[test]
#[cfg(feature = "http")]
fn requests_print_what_is_expected() {
    run("http");
}

#[test]
fn errors_print_what_is_expected() {
    run("errors");
}

#[test]
fn logs_print_what_is_expected() {
    run("logs");
}
