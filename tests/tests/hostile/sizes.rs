//! Tests inputs, outputs and log lines of any size and depth.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use extism_runtime::{
    Error, Json, Manifest, Wasm,
    codec::{Msgpack, to_vec},
    log::{LogLevel, set_log_callback},
};

use crate::{assert_works, builder, manifest, plugin, small, wat};

/// Returns the log lines of the plug-in with this export `log`, of a megabyte and more.
#[test]
fn log_lines_are_cut_at_a_megabyte_and_end_at_the_deadline() {
    static LONGEST: AtomicUsize = AtomicUsize::new(0);
    static LINES: AtomicUsize = AtomicUsize::new(0);
    set_log_callback(LogLevel::Info, |record| {
        if record.plugin == "logging" {
            LONGEST.fetch_max(record.message.len(), Ordering::SeqCst);
            LINES.fetch_add(1, Ordering::SeqCst);
        }
    });
    let body = r#"
        (func (export "long") (call $log_info (call $input_offset)))
        (func (export "flood") (loop $again (call $log_info (call $number (i64.const 65))) (br $again)))
        (func (export "wild") (call $log_info (i64.const 5)))"#;
    let mut plugin = builder(manifest(body).with_timeout(Duration::from_millis(500)))
        .with_name("logging")
        .build()
        .expect("it builds");
    let input = vec![0xff; 100 << 20];
    let used = allocation_counter::measure(|| plugin.call::<_, ()>("long", &input).expect("a long line"));
    let tail = "... (103809024 more bytes)".len();
    assert_eq!(LONGEST.load(Ordering::SeqCst), 3 * (1 << 20) + tail, "each byte is three in its place");
    assert!(used.bytes_max < 20 << 20, "{used:?}");

    let used = allocation_counter::measure(|| {
        let error = plugin.call::<_, ()>("flood", ()).expect_err("it has no end");
        assert!(matches!(error, Error::Timeout { .. }), "{error}");
    });
    assert!(LINES.load(Ordering::SeqCst) > 100);
    assert!(used.bytes_max < 1 << 20, "{used:?}");
    let error = plugin.call::<_, ()>("wild", ()).expect_err("no handle").to_string();
    assert!(
        error.ends_with("host function `log_info`: handle 5 does not refer to a block of the plug-in's memory"),
        "{error}"
    );
    set_log_callback(LogLevel::Error, |_| {});
}

#[test]
fn deep_json_is_an_error_not_a_stack_overflow() {
    let mut plugin = plugin("");
    for text in ["[".repeat(1_000_000), "{\"a\":".repeat(1_000_000)] {
        let error = plugin.call::<_, Json<serde_json::Value>>("echo", &text).expect_err("it is deep").to_string();
        assert!(error.contains("cannot decode the output: recursion limit exceeded at line 1 column "), "{error}");
        let error = plugin.call::<_, serde_json::Value>("echo", &text).expect_err("it is deep").to_string();
        assert!(error.contains("cannot decode the output: recursion limit exceeded at line 1 column "), "{error}");
    }
}

#[test]
fn deep_messagepack_is_an_error_not_a_stack_overflow() {
    // Arrays of one element, and maps of one entry, nested in each other.
    let (arrays, maps) = (vec![0x91; 1_000_000], [0x81, 0xa1, b'a'].repeat(1_000_000));
    for bytes in [arrays, maps] {
        let decode = move || {
            let error = plugin("").call::<_, Msgpack<serde_json::Value>>("echo", &bytes).expect_err("it is deep");
            error.to_string()
        };
        let call = thread::Builder::new().stack_size(2 << 20).spawn(decode).expect("a thread");
        let error = call.join().expect("it ends");
        assert!(error.ends_with("cannot decode the output: depth limit exceeded"), "{error}");
    }
}

#[test]
fn announced_lengths_are_not_believed() {
    let mut plugin = plugin("");
    let used = allocation_counter::measure(|| {
        for bytes in [
            &[0xdd, 0xff, 0xff, 0xff, 0xff][..],
            &[0xdf, 0xff, 0xff, 0xff, 0xff],
            &[0xdb, 0xff, 0xff, 0xff, 0xff],
            &[0xc6, 0xff, 0xff, 0xff, 0xff],
        ] {
            plugin.call::<_, Msgpack<Vec<String>>>("echo", bytes).expect_err("there is less");
            plugin.call::<_, Msgpack<serde_json::Value>>("echo", bytes).expect_err("there is less");
        }
    });
    assert!(used.bytes_max < 4 << 20, "{used:?}");
}

#[test]
fn an_input_larger_than_the_limit_is_an_error_and_the_next_one_fits() {
    let mut plugin = small("", 4);
    let error = plugin.call::<_, ()>("echo", vec![0; 2 << 20]).expect_err("too much").to_string();
    let expected = "plug-in `hostile`, export `echo`: out of memory: the input takes 2097152 bytes: a memory cannot \
                    grow to \
                    33 pages: all memories together may grow by 4 pages, and 4 are left; raise the manifest's \
                    `memory.max_pages` if it may use more";
    assert_eq!(error, expected);
    assert_works(&mut plugin);
    assert_eq!(to_vec(&Json([1])).expect("it encodes"), b"[1]");
    let _ = (Manifest::new([Wasm::data(wat(""))]), ());
}
