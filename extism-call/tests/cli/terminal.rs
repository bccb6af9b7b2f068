//! Tests the behaviour on a terminal, which `script`, of util-linux, provides.
#![cfg(target_os = "linux")]

use crate::{
    run::{environment, file, folder, guest, repository},
    server::serve,
};

/// Returns what a command line shows on a terminal, with its line ends.
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

#[test]
fn a_download_is_shown_and_its_bar_taken_away() {
    let echo = std::fs::read(repository().join(guest("echo.wasm"))).unwrap();
    let url = serve("200 OK", echo);
    let shown = on_terminal(&format!("{url} echo -i text"), &[]);
    assert!(shown.contains("/662 B") && shown.contains(&url), "{shown:?}");
    assert!(shown.ends_with("\x1b[2Ktext\r\n"), "{shown:?}");
}

#[test]
fn the_compilation_of_a_large_module_is_shown() {
    let folder = folder();
    let path = file(&folder, "large.wasm", large_module());
    let shown = on_terminal(&format!("{path} run"), &[]);
    assert!(shown.contains("compiling 1 MiB") && shown.ends_with("\x1b[2K"), "{shown:?}");
    assert!(!on_terminal(&format!("{} echo", guest("echo.wasm")), &[]).contains("compiling"));
}

/// Returns a module of more than a mebibyte: 400 functions, the first of which is exported as `run`.
fn large_module() -> Vec<u8> {
    let body: Vec<u8> = [0].into_iter().chain([0x41, 1, 0x1a].repeat(1000)).chain([0x0b]).collect();
    let with_length = |bytes: &[u8]| [&leb(bytes.len()), bytes].concat();
    let count = leb(400);
    let sections = [
        (1, vec![1, 0x60, 0, 0]),
        (3, [&count[..], &[0; 400]].concat()),
        (7, vec![1, 3, b'r', b'u', b'n', 0, 0]),
        (10, [&count[..], &with_length(&body).repeat(400)].concat()),
    ];
    let sections = sections.iter().flat_map(|(id, content)| [&[*id], &with_length(content)[..]].concat());
    b"\0asm\x01\0\0\0".iter().copied().chain(sections).collect()
}

/// Encodes a number as WebAssembly does (LEB128).
fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        bytes.push(if number == 0 { low & 0x7f } else { low | 0x80 });
        if number == 0 {
            return bytes;
        }
    }
}
