//! Tests the sources of the plug-in and its input, and repeated calls.

use crate::run::{Run, file, folder, guest, run, run_with_stdin};

/// Every byte, four thousand times: a mebibyte.
fn mebibyte() -> Vec<u8> {
    (0..=255).cycle().take(1 << 20).collect()
}

#[test]
fn the_input_is_that_of_the_command_line() {
    for flag in ["-i", "--input"] {
        assert_eq!(run([&guest("echo.wasm"), "echo", flag, "Hello, world!"]), Run::output("Hello, world!"));
    }
    assert_eq!(run([&guest("echo.wasm"), "echo"]), Run::output(""), "there is none by default");
}

#[test]
fn options_may_stand_anywhere_and_be_joined_with_their_values() {
    let echo = guest("echo.wasm");
    for args in [["--input=a b", &echo, "echo"], [&echo, "-ia b", "echo"], [&echo, "echo", "-i=a b"]] {
        assert_eq!(run(args), Run::output("a b"), "{args:?}");
    }
}

#[test]
fn an_input_may_look_like_an_option() {
    assert_eq!(run([&guest("echo.wasm"), "echo", "-i", "--stdin"]), Run::output("--stdin"));
    assert_eq!(run([&guest("echo.wasm"), "echo", "-i", "-5"]), Run::output("-5"));
}

#[test]
fn the_input_is_read_from_standard_input() {
    let args = [&guest("echo.wasm"), "echo", "--stdin"];
    assert_eq!(run_with_stdin(args, "from a pipe\n"), Run::output("from a pipe\n"));
    let both = [&guest("echo.wasm"), "echo", "--stdin", "-i", "ignored"];
    assert_eq!(run_with_stdin(both, "read"), Run::output("read"), "as in the official tools");
}

#[test]
fn the_input_is_read_from_a_file() {
    let folder = folder();
    let path = file(&folder, "input", "from a file");
    assert_eq!(run([&guest("echo.wasm"), "echo", "--input-file", &path]), Run::output("from a file"));
    let stdin = [&guest("echo.wasm"), "echo", "--input-file", "-"];
    assert_eq!(run_with_stdin(stdin, "from a pipe"), Run::output("from a pipe"));
}

#[test]
fn a_mebibyte_of_any_bytes_goes_through_pipes_and_files_unchanged() {
    let (folder, bytes) = (folder(), mebibyte());
    let path = file(&folder, "bytes", &bytes);
    for args in [["--stdin", "--time"], ["--input-file", &path]] {
        let mut command = crate::run::command();
        let output = command.args([&guest("echo.wasm"), "echo"]).args(args).write_stdin(bytes.clone()).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{output:?}");
        assert!(output.stdout == bytes, "{} bytes come back", output.stdout.len());
    }
}

#[cfg(unix)]
#[test]
fn an_argument_of_any_bytes_is_passed_on() {
    use std::os::unix::ffi::OsStrExt as _;

    let echo = guest("echo.wasm");
    let args = ["--input".as_ref(), std::ffi::OsStr::from_bytes(b"\xff\x01"), echo.as_ref(), "echo".as_ref()];
    let output = crate::run::command().args(args).output().unwrap();
    assert_eq!(output.stdout, b"\xff\x01");
}

#[test]
fn a_loop_calls_so_many_times_more_in_one_instance() {
    let calls = |more: &str| {
        let run = run([&guest("count_vowels.wasm"), "count_vowels", "-i", "a", "--loop", more]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        run.stdout
    };
    let report = |total: u32| format!(r#"{{"count":1,"total":{total},"vowels":"aeiouAEIOU"}}"#);
    assert_eq!(calls("0"), report(1));
    assert_eq!(calls("2"), report(1) + &report(2) + &report(3));
}

#[test]
fn a_loop_ends_at_the_first_failure_with_the_outputs_before_it() {
    // Its third call fails.
    let wat = r#"(module (import "extism:host/env" "output_set" (func $set (param i64 i64)))
        (import "extism:host/env" "input_offset" (func $offset (result i64)))
        (import "extism:host/env" "input_length" (func $length (result i64)))
        (global $calls (mut i32) (i32.const 0))
        (func (export "run") (result i32)
            (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
            (call $set (call $offset) (call $length))
            (i32.ge_u (global.get $calls) (i32.const 3))))"#;
    let folder = folder();
    let path = file(&folder, "thrice.wat", wat);
    let failed = Run {
        code: 2,
        stdout: "xx".into(),
        stderr: "error: plug-in `thrice`, export `run`: failed without a message (code 1)\n".into(),
    };
    assert_eq!(run([&path, "run", "-i", "x", "--loop", "9"]), failed);
}

#[test]
fn times_are_told_of_each_stage_on_standard_error() {
    let run = run([&guest("echo.wasm"), "echo", "-i", "x", "--time"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "x"));
    let stages: Vec<_> = run.stderr.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).collect();
    let names: Vec<_> = stages.iter().map(|words| words[0]).collect();
    assert_eq!(names, ["load", "compile", "instantiate", "call"]);
    for words in stages {
        assert!(words[1].parse::<f64>().is_ok() && words[2] == "ms" && words.len() == 3, "{words:?}");
    }
}

#[test]
fn times_are_told_of_what_has_run_when_the_plug_in_cannot_be_compiled() {
    let folder = folder();
    let path = file(&folder, "broken.wasm", b"\0asm\x01\0\0\0\xff");
    let run = run([&path, "run", "--time"]);
    assert_eq!(run.code, 1);
    let names: Vec<_> = run.stderr.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["load", "compile", "error:"]);
}
