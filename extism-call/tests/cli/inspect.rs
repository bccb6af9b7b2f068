//! `extism-call inspect`.

use crate::run::{Run, file, folder, guest, run, run_with_stdin};

const LIBRARY: &str = r#"(module (memory (export "memory") 1 2) (table (export "table") 1 funcref)
    (global (export "count") (mut i64) (i64.const 0)) (func (export "add") (param i32 f64) (result f32 i64) unreachable)
    (func $begin) (start $begin))"#;

const MAIN: &str = r#"(module
    (import "library" "add" (func (param i32 f64) (result f32 i64)))
    (import "library" "gone" (func))
    (import "extism:host/env" "alloc" (func (param i64) (result i64)))
    (import "extism:host/env" "strange" (func))
    (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
    (func (export "run") (result i32) i32.const 0))"#;

#[test]
fn all_modules_are_shown_with_who_gives_their_imports() {
    let folder = folder();
    let (main, library) = (file(&folder, "main.wat", MAIN), file(&folder, "library.wat", LIBRARY));
    let given = run(["inspect", &main, "--link", &format!("library={library}")]);
    assert_eq!((given.code, given.stderr.as_str()), (0, ""));
    let lines: Vec<_> = given.stdout.lines().filter(|line| !line.contains("sha256")).collect();
    let expected = format!(
        "plug-in main
  main module
    from      {main}, 172 bytes
    functions that can be called
      run  () -> i32
    imports from extism:host/env (the host)
      strange  () -> ()
    imports from extism:host/env (the runtime)
      alloc  (i64) -> i64
    imports from library (a module)
      add  (i32, f64) -> (f32, i64)
    imports from library (the host)
      gone  () -> ()
    imports from wasi_snapshot_preview1 (WASI)
      proc_exit  (i32) -> ()
  linked module library
    from      {library}, 110 bytes
    memory    1 pages of 64 KiB at the start
    other exports
      memory  memory 1..=2 pages
      table   table
      count   global mut i64
      add     (i32, f64) -> (f32, i64)
  needs from its host
    WASI (--wasi)
    library.gone             () -> ()
    extism:host/env.strange  () -> ()"
    );
    assert_eq!(lines, expected.lines().collect::<Vec<_>>());
}

#[test]
fn json_tells_the_same() {
    let folder = folder();
    let (main, library) = (file(&folder, "main.wat", MAIN), file(&folder, "library.wat", LIBRARY));
    let given = run(["inspect", "--json", &main, "--link", &format!("library={library}")]);
    assert_eq!((given.code, given.stderr.as_str()), (0, ""));
    let value: serde_json::Value = serde_json::from_str(&given.stdout).unwrap();
    assert_eq!(value["plugin"], "main");
    assert_eq!(value["wasi"], true);
    assert_eq!(
        value["needs"],
        serde_json::json!([
            {"module": "main", "namespace": "library", "name": "gone", "kind": "function", "params": [], "results": []},
            {"module": "main", "namespace": "extism:host/env", "name": "strange", "kind": "function",
             "params": [], "results": []},
        ])
    );
    let modules = value["modules"].as_array().unwrap();
    assert_eq!(modules[0]["name"], "main");
    assert_eq!(modules[0]["origin"], main);
    assert_eq!(
        modules[0]["exports"],
        serde_json::json!([{"name": "run", "kind": "function", "params": [], "results": ["i32"], "callable": true}])
    );
    assert_eq!(modules[0]["imports"][0]["from"], "module");
    assert_eq!(modules[1]["start"], true);
    assert_eq!(
        modules[1]["exports"],
        serde_json::json!([
            {"name": "memory", "kind": "memory", "minimum": 1, "maximum": 2, "callable": false},
            {"name": "table", "kind": "table", "callable": false},
            {"name": "count", "kind": "global", "type": "i64", "mutable": true, "callable": false},
            {"name": "add", "kind": "function", "params": ["i32", "f64"], "results": ["f32", "i64"], "callable": false},
        ])
    );
}

#[test]
fn the_hash_is_the_one_that_a_manifest_expects() {
    let given = run(["inspect", "--json", &guest("traps.wat")]);
    let value: serde_json::Value = serde_json::from_str(&given.stdout).unwrap();
    let hash = value["modules"][0]["sha256"].as_str().unwrap();
    let folder = folder();
    let manifest = format!(r#"{{"wasm": [{{"path": "examples/plugins/traps.wat", "hash": "{hash}"}}]}}"#);
    let path = file(&folder, "m.json", manifest);
    assert_eq!(run([path.as_str(), "divide_by_zero"]).code, 2, "it loads");
}

#[test]
fn the_pdk_is_told_where_it_can_be() {
    let pdk = |file: &str| {
        let value: serde_json::Value = serde_json::from_str(&run(["inspect", "--json", file]).stdout).unwrap();
        value["modules"][0]["pdk"].clone()
    };
    let rust = serde_json::json!({"language": "Rust", "name": "extism-pdk", "certain": true});
    assert_eq!(pdk(&guest("count_vowels.wasm")), rust);
    assert_eq!(pdk(&guest("echo.wasm")), serde_json::Value::Null, "C without a PDK");
    let folder = folder();
    let go = r#"(module (import "extism:host/env" "alloc" (func (param i64) (result i64)))
        (func $github.com/extism/go-pdk.Input))"#;
    let go = pdk(&file(&folder, "go.wat", go));
    assert_eq!(go, serde_json::json!({"language": "Go", "name": "go-pdk", "certain": true}));
    let stripped = r#"(module (import "extism:host/env" "alloc" (func (param i64) (result i64)))
        (@producers (processed-by "rustc" "1.95.0")))"#;
    let stripped = pdk(&file(&folder, "stripped.wat", stripped));
    assert_eq!(stripped, serde_json::json!({"language": "Rust", "name": "extism-pdk", "certain": false}));
    let old = r#"(module (import "env" "extism_alloc" (func (param i64) (result i64)))
        (func $_ZN10extism_pdk6memory17habcdefE))"#;
    let old = pdk(&file(&folder, "old.wat", old));
    let expected = serde_json::json!({"language": "Rust", "name": "extism-pdk", "certain": true, "before_1_0": true});
    assert_eq!(old, expected);
    let other = pdk(&file(&folder, "other.wat", r#"(module (@producers (processed-by "rustc" "1.95.0")))"#));
    assert_eq!(other, serde_json::Value::Null, "no plug-in");
}

#[test]
fn standard_input_is_inspected() {
    let given = run_with_stdin(["inspect", "-"], r#"(module (func (export "run")))"#);
    assert_eq!(given.code, 0);
    assert!(given.stdout.contains("run  () -> ()"), "{given:?}");
}

#[test]
fn what_is_no_plug_in_cannot_be_inspected() {
    let folder = folder();
    let invalid = file(&folder, "invalid.wat", "(module (func (result i32)))");
    for args in [["inspect", "gone.wasm"], ["inspect", "examples"], ["inspect", &invalid]] {
        let given = run(args);
        assert_eq!((given.code, given.stdout.as_str()), (1, ""), "{args:?}");
    }
    let gone = "error: cannot read module `main` from gone.wasm: No such file or directory (os error 2)";
    assert_eq!(run(["inspect", "gone.wasm"]), Run::failure(1, &[gone]));
}

#[test]
fn names_that_would_command_the_terminal_are_escaped() {
    let folder = folder();
    let path = file(&folder, "sly.wat", r#"(module (func (export "\1b[2J")))"#);
    let given = run(["inspect", path.as_str()]);
    assert!(given.stdout.contains(r"\u{1b}[2J  () -> ()") && !given.stdout.contains('\x1b'), "{given:?}");
}

#[test]
fn names_that_would_act_on_a_terminal_are_escaped_in_text_and_json() {
    let folder = folder();
    // In WAT, the bytes of U+202E, U+009B and U+2066.
    let wat = r#"(module (func (export "a\e2\80\aeb\c2\9b2Jc\e2\81\a6")))"#;
    let module = file(&folder, "names.wat", wat);
    let text = run(["inspect", &module]).stdout;
    assert!(text.contains(r"a\u{202e}b\u{9b}2Jc\u{2066}  () -> ()"), "{text}");
    let json = run(["inspect", "--json", &module]).stdout;
    assert!(json.contains(r#""a\u202eb\u009b2Jc\u2066""#), "{json}");
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["modules"][0]["exports"][0]["name"], "a\u{202e}b\u{9b}2Jc\u{2066}");
}

#[test]
fn what_the_manifest_allows_is_shown_if_the_plug_in_can_use_it() {
    let folder = folder();
    let module = r#"(module (import "extism:host/env" "http_request" (func (param i64 i64) (result i64)))
        (import "wasi_snapshot_preview1" "fd_close" (func (param i32) (result i32))) (memory (export "memory") 1))"#;
    let path = file(&folder, "plugin.wat", module);
    let manifest = serde_json::json!({
        "wasm": [{ "path": path }],
        "allowed_hosts": ["api.example.com", "*.example.org"],
        "allowed_paths": { "ro:examples": "/data" },
    });
    let manifest = file(&folder, "manifest.json", manifest.to_string());
    let given = run(["inspect", &manifest]);
    let expected = "  needs from its host
    WASI (--wasi)
  allowed by its manifest
    send HTTP requests to api.example.com and *.example.org
    read the directory examples as /data
";
    assert!(given.stdout.ends_with(expected), "{}", given.stdout);
    let json: serde_json::Value = serde_json::from_str(&run(["inspect", "--json", &manifest]).stdout).unwrap();
    let expected = serde_json::json!([
        { "kind": "http", "hosts": ["api.example.com", "*.example.org"], "granted": true },
        { "kind": "wasi", "granted": false },
        { "kind": "path", "host": "examples", "guest": "/data", "read_only": true, "granted": true },
    ]);
    assert_eq!(json["permissions"], expected);
    let nothing = run(["inspect", &file(&folder, "none.wat", "(module)")]);
    assert!(nothing.stdout.ends_with("  needs from its host\n    nothing\n"), "{}", nothing.stdout);
}
