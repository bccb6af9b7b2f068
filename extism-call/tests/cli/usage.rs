//! Tests wrong command lines: exit code 64.

use crate::run::{Run, file, folder, guest, repository, run};

fn usage(args: &[&str]) -> String {
    let given = run(args);
    assert_eq!((given.code, given.stdout.as_str()), (64, ""), "{args:?}: {}", given.stderr);
    given.stderr
}

#[test]
fn file_and_name_have_to_be_there() {
    assert!(usage(&[]).contains("<FILE>\n  <NAME>"));
    assert!(usage(&[&guest("echo.wasm")]).contains("<NAME>"));
    assert!(usage(&[&guest("echo.wasm"), "echo", "more"]).contains("unexpected argument 'more'"));
    assert!(usage(&["inspect"]).contains("<FILE>"));
}

#[test]
fn an_option_that_is_not_there_is_named() {
    assert!(usage(&[&guest("echo.wasm"), "echo", "--inptu", "x"]).contains("'--inptu'"));
}

#[test]
fn values_that_are_none_are_named() {
    for (option, value) in [
        ("--loop", "often"),
        ("--loop", "1.5"),
        ("--timeout", "1s"),
        ("--memory-max", "99999999999"),
        ("--http-response-max", "1MB"),
        ("--var-max", "x"),
        ("--log-level", "loud"),
        ("--config", "=value"),
        ("--allow-path", ":/data"),
        ("--link", "lib"),
        ("--link", "main=lib.wasm"),
    ] {
        let said = usage(&[&guest("echo.wasm"), "echo", option, value]);
        assert!(said.contains(option) && said.contains(value), "{option} {value}: {said}");
    }
    let options = [
        "-i",
        "--input-file",
        "--loop",
        "-t",
        "--allow-path",
        "--allow-host",
        "--config",
        "--memory-max",
        "--http-response-max",
        "--var-max",
        "--log-level",
        "--log-file",
        "--link",
    ];
    for option in options {
        usage(&[&guest("echo.wasm"), "echo", option]);
    }
}

#[test]
fn an_input_has_one_source() {
    for other in [&["-i", "x"][..], &["--stdin"]] {
        usage(&[&[&guest("echo.wasm"), "echo", "--input-file", "Cargo.toml"], other].concat());
    }
}

#[test]
fn an_input_file_that_cannot_be_read_is_named() {
    let given = run([&guest("echo.wasm"), "echo", "--input-file", "gone"]);
    let message = "error: cannot read the input from gone: No such file or directory (os error 2)";
    assert_eq!(given, Run::failure(64, &[message]));
    assert!(usage(&[&guest("echo.wasm"), "echo", "--input-file", "examples"]).contains("from examples: "));
}

#[test]
fn options_may_be_cut_short_as_far_as_they_are_clear() {
    assert_eq!(run([&guest("echo.wasm"), "echo", "-i", "x", "--time", "--log-l", "info"]).code, 0);
    assert_eq!(run([&guest("echo.wasm"), "echo", "-i", "x", "--memory", "20"]), Run::output("x"));
    usage(&[&guest("echo.wasm"), "echo", "--allow", "x"]);
}

#[test]
fn a_file_named_like_a_command_is_called_by_its_path() {
    let folder = folder();
    let echo = std::fs::read(repository().join(guest("echo.wasm"))).unwrap();
    for name in ["inspect", "completions", "check", "help"] {
        file(&folder, name, &echo);
        let mut command = crate::run::command();
        command.current_dir(folder.path()).args([&format!("./{name}"), "echo", "-i", "x"]);
        let output = command.output().unwrap();
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), &b"x"[..]), "{name}: {output:?}");
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    for flag in ["-h", "--help"] {
        let given = run([flag]);
        assert_eq!((given.code, given.stderr.as_str()), (0, ""));
        for part in ["Usage: extism-call [OPTIONS] <FILE> <NAME>", "inspect", "--allow-path", "Exit codes"] {
            assert!(given.stdout.contains(part), "{part}: {}", given.stdout);
        }
    }
    let version = format!("extism-call {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(run(["--version"]), Run::output(&version));
    assert!(run(["inspect", "--help"]).stdout.contains("--json"));
}
