//! What differs on a terminal. `script`, of util-linux, makes one.
#![cfg(target_os = "linux")]

use crate::run::{environment, guest, repository};

/// What a command line shows on a terminal, with its line ends.
fn on_terminal(args: &str, variables: &[(&str, &str)]) -> String {
    let mut script = assert_cmd::Command::new("script");
    let line = format!("{} {args}", env!("CARGO_BIN_EXE_extism-call"));
    script.current_dir(repository()).args(["-qec", &line, "/dev/null"]).env("TERM", "xterm");
    for (name, value) in environment() {
        match value {
            Some(value) => script.env(name, value),
            None => script.env_remove(name),
        };
    }
    let output = script.envs(variables.iter().copied()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_line_break_ends_the_output_where_it_has_none() {
    let echo = guest("echo.wasm");
    assert_eq!(on_terminal(&format!("{echo} echo -i text"), &[]), "text\r\n");
    assert_eq!(on_terminal(&format!("{echo} echo -i 'text\n'"), &[]), "text\r\n");
    assert_eq!(on_terminal(&format!("{echo} echo -i text --loop 1"), &[]), "text\r\ntext\r\n");
    assert_eq!(on_terminal(&format!("{echo} echo"), &[]), "");
}

#[test]
fn errors_are_coloured_unless_that_is_not_wanted() {
    let args = format!("{} spin -t 20", guest("traps.wat"));
    let rest = " plug-in `traps`, export `spin`: timed out after 20ms\r\n  --timeout sets the limit\r\n";
    assert_eq!(on_terminal(&args, &[]), format!("\x1b[1;31merror:\x1b[0m{rest}"));
    assert_eq!(on_terminal(&args, &[("NO_COLOR", "")]), format!("\x1b[1;31merror:\x1b[0m{rest}"));
    assert_eq!(on_terminal(&args, &[("NO_COLOR", "1")]), format!("error:{rest}"));
    assert_eq!(on_terminal(&args, &[("TERM", "dumb")]), format!("error:{rest}"));
}

#[test]
fn usage_errors_and_inspections_respect_no_color() {
    for args in [format!("{} echo --loop x", guest("echo.wasm")), format!("inspect {}", guest("echo.wasm"))] {
        assert!(on_terminal(&args, &[]).contains("\x1b["), "{args}");
        assert!(!on_terminal(&args, &[("NO_COLOR", "1")]).contains("\x1b["), "{args}");
    }
}
