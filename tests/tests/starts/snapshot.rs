use std::fs;

use extism_runtime::{
    Plugin, PluginBuilder,
    snapshot::{Snapshot, SnapshotError},
};
use extism_tests::guest;

fn take(wat: &str) -> Result<Vec<u8>, SnapshotError> {
    Snapshot::new().take(wat.as_bytes())
}

/// A module that counts in memory and in a global how often it is initialized, and returns both as one number.
const COUNTS: &str = r#"
    (memory (export "memory") 1 4)
    (global $count (mut i32) (i32.const 0))
    (data (i32.const 100) "\07")
    (func $count
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (i32.store8 (i32.const 0) (i32.add (i32.load8_u (i32.const 0)) (i32.const 1))))
    (func (export "counts") (result i32)
        (i32.add (i32.add (i32.mul (global.get $count) (i32.const 100)) (i32.load8_u (i32.const 0)))
            (i32.mul (i32.load8_u (i32.const 100)) (i32.const 1000))))"#;

fn counts(module: impl Into<extism_runtime::Source>) -> i32 {
    let mut plugin = Plugin::new(module).unwrap();
    match plugin.call::<_, ()>("counts", ()).unwrap_err() {
        extism_runtime::Error::Guest { code, .. } => code,
        other => panic!("{other}"),
    }
}

#[test]
fn memory_and_globals_are_kept_and_initializers_run_once() {
    for export in ["_initialize", "__wasm_call_ctors"] {
        let module = format!("(module {COUNTS} (export \"{export}\" (func $count)))");
        assert_eq!(counts(&*module), 7101);
        assert_eq!(counts(take(&module).unwrap()), 7101);
    }
    let start = format!("(module {COUNTS} (start $count))");
    assert_eq!(counts(take(&start).unwrap()), 7101);
    let both = format!("(module {COUNTS} (start $count) (export \"_initialize\" (func $count)))");
    assert_eq!(counts(&*both), 7202);
    assert_eq!(counts(take(&both).unwrap()), 7202);
    let haskell = format!("(module {COUNTS} (func (export \"hs_init\") (param i32 i32) (call $count)))");
    assert_eq!(counts(take(&haskell).unwrap()), 7101);
}

#[test]
fn a_named_function_runs_after_the_initializers_and_is_not_exported_any_more() {
    let module = format!("(module {COUNTS} (export \"_initialize\" (func $count)) (export \"prepare\" (func $count)))");
    let taken = Snapshot::new().with_function("prepare").take(module.as_bytes()).unwrap();
    assert_eq!(counts(&taken[..]), 7202);
    let exports = Plugin::new(taken).unwrap().exports().iter().map(|export| export.name.clone()).collect::<Vec<_>>();
    assert_eq!(exports, ["memory", "counts"]);
    let error = Snapshot::new().with_function("prepared").take(module.as_bytes()).unwrap_err();
    assert!(matches!(error, SnapshotError::NoSuchFunction { name } if name == "prepared"));
}

#[test]
fn memory_that_has_grown_stays_so() {
    let module = format!(
        "(module {COUNTS} (func (export \"_initialize\") (call $count)
            (drop (memory.grow (i32.const 2))) (i32.store8 (i32.const 196607) (i32.const 9))))"
    );
    let taken = take(&module).unwrap();
    let last = String::from_utf8_lossy(&taken).len();
    assert!(last < 2000, "zeros are not stored: {last}");
    assert_eq!(counts(taken), 7101);
}

/// The parser of the text format quotes the line with the mistake.
#[test]
fn the_error_of_a_long_line_is_short_and_has_no_control_characters() {
    for text in [format!("(module \u{1b} {}", "x".repeat(1 << 20)), "\0".repeat(1 << 20)] {
        let error = take(&text).unwrap_err();
        assert!(matches!(error, SnapshotError::Invalid(_)), "{error:?}");
        let error = error.to_string();
        assert!(error.len() < 64 << 10, "{} bytes", error.len());
        assert!(!error.contains(['\0', '\u{1b}']), "{error}");
    }
}

#[test]
fn what_a_snapshot_cannot_keep_is_refused_by_name() {
    let initialize = |fields: &str, body: &str| {
        take(&format!("(module {fields} (memory 1) (func (export \"_initialize\") {body}))")).unwrap_err()
    };
    let import = r#"(import "extism:host/env" "config_get" (func $get (param i64) (result i64)))"#;
    let error = initialize(import, "(drop (call $get (i64.const 0)))");
    assert!(matches!(&error, SnapshotError::HostCall { name, .. } if name == "config_get"), "{error}");
    let open = r#"(import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))"#;
    let error = initialize(open, "(drop (call $close (i32.const 3)))");
    assert!(matches!(&error, SnapshotError::HostCall { name, hint: "", .. } if name == "fd_close"), "{error}");
    let random = r#"(import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))"#;
    let error = initialize(random, "(drop (call $random (i32.const 0) (i32.const 8)))");
    assert!(error.to_string().contains("--wasi"), "{error}");
    let unsupported = [
        ("(table 1 funcref)", "(table.set (i32.const 0) (ref.null func))"),
        ("(table 1 funcref)", "(drop (table.grow (ref.null func) (i32.const 1)))"),
        ("(global (mut funcref) (ref.null func))", ""),
        (r#"(import "other" "memory" (memory 1))"#, ""),
        (r#"(import "other" "global" (global i32))"#, ""),
    ];
    for (fields, body) in unsupported {
        let error = initialize(fields, body);
        assert!(matches!(error, SnapshotError::Unsupported(_)), "{fields}: {error}");
    }
    assert!(matches!(take("(module)").unwrap_err(), SnapshotError::NothingToRun));
    assert!(matches!(take("(modul").unwrap_err(), SnapshotError::Invalid(_)));
    assert!(matches!(initialize("", "unreachable"), SnapshotError::Trap(_)));
    let quick = Snapshot::new().with_timeout(std::time::Duration::from_millis(20));
    let endless = quick.take(b"(module (func (export \"_initialize\") (loop (br 0))))").unwrap_err();
    assert!(matches!(endless, SnapshotError::Timeout { .. }));
}

#[test]
fn guests_answer_as_before() {
    for (file, wasi, export, input, output) in [
        ("init_both.wat", false, "order", "", "SI"),
        ("init_ctors.wat", false, "order", "", "C"),
        ("init_haskell.wat", false, "order", "", "IH"),
        ("pdk_go.wasm", true, "settings", "greeting", "greeting=bonjour!\ngreeting=bonjour!\n"),
        ("wasi_files.wasm", true, "exit_with", "0", "leaving"),
    ] {
        let module = fs::read(guest(file)).unwrap();
        let taken = Snapshot::new().with_wasi(wasi).take(&module).unwrap_or_else(|error| panic!("{file}: {error}"));
        let manifest =
            extism_runtime::Manifest::new([extism_runtime::Wasm::data(taken)]).with_config_key("greeting", "bonjour!");
        let mut plugin: Plugin = PluginBuilder::new(manifest).with_wasi(wasi).build().unwrap();
        for _ in 0..2 {
            let answer = plugin.call::<_, String>(export, input).unwrap();
            assert_eq!(answer, output, "{file}");
        }
    }
}
