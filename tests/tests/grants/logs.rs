use std::sync::{Arc, Mutex};

use extism_runtime::{
    Error, Plugin, PluginBuilder,
    log::{LogLevel, LogRecord, set_log_callback},
};
use extism_tests::{environment, module};

type Lines = Arc<Mutex<Vec<String>>>;

/// Logs its input at each level, and tells the level.
fn logger() -> PluginBuilder {
    let imports = environment(&[
        "log_trace",
        "log_debug",
        "log_info",
        "log_warn",
        "log_error",
        "get_log_level",
        "input_offset",
        "input_length",
        "alloc",
        "store_u64",
        "output_set",
    ]);
    let body = r#"
        (import "env" "console.log" (func $console (param i32)))
        (memory (export "memory") 1)
        (data (i32.const 28) "\08\00\00\00h\00e\00y\00!\00")
        (func (export "trace") (call $log_trace (call $input_offset)))
        (func (export "debug") (call $log_debug (call $input_offset)))
        (func (export "info") (call $log_info (call $input_offset)))
        (func (export "warn") (call $log_warn (call $input_offset)))
        (func (export "error") (call $log_error (call $input_offset)))
        (func (export "console") (call $console (i32.const 32)))
        (func (export "console for ever") (loop $again (call $console (i32.const 32)) (br $again)))
        (func (export "level") (local $block i64)
            (local.set $block (call $alloc (i64.const 8)))
            (call $store_u64 (local.get $block) (i64.extend_i32_s (call $get_log_level)))
            (call $output_set (local.get $block) (i64.const 8)))"#;
    PluginBuilder::new(module(&[&imports, body])).with_name("logger")
}

/// A function that notes lines, and what it has noted.
fn notes() -> (Lines, impl Fn(&LogRecord<'_>) + Send + Sync + 'static) {
    let lines = Lines::default();
    let noted = Arc::clone(&lines);
    let note = move |record: &LogRecord<'_>| {
        let LogRecord { level, plugin, message, .. } = record;
        noted.lock().unwrap().push(format!("{level} {plugin} {message}"));
    };
    (lines, note)
}

fn taken(lines: &Lines) -> Vec<String> {
    std::mem::take(&mut *lines.lock().unwrap())
}

fn log_all(plugin: &mut Plugin, message: &str) {
    for export in ["trace", "debug", "info", "warn", "error"] {
        plugin.call::<_, ()>(export, message).unwrap();
    }
}

fn level(plugin: &mut Plugin) -> i64 {
    plugin.call("level", ()).unwrap()
}

#[test]
fn a_log_of_its_own_gets_the_lines_of_one_plugin_beside_the_processs_sink() {
    let (lines, note) = notes();
    let mut own = logger().with_log(LogLevel::Info, note).build().unwrap();
    let mut other = logger().with_name("other").build().unwrap();
    assert_eq!((level(&mut own), level(&mut other)), (2, i64::from(i32::MAX)), "nobody listens to the other one");
    log_all(&mut own, "hello \u{fffd}");
    log_all(&mut other, "hello");
    let expected = ["INFO", "WARN", "ERROR"].map(|level| format!("{level} logger hello \u{fffd}"));
    assert_eq!(taken(&lines), expected);

    let (all, note) = notes();
    set_log_callback(LogLevel::Error, note);
    assert_eq!((level(&mut own), level(&mut other)), (2, 4));
    log_all(&mut own, "a");
    log_all(&mut other, "b");
    assert_eq!(taken(&lines), ["INFO", "WARN", "ERROR"].map(|level| format!("{level} logger a")));
    // Other tests of this binary may log, too.
    let mut seen = taken(&all);
    seen.retain(|line| !line.contains("limited"));
    assert_eq!(seen, ["ERROR logger a", "ERROR other b"]);

    // What AssemblyScript's library logs is no exception.
    own.call::<_, ()>("console", ()).unwrap();
    assert_eq!(taken(&lines), ["INFO logger hey!"]);
}

#[test]
fn a_panic_in_it_loses_the_line_and_nothing_else() {
    let mut plugin = logger().with_name("limited").with_log(LogLevel::Trace, |_| panic!("in the log")).build().unwrap();
    for _ in 0..3 {
        log_all(&mut plugin, "hello");
    }
}

#[test]
fn what_a_call_logs_is_limited_there_too() {
    let (lines, note) = notes();
    let limited = logger().with_name("limited").with_log(LogLevel::Warn, note).with_max_log_bytes(5 + 16);
    let mut plugin = limited.build().unwrap();
    log_all(&mut plugin, "12345");
    let error = plugin.call::<_, ()>("warn", "123456").unwrap_err();
    assert!(matches!(error, Error::LogTooLong { .. }), "{error}");
    plugin.call::<_, ()>("info", "longer, but not logged").unwrap();
    assert_eq!(taken(&lines), ["WARN limited 12345", "ERROR limited 12345"]);
    // What AssemblyScript's library logs counts as well.
    let (lines, note) = notes();
    let chatty = logger().with_name("limited").with_log(LogLevel::Info, note).with_max_log_bytes(10 * (4 + 16));
    let error = chatty.build().unwrap().call::<_, ()>("console for ever", ()).unwrap_err();
    assert!(matches!(error, Error::LogTooLong { .. }), "{error}");
    assert_eq!(taken(&lines).len(), 10);
}
