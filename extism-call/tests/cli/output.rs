//! Tests standard output: it contains only the plug-in's bytes, and may have no reader.

use std::process::{Command, Stdio};

use crate::run::{Run, environment, file, folder, guest, repository, run};

/// Runs a command line with an output that nobody reads; returns its exit code and standard error.
fn run_unread(args: &[&str], stdout: Stdio) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_extism-call"));
    command.current_dir(repository()).args(args).stdin(Stdio::null()).stdout(stdout).stderr(Stdio::piped());
    for (name, value) in environment() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_closed_pipe_is_no_error() {
    let (echo, folder) = (guest("echo.wasm"), folder());
    let large = file(&folder, "large", vec![b'x'; 1 << 20]);
    for args in [
        &[&echo, "echo", "--input-file", &large, "--loop", "3"][..],
        &["inspect", &echo, "--json"],
        &["completions", "bash"],
        &["--help"],
    ] {
        assert_eq!(run_unread(args, Stdio::piped()), (Some(0), String::new()), "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let given = run_unread(&[&guest("echo.wasm"), "echo", "-i", "x"], full.into());
    let message = "error: cannot write to standard output: No space left on device (os error 28)\n";
    assert_eq!(given, (Some(2), message.to_owned()));
}

#[test]
fn what_a_plug_in_prints_goes_to_standard_error() {
    let guest = guest("wasi_files.wasm");
    for export in ["print", "print_error"] {
        let given = run([&guest, export, "-i", "printed\n", "--wasi"]);
        assert_eq!(given, Run { stderr: "printed\n".into(), ..Run::output("") }, "{export}");
    }
}

#[test]
fn an_exit_with_code_0_is_a_success_with_the_output_set_before() {
    assert_eq!(run([&guest("wasi_files.wasm"), "exit_with", "-i", "0", "--wasi"]), Run::output("leaving"));
}

#[test]
fn a_wasi_command_is_run_by_its_start_function() {
    let given = run([&guest("wasi_command.wasm"), "_start", "-i", "loud", "--wasi"]);
    assert_eq!(given, Run { stderr: "arguments: 0\n".into(), ..Run::output("LOUD") });
}
