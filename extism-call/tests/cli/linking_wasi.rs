//! Tests WASI in several modules.

use crate::{
    linking::Modules,
    run::{Run, file, folder},
};

/// Prints `text` in `name`, from its own memory.
fn printing(name: &str, text: &str, import: &str, call: &str) -> String {
    format!(
        r#"(module (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
            {import}
            (memory (export "memory") 1)
            (data (i32.const 0) "\08\00\00\00\{:02x}\00\00\00{text}")
            (func (export "{name}")
                (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 200)))
                {call}))"#,
        text.len()
    )
}

#[test]
fn each_module_prints_from_its_own_memory() {
    let library = printing("say", "library.", "", "");
    let main = printing("run", "main.", r#"(import "library" "say" (func $say))"#, "(call $say)");
    let modules = Modules::new(&main, &[("library", &library)]);
    assert_eq!(modules.call("run", &["--wasi"]), Run { stderr: "main.library.".into(), ..Run::output("") });
}

#[test]
fn each_module_that_imports_wasi_is_named_where_that_is_not_allowed() {
    let library = printing("say", "library.", "", "");
    let main = printing("run", "main.", r#"(import "library" "say" (func $say))"#, "(call $say)");
    let expected = [
        "error: cannot link plug-in `plugin`: 2 problems",
        "  - module `library` imports WASI, which it is not allowed to use",
        "  - module `main` imports WASI, which it is not allowed to use",
        "  --wasi lets the plug-in use WASI",
    ];
    assert_eq!(Modules::new(&main, &[("library", &library)]).call("run", &[]), Run::failure(1, &expected));
}

#[test]
fn wasi_in_a_linked_module_only_is_enough() {
    let library = printing("say", "library.", "", "");
    let main = r#"(module (import "library" "say" (func $say)) (func (export "run") (call $say)))"#;
    let given = Modules::new(main, &[("library", &library)]).call("run", &["--wasi"]);
    assert_eq!(given, Run { stderr: "library.".into(), ..Run::output("") });
}

#[test]
fn a_start_function_of_a_linked_module_may_use_wasi() {
    let library = printing("say", "begun.", "", "").replace(r#"(func (export "say")"#, "(start 1) (func");
    let main = r#"(module (func (export "run")))"#;
    let given = Modules::new(main, &[("library", &library)]).call("run", &["--wasi", "--loop", "1"]);
    assert_eq!(given, Run { stderr: "begun.".into(), ..Run::output("") });
}

#[test]
fn an_exit_in_a_linked_module_ends_the_call() {
    let library = r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1) (func (export "leave") (call $exit (i32.const 9))))"#;
    let main = r#"(module (import "library" "leave" (func $leave)) (func (export "run") (call $leave)))"#;
    let given = Modules::new(main, &[("library", library)]).call("run", &["--wasi"]);
    let message = "error: plug-in `plugin`, export `run`: the plug-in exited with code 9";
    assert_eq!(given, Run::failure(2, &[message]));
}

#[test]
fn a_sleep_in_a_linked_module_ends_at_the_timeout() {
    // A subscription to the monotonic clock for 60 s.
    let library = r#"(module
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "sleep")
            (i32.store (i32.const 16) (i32.const 1))
            (i64.store (i32.const 24) (i64.const 60000000000))
            (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))"#;
    let main = r#"(module (import "library" "sleep" (func $sleep)) (func (export "run") (call $sleep)))"#;
    let given = Modules::new(main, &[("library", library)]).call("run", &["--wasi", "-t", "50"]);
    assert_eq!(given.cause(), "error: plug-in `plugin`, export `run`: timed out after 50ms");
}

#[test]
fn modules_share_the_allowed_paths() {
    let folder = folder();
    file(&folder, "inside", "content");
    let allowed = format!("ro:{}:/in", folder.path().display());
    // Opens `/in/inside`, below the first directory that is allowed, and returns the errno.
    let opening = |name: &str, import: &str, call: &str| {
        format!(
            r#"(module (import "wasi_snapshot_preview1" "path_open"
                    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
                {import}
                (memory (export "memory") 1) (data (i32.const 8) "inside")
                (func (export "{name}") (result i32)
                    (call $open (i32.const 3) (i32.const 0) (i32.const 8) (i32.const 6) (i32.const 0)
                        (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 100))
                    {call}))"#
        )
    };
    let library = opening("open", "", "");
    let main = opening("run", r#"(import "library" "open" (func $other (result i32)))"#, "(call $other) i32.or");
    let modules = Modules::new(&main, &[("library", &library)]);
    assert_eq!(modules.call("run", &["--wasi", "--allow-path", &allowed]), Run::output(""));
    let given = modules.call("run", &["--wasi"]);
    assert_eq!(given.code, 2, "{given:?}");
}

#[test]
fn a_module_may_stand_in_for_wasi() {
    let stub = r#"(module (func (export "fd_write") (param i32 i32 i32 i32) (result i32) (i32.const 0)))"#;
    let main = printing("run", "unheard", "", "");
    let modules = Modules::new(&main, &[("wasi_snapshot_preview1", stub)]);
    // The folder is not opened, as there is no WASI that could use it.
    assert_eq!(modules.call("run", &["--allow-path", "gone:/in"]), Run::output(""));
    assert_eq!(modules.call("run", &["--wasi"]), Run::output(""));
}
