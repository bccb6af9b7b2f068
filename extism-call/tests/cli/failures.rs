//! Tests calls that fail: exit code 2, the cause on one line, then details.

use crate::run::{Run, file, folder, guest, run};

#[test]
fn a_missing_function_is_compared_with_those_that_there_are() {
    let near = "error: plug-in `count_vowels`: no export `count_vowel` (did you mean `count_vowels`?)";
    let given = run([&guest("count_vowels.wasm"), "count_vowel"]);
    assert_eq!(given, Run::failure(2, &[near, "  callable functions: count_vowels"]));
    let given = run([&guest("count_vowels.wasm"), "memory"]);
    let not_a_function = "error: plug-in `count_vowels`: the export `memory` is not a function";
    assert_eq!(given, Run::failure(2, &[not_a_function, "  callable functions: count_vowels"]));
    let folder = folder();
    let path = file(&folder, "none.wat", r#"(module (func (export "add") (param i32) (result i32) local.get 0))"#);
    let signature = "error: plug-in `none`: the export `add` has the signature (i32) -> i32; \
                     a plug-in's functions must have () -> i32 or () -> ()";
    assert_eq!(run([&path, "add"]), Run::failure(2, &[signature, "  it has no callable functions"]));
}

#[test]
fn many_functions_are_not_all_listed() {
    let functions = (0..30).map(|n| format!(r#"(func (export "f{n:02}"))"#)).collect::<Vec<_>>().concat();
    let folder = folder();
    let path = file(&folder, "many.wat", format!("(module {functions})"));
    let given = run([&path, "something else"]);
    assert_eq!(given.code, 2);
    let detail = given.stderr.lines().nth(1).unwrap();
    assert!(detail.starts_with("  callable functions: f00, f01, ") && detail.ends_with("f19 and 10 more"), "{detail}");
}

#[test]
fn the_plug_ins_own_error_is_shown_line_by_line_without_control_characters() {
    let message = r#"{"message": "first\nsecond \u001b[31mred", "code": 5}"#;
    let given = run([&guest("kitchen_sink.wasm"), "fail", "-i", message]);
    let expected = ["error: plug-in `kitchen_sink`, export `fail`: first (code 5)", r"  second \u{1b}[31mred"];
    assert_eq!(given, Run::failure(2, &expected));
}

#[test]
fn a_trap_is_shown_with_its_backtrace() {
    let given = run([&guest("traps.wat"), "divide_by_zero"]);
    let expected = [
        "error: plug-in `traps`, export `divide_by_zero`: wasm trap: integer divide by zero",
        "  wasm backtrace:",
        "      0: divide",
        "      1: divide_by_zero",
    ];
    assert_eq!(given, Run::failure(2, &expected));
    let given = run([&guest("traps.wat"), "error_then_trap"]);
    assert_eq!(given.code, 2);
    assert!(given.cause().ends_with("`unreachable` instruction executed, after the error: !"), "{given:?}");
}

#[test]
fn endless_recursion_ends() {
    let given = run([&guest("traps.wat"), "stack_overflow"]);
    assert_eq!(given.code, 2);
    assert_eq!(given.cause(), "error: plug-in `traps`, export `stack_overflow`: wasm trap: call stack exhausted");
}

#[test]
fn a_start_function_that_fails_is_part_of_the_call() {
    let folder = folder();
    let path = file(&folder, "start.wat", r#"(module (func $begin unreachable) (start $begin) (func (export "run")))"#);
    let given = run([&path, "run"]);
    assert_eq!(given.code, 2);
    assert!(given.cause().contains("`unreachable` instruction executed"), "{given:?}");
}

#[test]
fn a_wasi_exit_is_a_failure_that_shows_its_code() {
    let given = run([&guest("wasi_files.wasm"), "exit_with", "-i", "3", "--wasi"]);
    let message = "error: plug-in `wasi_files`, export `exit_with`: the plug-in exited with code 3";
    assert_eq!(given, Run::failure(2, &[message]));
}

#[test]
fn host_functions_that_nobody_gives_are_all_named() {
    let given = run([&guest("count_vowels_kvstore.wasm"), "count_vowels"]);
    let expected = [
        "error: cannot link plug-in `count_vowels_kvstore`: 2 problems",
        "  - module `main` imports `extism:host/user`.`kv_read` (i64) -> i64, which nothing provides",
        "  - module `main` imports `extism:host/user`.`kv_write` (i64, i64) -> (), which nothing provides",
        "  --link NAME=FILE adds a module; this tool provides no host functions",
    ];
    assert_eq!(given, Run::failure(1, &expected));
}

#[test]
fn a_misspelt_function_of_the_runtime_has_its_neighbour_named() {
    let folder = folder();
    let path =
        file(&folder, "typo.wat", r#"(module (import "extism:host/env" "http_requets" (func (param i64 i64))))"#);
    let message = "error: cannot link plug-in `typo`: module `main` imports `extism:host/env`.`http_requets` \
                   (i64, i64) -> (), which nothing provides (did you mean `http_request`?)";
    assert_eq!(run([&path, "run"]), Run::failure(1, &[message]));
}
