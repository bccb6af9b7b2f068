//! Tests the destinations of plug-ins' logs. The log sink belongs to the process, so these tests take turns.

mod logger;

#[cfg(target_os = "linux")]
#[path = "../../extism-runtime/src/fuzzing/wasi/guest.rs"]
#[allow(dead_code)]
mod guest;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use extism_runtime::{
    Error,
    log::{LogLevel, set_log_callback, set_log_file},
};

use self::logger::{level, log_all, logger, named, named_with};

static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn a_callback_gets_what_is_at_its_level_or_above() {
    let _turn = turn();
    let mut plugin = logger();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&seen);
    set_log_callback(LogLevel::Warn, move |record| {
        sink.lock().unwrap().push((record.level, record.plugin.to_owned(), record.id, record.message.to_owned()));
    });
    log_all(&mut plugin, b"hello \xff");
    let expected = [LogLevel::Warn, LogLevel::Error]
        .map(|level| (level, "logger".to_owned(), plugin.id(), "hello \u{fffd}".to_owned()));
    assert_eq!(*seen.lock().unwrap(), expected);
    assert_eq!(level(&mut plugin), 3, "warn is the lowest level that anyone listens to");
}

#[test]
fn a_callback_that_panics_does_not_end_the_call() {
    let _turn = turn();
    set_log_callback(LogLevel::Error, |_| panic!("in the callback"));
    log_all(&mut logger(), b"hello");
    set_log_callback(LogLevel::Error, |_| {});
}

#[test]
fn a_file_gets_one_line_a_message_whatever_it_holds() {
    let _turn = turn();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plugins.log");
    set_log_file(LogLevel::Info, &path).unwrap();
    let mut plugin = logger();
    log_all(&mut plugin, "two\nlines,\u{1b}[2J\u{202e}\tone tab".as_bytes());
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = text.lines().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect();
    let id = plugin.id();
    let expected = ["INFO ", "WARN ", "ERROR"]
        .map(|level| format!("{level} logger {id} two\\nlines,\\u{{1b}}[2J\\u{{202e}}\tone tab"));
    assert_eq!(lines, expected);
    assert!(set_log_file(LogLevel::Info, "/no/such/folder/log").is_err());
    set_log_callback(LogLevel::Error, |_| {});
}

#[test]
fn a_manifest_cannot_write_lines_by_the_name_of_its_plugin() {
    let _turn = turn();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plugins.log");
    set_log_file(LogLevel::Error, &path).unwrap();
    let mut plugin = named("a\nb\u{1b}");
    log_all(&mut plugin, b"hello");
    let text = std::fs::read_to_string(&path).unwrap();
    let line = text.split_once(' ').unwrap().1;
    assert_eq!(line, format!("ERROR a\\nb\\u{{1b}} {} hello\n", plugin.id()));
    set_log_callback(LogLevel::Error, |_| {});
}

#[cfg(target_os = "linux")]
#[test]
fn a_log_file_is_for_its_owner_and_follows_no_links() {
    use std::{
        fs,
        os::unix::fs::{MetadataExt as _, symlink},
    };

    use extism_runtime::{Manifest, PluginBuilder, Wasm};

    let _turn = turn();
    let folder = tempfile::tempdir().unwrap();
    let (writable, secret) = (folder.path().join("w"), folder.path().join("secret"));
    fs::create_dir(&writable).unwrap();
    fs::create_dir(&secret).unwrap();
    fs::write(secret.join("file"), "secret").unwrap();
    // A plug-in may write to `w`, and so create these links.
    let manifest = Manifest::new([Wasm::data(guest::wat())]).with_allowed_path(writable.display().to_string(), "/w");
    PluginBuilder::new(manifest).with_wasi(true).compile().unwrap();
    symlink("../secret/file", writable.join("log")).unwrap();
    symlink("../secret", writable.join("logs")).unwrap();
    for path in ["log", "logs/log", "logs/file"].map(|path| writable.join(path)) {
        let error = set_log_file(LogLevel::Error, &path).unwrap_err();
        assert!(matches!(error, Error::Output { .. }), "{error}");
    }
    assert_eq!(fs::read_dir(&secret).unwrap().count(), 1);
    let log = writable.join("new");
    set_log_file(LogLevel::Error, &log).unwrap();
    assert_eq!(fs::metadata(&log).unwrap().mode() & 0o7777, 0o600);
    set_log_file(LogLevel::Error, "/dev/stderr").expect("it is a link of the system's");
    set_log_callback(LogLevel::Error, |_| {});
}

#[test]
fn a_call_logs_no_more_bytes_than_it_may() {
    let _turn = turn();
    let seen = Arc::new(Mutex::new(0));
    let sink = Arc::clone(&seen);
    set_log_callback(LogLevel::Warn, move |record| *sink.lock().unwrap() += record.message.len());
    let mut plugin = named_with("logger", |builder| builder.with_max_log_bytes(26));
    // Each line counts as 16 additional bytes.
    for _ in 0..3 {
        plugin.call::<_, ()>("warn", "ten bytes.").unwrap();
        // These levels are not enabled.
        plugin.call::<_, ()>("info", "more than ten bytes").unwrap();
    }
    assert_eq!(*seen.lock().unwrap(), 30);
    let error = plugin.call::<_, ()>("error", "eleven byte").unwrap_err();
    let expected = "plug-in `logger`, export `error`: logged more than 26 bytes in one call; raise the limit with \
                    `PluginBuilder::with_max_log_bytes` if it may log more";
    assert_eq!(error.to_string(), expected);
    assert!(matches!(error, Error::LogTooLong { limit: 26, .. }));
    assert_eq!(*seen.lock().unwrap(), 30);
    plugin.call::<_, ()>("warn", "ten bytes.").unwrap();
    // Without its own limit, and in a loop.
    let mut plugin = named("logger");
    let error = plugin.call::<_, ()>("for_ever", vec![b'x'; 1 << 20]).unwrap_err();
    assert!(matches!(error, Error::LogTooLong { limit: 33_554_432, .. }), "{error}");
    assert_eq!(*seen.lock().unwrap(), 40 + (31 << 20));
    set_log_callback(LogLevel::Error, |_| {});
}

#[test]
fn levels_are_read_as_they_are_written_and_ordered() {
    let all = [LogLevel::Trace, LogLevel::Debug, LogLevel::Info, LogLevel::Warn, LogLevel::Error];
    assert!(all.is_sorted());
    for level in all {
        assert_eq!(level.to_string().parse(), Ok(level));
        assert_eq!(level.to_string().to_lowercase().parse(), Ok(level));
    }
    assert_eq!("warning".parse(), Ok(LogLevel::Warn));
    let error = "loud".parse::<LogLevel>().unwrap_err();
    assert_eq!(error.to_string(), "`loud` is not a log level; use trace, debug, info, warn or error");
}

/// AssemblyScript's `console` and `trace`, which its modules import whether they use Extism's PDK or not.
#[test]
fn what_assemblyscript_prints_is_logged() {
    let _turn = turn();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&seen);
    set_log_callback(LogLevel::Debug, move |record| {
        sink.lock().unwrap().push((record.level, record.message.to_owned()));
    });
    let names = ["log", "debug", "info", "warn", "error"];
    let import = |name: &str| format!(r#"(import "env" "console.{name}" (func ${name} (param i32)))"#);
    let call = |name: &str| format!("(call ${name} (i32.const 4))");
    let wat = format!(
        r#"(module {} (import "env" "console.assert" (func $assert (param i32 i32)))
            (import "env" "trace" (func $trace (param i32 i32 f64 f64 f64 f64 f64)))
            (memory (export "memory") 1) (data (i32.const 0) "\04\00\00\00h\00i\00")
            (func (export "run") {} (call $assert (i32.const 1) (i32.const 4)) (call $assert (i32.const 0) (i32.const 4))
                (call $trace (i32.const 4) (i32.const 2) (f64.const 1.5) (f64.const 2) (f64.const 3) (f64.const 4) (f64.const 5))
                (call $trace (i32.const 4) (i32.const -1) (f64.const 1) (f64.const 2) (f64.const 3) (f64.const 4) (f64.const 5))))"#,
        names.map(import).concat(),
        names.map(call).concat()
    );
    extism_runtime::Plugin::new(wat).unwrap().call::<_, ()>("run", ()).unwrap();
    set_log_callback(LogLevel::Error, |_| {});
    let expected = [
        (LogLevel::Info, "hi"),
        (LogLevel::Debug, "hi"),
        (LogLevel::Info, "hi"),
        (LogLevel::Warn, "hi"),
        (LogLevel::Error, "hi"),
        (LogLevel::Error, "assertion failed: hi"),
        (LogLevel::Debug, "hi 1.5 2"),
        (LogLevel::Debug, "hi"),
    ];
    assert_eq!(*seen.lock().unwrap(), expected.map(|(level, text)| (level, text.to_owned())));
}
