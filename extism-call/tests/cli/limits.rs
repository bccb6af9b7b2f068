//! Tests the options for the resources of a plug-in.

use crate::run::{Run, file, folder, guest, run};

#[test]
fn a_call_ends_at_its_timeout() {
    for flag in ["-t", "--timeout"] {
        let given = run([&guest("traps.wat"), "spin", flag, "50"]);
        let message = "error: plug-in `traps`, export `spin`: timed out after 50ms";
        assert_eq!(given, Run::failure(2, &[message, "  --timeout sets the limit"]));
    }
}

#[test]
fn a_sleep_by_wasi_ends_at_the_timeout_too() {
    let given = run([&guest("wasi_files.wasm"), "sleep_ms", "-i", "60000", "--wasi", "-t", "50"]);
    let message = "error: plug-in `wasi_files`, export `sleep_ms`: timed out after 50ms";
    assert_eq!(given, Run::failure(2, &[message, "  --timeout sets the limit"]));
}

#[test]
fn configuration_is_what_the_options_say() {
    let get = |key: &str, config: &[&str]| {
        let guest = guest("kitchen_sink.wasm");
        let mut args = vec![guest.as_str(), "config_get", "-i", key];
        for config in config {
            args.extend(["--config", config]);
        }
        run(args)
    };
    assert_eq!(get("a", &["a=1", "b=x=y"]), Run::output("\"1\""));
    assert_eq!(get("b", &["a=1", "b=x=y"]), Run::output("\"x=y\""));
    assert_eq!(get("a", &["a=1", "a=2"]), Run::output("\"2\""), "the last one counts");
    assert_eq!(get("a", &["a=1", "a"]), Run::output("null"), "a plug-in cannot distinguish an empty value from none");
    assert_eq!(get("c", &["a=1"]), Run::output("null"));
}

#[test]
fn modules_that_start_with_too_much_memory_are_not_loaded() {
    let given = run([&guest("count_vowels.wasm"), "count_vowels", "--memory-max", "5"]);
    let message = "error: cannot link plug-in `count_vowels`: module `main` starts with 17 pages of memory \
                   (64 KiB each), but the limit `memory.max_pages` is 5";
    assert_eq!(given, Run::failure(1, &[message, "  --memory-max sets the limit"]));
    assert_eq!(run([&guest("count_vowels.wasm"), "count_vowels", "--memory-max", "17"]).code, 0);
}

#[test]
fn memory_grows_no_further_than_allowed() {
    let wat = r#"(module (memory (export "memory") 1)
        (func (export "run") (if (i32.eq (memory.grow (i32.const 8)) (i32.const -1)) (then unreachable))))"#;
    let folder = folder();
    let path = file(&folder, "grow.wat", wat);
    assert_eq!(run([&path, "run", "--memory-max", "8"]), Run::output(""));
    let given = run([&path, "run", "--memory-max", "7"]);
    assert_eq!(given.code, 2);
    assert!(
        given
            .cause()
            .starts_with("error: plug-in `grow`, export `run`: out of memory: a memory cannot grow to 9 pages"),
        "{given:?}"
    );
    assert_eq!(given.stderr.lines().nth(1), Some("  --memory-max sets the limit"));
}

#[test]
fn variables_take_no_more_than_allowed() {
    let set = |limit: &str| run([&guest("kitchen_sink.wasm"), "var_set", "-i", "key\nvalue", "--var-max", limit]);
    assert_eq!(set("1000"), Run::output(""));
    for (limit, text) in [("4", "variable `key` needs "), ("0", "variables are disabled")] {
        let given = set(limit);
        assert_eq!((given.code, given.stdout.as_str()), (2, ""));
        assert!(given.cause().contains(text), "{given:?}");
    }
}

#[test]
fn wasi_is_refused_unless_it_is_allowed() {
    let expected = [
        "error: cannot link plug-in `wasi_files`: module `main` imports WASI, which it is not allowed to use",
        "  --wasi lets the plug-in use WASI",
    ];
    assert_eq!(run([&guest("wasi_files.wasm"), "calls"]), Run::failure(1, &expected));
    assert_eq!(run([&guest("wasi_files.wasm"), "calls", "--wasi"]), Run::output("1"));
}

#[test]
fn a_function_that_wasi_does_not_have_is_named() {
    let wat = r#"(module (import "wasi_snapshot_preview1" "fd_levitate" (func)))"#;
    let folder = folder();
    let path = file(&folder, "strange.wat", wat);
    let message = "error: cannot link plug-in `strange`: module `main` imports \
                   `wasi_snapshot_preview1`.`fd_levitate` () -> (), which nothing provides \
                   (WASI preview 1 has no such function)";
    assert_eq!(run([&path, "run", "--wasi"]), Run::failure(1, &[message]));
}

#[test]
fn allowed_paths_are_reached_under_their_names() {
    let folder = folder();
    file(&folder, "inside", "content");
    let local = folder.path().to_str().unwrap();
    let read = |path: &str, allowed: &str| {
        run([&guest("wasi_files.wasm"), "read_file", "-i", path, "--wasi", "--allow-path", allowed])
    };
    assert_eq!(read("/in/inside", &format!("{local}:/in")), Run::output("content"));
    assert_eq!(read(&format!("{local}/inside"), local), Run::output("content"), "its own name by default");
    assert_eq!(read("/in/inside", &format!("ro:{local}:/in")), Run::output("content"));
    assert_eq!(read("/out/inside", &format!("{local}:/in")).code, 2);
}

#[test]
fn a_read_only_path_is_not_written() {
    let folder = folder();
    let local = folder.path().to_str().unwrap();
    let write = |allowed: &str| {
        run([&guest("wasi_files.wasm"), "write_file", "-i", "/in/new\ntext", "--wasi", "--allow-path", allowed])
    };
    assert_eq!(write(&format!("ro:{local}:/in")).code, 2);
    assert!(!folder.path().join("new").exists());
    assert_eq!(write(&format!("{local}:/in")), Run::output(""));
    assert_eq!(std::fs::read_to_string(folder.path().join("new")).unwrap(), "text");
}

#[test]
fn several_paths_are_allowed() {
    let (one, other) = (folder(), folder());
    file(&other, "inside", "content");
    let paths = [one, other].map(|folder| folder.keep().to_str().unwrap().to_owned());
    let allowed = [format!("{}:/one", paths[0]), format!("{}:/other", paths[1])];
    let given = run([
        &guest("wasi_files.wasm"),
        "read_file",
        "-i",
        "/other/inside",
        "--wasi",
        "--allow-path",
        &allowed[0],
        "--allow-path",
        &allowed[1],
    ]);
    assert_eq!(given, Run::output("content"));
    for path in &paths {
        std::fs::remove_dir_all(path).unwrap();
    }
}

#[test]
fn an_allowed_path_that_is_not_there_is_named() {
    let given = run([&guest("wasi_files.wasm"), "calls", "--wasi", "--allow-path", "gone:/in"]);
    let expected = [
        "error: cannot build plug-in `wasi_files`: cannot open the allowed path `gone`: No such file or directory (os \
                     error 2)",
    ];
    assert_eq!(given, Run::failure(1, &expected));
}
