//! Tests operations on open files: endless files, floods of descriptors, sizes of gigabytes.

use std::fs;

use extism_runtime::{Manifest, Wasm};

use crate::{
    SOON, assert_works, builder, failure,
    wasi::{COMMON, IMPORTS, Trap, wasi, wasi_within},
    wat,
};

/// Exports for operations on the file that the input names, opened for reading.
pub const DESCRIPTORS: &str = r#"
    (func $fd (result i32) (call $open (i32.const 1) (i32.const 0) (i64.const 2)) (drop))
    (func $iovec (param i32) (i32.store (i32.const 64) (i32.const 8192)) (i32.store (i32.const 68) (local.get 0)))
    (func (export "write_to") (call $iovec (i32.const 3))
        (call $errno (call $write (call $fd) (i32.const 64) (i32.const 1) (i32.const 72))))
    (func (export "size_to") (call $errno (call $truncate (call $fd) (i64.const 0))))
    (func (export "time_to") (call $errno (call $futimes (call $fd) (i64.const 0) (i64.const 0) (i32.const 5))))
    (func (export "read_4_gib") (call $iovec (i32.const -1))
        (call $errno (call $read (call $fd) (i32.const 64) (i32.const 1) (i32.const 72))))
    (func (export "read_4_gib_of_vectors")
        (call $errno (call $read (call $fd) (i32.const 0) (i32.const -1) (i32.const 72))))
    (func (export "read_without_end") (local i32) (local.set 0 (call $fd)) (call $iovec (i32.const 65536))
        (loop $again (drop (call $read (local.get 0) (i32.const 64) (i32.const 1) (i32.const 72))) (br $again)))
    (func (export "open_many") (local $count i64) (local $errno i32)
        (loop $next
            (call $open (i32.const 1) (i32.const 0) (i64.const 2)) (local.set $errno) (drop)
            (local.set $count (i64.add (local.get $count) (i64.const 1)))
            (br_if $next (i32.and (i32.eqz (local.get $errno)) (i64.lt_u (local.get $count) (i64.const 10000))))))
    (func (export "open_and_close") (local $count i64)
        (loop $next
            (drop (call $close (call $fd)))
            (local.set $count (i64.add (local.get $count) (i64.const 1)))
            (br_if $next (i64.lt_u (local.get $count) (i64.const 1000)))))
    (func (export "random") (call $errno (call $random (i32.const 0) (i32.const -1))))
    (func (export "accept") (call $errno (call $accept (i32.const 3) (i32.const 0) (i32.const 16))))
    (func (export "renumber") (call $errno (call $renumber (i32.const 3) (i32.const -1))))
    (func (export "close_all") (local i32)
        (loop $next
            (drop (call $close (local.get 0)))
            (local.set 0 (i32.add (local.get 0) (i32.const 1)))
            (br_if $next (i32.lt_u (local.get 0) (i32.const 10))))
        (call $errno (call $close (i32.const 3))))
    (func (export "environment")
        (drop (call $environ (i32.const 64) (i32.const 72))) (drop (call $args (i32.const 76) (i32.const 80)))
        (call $errno (i32.or (i32.load (i32.const 64)) (i32.load (i32.const 76)))))"#;

#[test]
fn too_many_open_files_end_the_call_and_are_closed() {
    let trap = Trap::set();
    let mut plugin = wasi(DESCRIPTORS, &trap.inner, "");
    let text = failure(&mut plugin, "open_many", b"file");
    let expected = "the plug-in has more than 256 files open; raise the limit with \
                    `PluginBuilder::with_max_open_files`\nwasm backtrace:\n    0: open\n";
    assert!(text.starts_with(expected), "{text}");
    assert_works(&mut plugin);
    plugin.call::<_, ()>("open_and_close", "file").expect("one at a time");
    // Leaked ones would still be in `/proc`.
    let inner = fs::canonicalize(&trap.inner).expect("a path");
    let descriptors = fs::read_dir("/proc/self/fd").expect("Linux tells them");
    let targets = descriptors.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    assert_eq!(targets.filter(|target| *target == inner.join("file")).count(), 0);
}

#[test]
fn reading_what_has_no_end_ends_at_the_deadline() {
    let directory = tempfile::tempdir().expect("a directory");
    // Holes take no room: reading them all would take hours.
    let file = fs::File::create(directory.path().join("holes")).expect("a file");
    file.set_len(1 << 43).expect("a sparse file");
    let mut plugin = wasi_within(DESCRIPTORS, directory.path(), "ro:", SOON);
    let expected = "timed out after 100ms; raise the manifest's `timeout_ms` if it may take longer";
    assert_eq!(failure(&mut plugin, "read_without_end", b"holes"), expected);
    assert_works(&mut plugin);
}

#[test]
fn requests_of_four_gigabytes_are_refused() {
    let trap = Trap::set();
    let mut plugin = wasi(DESCRIPTORS, &trap.inner, "");
    let mut used = |export: &str| {
        let mut result = Ok(0);
        let used = allocation_counter::measure(|| result = plugin.call::<_, i64>(export, "file"));
        assert!(used.bytes_max < 1 << 20, "{export}: {used:?}");
        result
    };
    assert_eq!(used("read_4_gib").expect("an errno"), 48, "ENOMEM");
    assert_eq!(used("read_4_gib_of_vectors").expect("an errno"), 48, "ENOMEM");
    let text = used("random").expect_err("a trap").to_string();
    assert!(text.contains("requested len 4294967295 exceeds limit 67108864"), "{text}");
}

#[test]
fn random_bytes_are_no_more_than_the_memories_have_room_for() {
    // One page and the kernel's 16 at the start, and 4 more.
    let room = 21 * 65536;
    let body = format!(
        r#"(func (export "more") (call $errno (call $random (i32.const 0) (i32.const {}))))
           (func (export "fits") (drop (memory.grow (i32.const 4)))
               (call $errno (call $random (i32.const 0) (i32.const {}))))"#,
        room + 1,
        5 * 65536
    );
    let wat = wat(&format!("{COMMON}\n{body}")).replacen("(module", &format!("(module {IMPORTS}"), 1);
    let manifest = Manifest::new([Wasm::data(wat.replace("\"memory\") 3", "\"memory\") 1"))]).with_memory_max(4);
    let mut plugin = builder(manifest).with_wasi(true).build().expect("the plug-in builds");
    let used = allocation_counter::measure(|| {
        let text = failure(&mut plugin, "more", b"");
        let expected = format!("requested len {} exceeds limit {room}\nwasm backtrace:\n", room + 1);
        assert!(text.starts_with(&expected), "{text}");
    });
    assert!(used.bytes_max < 1 << 20, "{used:?}");
    assert_eq!(plugin.call::<_, i64>("fits", ()).expect("an errno"), 0);
}

#[test]
fn there_is_no_network_no_environment_and_no_descriptor_but_the_given_ones() {
    let trap = Trap::set();
    let mut plugin = wasi(DESCRIPTORS, &trap.inner, "");
    let mut errno = |export: &str| plugin.call::<_, i64>(export, "file").expect("an errno");
    assert_eq!(errno("accept"), 57, "ENOTSOCK");
    assert_eq!(errno("environment"), 0, "no variables and no arguments");
    assert_eq!(errno("renumber"), 8, "EBADF");
    assert_eq!(errno("close_all"), 8, "EBADF");
    assert_works(&mut plugin);
}
