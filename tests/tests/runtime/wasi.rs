use std::{
    fs,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{Error, Manifest, Plugin, PluginBuilder, Pool, Wasm, test::TestFolder};

use crate::{guest, wat};

fn files(manifest: Manifest) -> Plugin {
    PluginBuilder::new(manifest).with_wasi(true).build().unwrap()
}

fn message(result: Result<(), Error>) -> String {
    match result {
        Err(Error::Guest { message, .. }) => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_plugin_reads_and_writes_the_directories_it_was_given() {
    let folder = TestFolder::new().unwrap().with_file("in.txt", "from the host").unwrap();
    let mut plugin = files(folder.manifest(guest("wasi_files.wasm"), "/data"));
    assert_eq!(plugin.call::<_, &str>("read_file", "/data/in.txt").unwrap(), "from the host");
    plugin.call::<_, ()>("write_file", "/data/out.txt\nfrom the guest").unwrap();
    assert_eq!(folder.read("out.txt").unwrap(), "from the guest");
    plugin.call::<_, ()>("rename_file", "/data/out.txt\n/data/new.txt").unwrap();
    plugin.call::<_, ()>("remove_file", "/data/in.txt").unwrap();
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["new.txt"]);
}

#[test]
fn a_read_only_directory_can_only_be_read() {
    let folder = TestFolder::new().unwrap().with_file("file", "as it was").unwrap();
    let mut plugin = files(folder.read_only_manifest(guest("wasi_files.wasm"), "/data"));
    assert_eq!(plugin.call::<_, &str>("read_file", "/data/file").unwrap(), "as it was");
    for (export, input) in [
        ("write_file", "/data/file\nchanged"),
        ("append_file", "/data/file\nmore"),
        ("write_file", "/data/new\n"),
        ("remove_file", "/data/file"),
        ("rename_file", "/data/file\n/data/other"),
        ("make_dir", "/data/dir"),
    ] {
        message(plugin.call(export, input));
    }
    assert_eq!(folder.read("file").unwrap(), "as it was");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn nothing_outside_the_directories_is_reached() {
    let outer = TestFolder::new().unwrap().with_file("secret", "secret").unwrap().with_file("inner/file", "").unwrap();
    let (inner, absolute) = (outer.join("inner"), outer.join("secret"));
    #[cfg(unix)]
    std::os::unix::fs::symlink(&absolute, inner.join("link")).unwrap();
    let manifest = Manifest::new([guest("wasi_files.wasm")]).with_allowed_path(inner.display().to_string(), "/data");
    let mut plugin = files(manifest);
    for path in ["/data/../secret", "/data/link", "../secret", "/etc/passwd", absolute.to_str().unwrap()] {
        message(plugin.call("read_file", path));
    }
}

#[test]
fn without_wasi_its_imports_are_missing() {
    let error = Plugin::new(guest("wasi_files.wasm")).unwrap_err();
    assert!(error.to_string().contains("with_wasi(true)"), "{error}");
}

#[test]
fn a_directory_that_does_not_exist_is_named() {
    let manifest = Manifest::new([guest("wasi_files.wasm")]).with_allowed_path("/no/such/folder", "/data");
    let error = PluginBuilder::new(manifest).with_wasi(true).build().unwrap_err();
    let Error::Engine { source, .. } = &error else { panic!("{error}") };
    assert!(source.to_string().contains("/no/such/folder"), "{error}: {source}");
}

#[test]
fn a_sleep_lasts_and_ends_at_the_timeout() {
    let mut plugin = files(Manifest::new([guest("wasi_files.wasm")]).with_timeout(Duration::from_millis(100)));
    let start = Instant::now();
    plugin.call::<_, ()>("sleep_ms", "30").unwrap();
    assert!(start.elapsed() >= Duration::from_millis(30));
    let error = plugin.call::<_, ()>("sleep_ms", "31536000000").unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    plugin.call::<_, ()>("sleep_ms", "0").unwrap();
}

#[test]
fn a_sleep_is_cancelled() {
    let mut plugin = files(Manifest::new([guest("wasi_files.wasm")]));
    let handle = plugin.cancel_handle();
    let (done, finished) = mpsc::channel();
    let caller = thread::spawn(move || {
        let result = plugin.call::<_, ()>("sleep_ms", "1000000");
        done.send(()).unwrap();
        result
    });
    while finished.try_recv().is_err() {
        handle.cancel();
        thread::sleep(Duration::from_millis(2));
    }
    assert!(matches!(caller.join().unwrap(), Err(Error::Cancelled { .. })));
}

#[test]
fn an_exit_ends_the_instance_and_zero_is_success() {
    let mut plugin = files(Manifest::new([guest("wasi_files.wasm")]));
    let calls = |plugin: &mut Plugin| plugin.call::<_, String>("calls", ()).unwrap();
    assert_eq!((calls(&mut plugin), calls(&mut plugin)), ("1".into(), "2".into()));
    plugin.call::<_, ()>("exit_with", "0").unwrap();
    assert_eq!(calls(&mut plugin), "1", "a new instance");
    let error = plugin.call::<_, ()>("exit_with", "3").unwrap_err();
    assert!(matches!(error, Error::Exit { code: 3, .. }), "{error}");
    assert_eq!(calls(&mut plugin), "1");
}

#[test]
fn a_command_runs_any_number_of_times() {
    let mut plugin = files(Manifest::new([guest("wasi_command.wasm")]));
    assert_eq!(plugin.call::<_, &str>("_start", "first").unwrap(), "FIRST");
    assert_eq!(plugin.call::<_, &str>("_start", "second").unwrap(), "SECOND");
    assert!(matches!(plugin.call::<_, ()>("_start", "exit 9"), Err(Error::Exit { code: 9, .. })));
    assert!(matches!(plugin.call::<_, ()>("_start", "abort"), Err(Error::Trap { .. })));
    assert_eq!(plugin.call::<_, &str>("_start", "third").unwrap(), "THIRD");
}

#[test]
fn a_plugin_has_clocks_and_random_numbers_but_no_environment() {
    let mut plugin = files(Manifest::new([guest("wasi_files.wasm")]));
    let first = plugin.call::<_, Vec<u8>>("random_bytes", ()).unwrap();
    assert_eq!(first.len(), 16);
    assert_ne!(first, plugin.call::<_, Vec<u8>>("random_bytes", ()).unwrap());
    let clocks = plugin.call::<_, String>("clocks", ()).unwrap();
    let environment = plugin.call::<_, String>("environment", ()).unwrap();
    assert!(!environment.contains("PATH"), "{environment}");
    assert!(clocks.bytes().any(|byte| byte.is_ascii_digit()), "{clocks}");
}

/// Takes subscriptions as the input, and outputs the number of events, the errno, and the events.
const POLL: &str = r#"
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "poll") (local $at i32) (local $out i64)
        (block $done (loop $next
            (br_if $done (i64.ge_u (i64.extend_i32_u (local.get $at)) (call $input_length)))
            (i32.store8 (local.get $at) (call $input_load_u8 (i64.extend_i32_u (local.get $at))))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br $next)))
        (i32.store (i32.const 32764)
            (call $poll (i32.const 0) (i32.const 32768) (i32.div_u (local.get $at) (i32.const 48)) (i32.const 32760)))
        (local.set $out (call $alloc (i64.const 1024)))
        (local.set $at (i32.const 0))
        (loop $next
            (call $store_u8
                (i64.add (local.get $out) (i64.extend_i32_u (local.get $at)))
                (i32.load8_u offset=32760 (local.get $at)))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br_if $next (i32.lt_u (local.get $at) (i32.const 1024))))
        (call $give (local.get $out)))"#;

/// A subscription's user data and kind, and what it waits for: a clock, until when, and whether that is absolute.
fn subscription(user_data: u64, kind: u8, clock: u32, timeout: u64, absolute: bool) -> [u8; 48] {
    let mut bytes = [0; 48];
    bytes[..8].copy_from_slice(&user_data.to_le_bytes());
    bytes[8] = kind;
    bytes[16..20].copy_from_slice(&clock.to_le_bytes());
    bytes[24..32].copy_from_slice(&timeout.to_le_bytes());
    bytes[40] = absolute.into();
    bytes
}

/// An event: its user data, errno, kind, and number of bytes.
type Event = (u64, u16, u8, u64);

fn poll(subscriptions: &[[u8; 48]]) -> Vec<Event> {
    let mut plugin = files(Manifest::new([Wasm::data(wat(POLL))]));
    let output: Vec<u8> = plugin.call("poll", subscriptions.concat()).unwrap();
    let (head, events) = output.split_at(8);
    let count = u32::from_le_bytes(head[..4].try_into().unwrap()) as usize;
    assert_eq!(head[4..], [0; 4], "the errno");
    let event = |event: &[u8]| {
        (
            u64::from_le_bytes(event[..8].try_into().unwrap()),
            u16::from_le_bytes(event[8..10].try_into().unwrap()),
            event[10],
            u64::from_le_bytes(event[16..24].try_into().unwrap()),
        )
    };
    events.chunks_exact(32).take(count).map(event).collect()
}

#[test]
fn a_poll_tells_which_of_what_it_waits_for_is_ready() {
    const YEAR: u64 = 31_536_000_000_000_000;
    let files = [subscription(1, 1, 0, 0, false), subscription(2, 2, 0, 0, false), subscription(3, 0, 1, YEAR, false)];
    assert_eq!(poll(&files), [(1, 0, 1, 1), (2, 0, 2, 1)], "files are always ready");
    let none = [subscription(4, 7, 0, 0, false), subscription(5, 0, 9, 1, false), subscription(6, 0, 0, YEAR, false)];
    assert_eq!(poll(&none), [(4, 28, 7, 0), (5, 28, 0, 0)], "no such kind, and no such clock");
    let past = [subscription(7, 0, 0, 1, true), subscription(8, 0, 1, 0, true), subscription(9, 0, 1, YEAR, false)];
    assert_eq!(poll(&past), [(7, 0, 0, 0), (8, 0, 0, 0)], "points in time that are over");
    let future = [subscription(1, 0, 0, u64::MAX, true), subscription(2, 0, 1, u64::MAX, true)];
    let soon = subscription(3, 0, 0, 1_000_000, false);
    assert_eq!(poll(&[future[0], future[1], soon]), [(3, 0, 0, 0)], "points in time that are to come");
}

#[test]
fn what_has_no_memory_to_read_is_told_so() {
    for (name, params) in [("poll_oneoff", "i32 i32 i32 i32"), ("path_open", "i32 i32 i32 i32 i32 i64 i64 i32 i32")] {
        let zeros: String = params.split(' ').map(|ty| format!("({ty}.const 0)")).collect();
        let wat = format!(
            r#"(module (import "wasi_snapshot_preview1" "{name}" (func $f (param {params}) (result i32)))
                (memory 1) (func (export "f") (drop (call $f {zeros}))))"#
        );
        let error = files(Manifest::new([Wasm::data(wat)])).call::<_, ()>("f", ()).unwrap_err();
        let Error::Trap { trap, .. } = &error else { panic!("{error}") };
        assert_eq!(trap.message, "the module imports WASI but does not export `memory`", "{name}");
    }
}

#[test]
fn a_directory_that_is_made_again_is_not_the_one_that_was_granted() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("folder");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("file"), "granted").unwrap();
    let manifest = Manifest::new([guest("wasi_files.wasm")]).with_allowed_path(folder.display().to_string(), "/data");
    let compiled = PluginBuilder::new(manifest).with_wasi(true).compile().unwrap();
    let pool = Pool::new(compiled.clone(), 1);
    let mut plugin = compiled.instantiate().unwrap();
    plugin.set_var("kept", b"yes").unwrap();
    let id = plugin.id();
    assert_eq!(plugin.call::<_, &str>("read_file", "/data/file").unwrap(), "granted");
    plugin.call::<_, ()>("exit_with", "3").unwrap_err();
    fs::remove_dir_all(&folder).unwrap();
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("file"), "another").unwrap();
    let mut pooled = pool.get(Duration::ZERO).unwrap().unwrap();
    for plugin in [&mut plugin, &mut *pooled] {
        plugin.call::<_, &str>("read_file", "/data/file").unwrap_err();
        assert_eq!(plugin.call::<_, &str>("calls", ()).unwrap(), "1");
    }
    assert_eq!((plugin.var("kept"), plugin.id()), (Some(&b"yes"[..]), id));
    assert_eq!((pool.instances(), pool.idle_instances(), pool.compiled().name()), (1, 0, "wasi_files"));
}

#[test]
fn an_exit_after_an_error_tells_it() {
    let text = r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (import "extism:host/env" "error_set" (func $error_set (param i64)))
        (import "extism:host/env" "input_offset" (func $input (result i64)))
        (memory (export "memory") 1)
        (func (export "fail") (call $error_set (call $input)) (call $exit (i32.const 3)))
        (func (export "end") (call $exit (i32.const 3))))"#;
    let mut plugin = PluginBuilder::new(text).with_wasi(true).build().unwrap();
    let error = plugin.call::<_, ()>("fail", "no luck").unwrap_err();
    assert!(error.to_string().ends_with("exited with code 3, after the error: no luck"), "{error}");
    let Error::Exit { code: 3, guest_error, .. } = error else { panic!("{error}") };
    assert_eq!(guest_error.as_deref(), Some("no luck"));
    assert!(matches!(plugin.call::<_, ()>("end", ""), Err(Error::Exit { guest_error: None, .. })));
}
