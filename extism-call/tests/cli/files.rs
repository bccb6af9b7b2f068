//! Tests files that are not plug-ins: exit code 1, and a message that describes the file.

use crate::run::{Run, file, folder, guest, run, run_with_stdin};

#[test]
fn a_file_that_is_not_there_is_named() {
    for (name, what) in [
        ("gone.wasm", "cannot read module `main` from gone.wasm"),
        ("gone", "cannot read module `main` from gone"),
        ("gone.json", "cannot read the manifest gone.json"),
    ] {
        let message = format!("error: {what}: No such file or directory (os error 2)");
        assert_eq!(run([name, "run"]), Run::failure(1, &[&message]));
    }
}

#[test]
fn a_folder_is_no_plug_in() {
    let message = "error: cannot read module `main` from examples: is a directory";
    assert_eq!(run(["examples", "run"]), Run::failure(1, &[message]));
}

#[test]
fn an_empty_file_is_no_plug_in() {
    let folder = folder();
    for (content, what) in [("", "it is empty"), (" \n", "it contains only white space")] {
        let path = file(&folder, "empty.wasm", content);
        let message = format!("error: module `main` from {path} is not a WebAssembly module: {what}");
        assert_eq!(run([path.as_str(), "run"]), Run::failure(1, &[&message]));
    }
    let given = run_with_stdin(["-", "run"], "");
    assert_eq!(given, Run::failure(1, &["error: module `main` from memory is not a WebAssembly module: it is empty"]));
}

#[test]
fn truncated_wasm_is_refused_wherever_it_ends() {
    let (folder, whole) = (folder(), std::fs::read(crate::run::repository().join(guest("echo_pdk.wasm"))).unwrap());
    for length in [1, 4, 7, 9, 100, 3000, 40_000, whole.len() - 1] {
        let path = file(&folder, "cut.wasm", &whole[..length]);
        let given = run([path.as_str(), "echo"]);
        assert_eq!((given.code, given.stdout.as_str()), (1, ""), "{length} bytes: {}", given.stderr);
        let said = given.cause();
        assert!(
            said.starts_with("error: cannot compile module `main`: ") || said.contains("its header is truncated"),
            "{length} bytes: {said}"
        );
    }
}

#[test]
fn garbage_is_shown_by_its_start() {
    let folder = folder();
    let path = file(&folder, "garbage.wasm", b"\x7fELF\x02\x01\x01\0\xff and so on");
    let message = format!(
        "error: module `main` from {path} is not a WebAssembly module: it starts with \
         \"\\x7fELF\\x02\\x01\\x01\\x00\\xff and so\", which is neither the binary nor the text format of WebAssembly"
    );
    assert_eq!(run([path.as_str(), "run"]), Run::failure(1, &[&message]));
    let path = file(&folder, "garbage.wasm", b"\0asm\x01\0\0\0garbage");
    let given = run([path.as_str(), "run"]);
    assert_eq!((given.code, given.stdout.as_str()), (1, ""));
    assert!(given.cause().starts_with("error: cannot compile module `main`: "), "{}", given.stderr);
}

#[test]
fn invalid_code_is_refused_with_its_place() {
    let folder = folder();
    let path = file(&folder, "invalid.wat", r#"(module (func (export "run") (result i32) i64.const 1))"#);
    let given = run([path.as_str(), "run"]);
    assert_eq!(given.code, 1);
    assert!(
        given.cause().starts_with("error: cannot compile module `main`: type mismatch: expected i32, found i64"),
        "{}",
        given.stderr
    );
}

#[test]
fn an_error_in_text_has_its_line_and_column() {
    let folder = folder();
    let path = file(&folder, "typo.wat", "(module\n  (fnc (export \"run\")))");
    let message = format!(
        "error: module `main` from {path} is not valid WebAssembly text: expected valid module field (line 2, column 4)"
    );
    assert_eq!(run([path.as_str(), "run"]), Run::failure(1, &[&message]));
}

#[test]
fn a_component_is_told_from_a_module() {
    let folder = folder();
    let path = file(&folder, "component.wasm", b"\0asm\x0d\0\x01\0");
    let text = file(&folder, "component.wat", "(component)");
    for path in [path, text] {
        let given = run([path.as_str(), "run"]);
        assert_eq!(given.code, 1);
        assert!(given.cause().contains("it is a component, not a core module; build the plug-in for"), "{given:?}");
    }
}

#[test]
fn standard_input_holds_modules_and_manifests() {
    let echo = std::fs::read(crate::run::repository().join(guest("echo.wasm"))).unwrap();
    assert_eq!(run_with_stdin(["-", "echo", "-i", "x"], echo), Run::output("x"));
    let manifest = format!(r#"{{"wasm": [{{"path": "{}"}}]}}"#, guest("echo.wasm"));
    assert_eq!(run_with_stdin(["-", "echo", "-i", "x"], manifest), Run::output("x"));
    let given = run_with_stdin(["-", "run"], "[[wasm]]\npath = 5");
    assert_eq!(given.code, 1);
    assert!(given.cause().starts_with("error: in the manifest, `wasm[0].path`: "), "{given:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_pipe_that_a_shell_makes_holds_what_a_file_would() {
    let manifest = format!(r#"{{"wasm": [{{"path": "{}"}}]}}"#, guest("echo.wasm"));
    assert_eq!(run_with_stdin(["/dev/stdin", "echo", "-i", "x"], manifest), Run::output("x"));
}

#[test]
fn standard_input_cannot_be_both_plug_in_and_input() {
    for input in [&["--stdin"][..], &["--input-file", "-"]] {
        let given = run(["-", "echo"].iter().chain(input));
        assert_eq!(given, Run::failure(64, &["error: standard input cannot be both the plug-in and its input"]));
    }
}

#[test]
fn a_colon_in_a_directorys_name_is_written_twice() {
    let folder = folder();
    let directory = folder.path().join("a:b");
    std::fs::create_dir(&directory).unwrap();
    std::fs::write(directory.join("in"), "text").unwrap();
    let local = directory.display().to_string().replace(':', "::");
    for (allowed, path) in [(format!("{local}:/data"), "/data/in"), (format!("ro:{local}:/x"), "/x/in")] {
        let given = run([&guest("wasi_files.wasm"), "read_file", "-i", path, "--wasi", "--allow-path", &allowed]);
        assert_eq!(given, Run::output("text"), "{allowed}");
    }
}
