//! Tests forged handles and headers, ranges out of bounds, texts that are not UTF-8.

use extism_runtime::Error;

use crate::{assert_works, failure, number, plugin, small};

/// Invalid handles: below the heap, in it, at its end, far away, negative.
const BAD_HANDLES: [i64; 12] =
    [1, 5, 15, 639, 641, 648, 1 << 20, (1 << 20) - 16, 1 << 32, (1 << 32) + 640, i64::MAX, -16];

#[test]
fn forged_handles_are_refused_by_every_function_of_the_host() {
    for (name, call) in [
        ("config_get", "(drop (call $config_get (call $handle)))"),
        ("var_get", "(drop (call $var_get (call $handle)))"),
        ("var_set", "(call $var_set (call $handle) (i64.const 0))"),
        ("var_set", "(call $var_set (call $number (i64.const 65)) (call $handle))"),
        ("http_request", "(drop (call $http_request (call $handle) (i64.const 0)))"),
        ("http_request", "(drop (call $http_request (call $number (i64.const 65)) (call $handle)))"),
        ("host", "(drop (call $host (call $handle)))"),
    ] {
        let mut plugin = plugin(&format!(
            r#"(func $handle (result i64) (call $input_load_u64 (i64.const 0))) (func (export "f") {call})"#
        ));
        for handle in BAD_HANDLES {
            let expected = format!(
                "host function `{name}`: handle {} does not refer to a block of the plug-in's memory",
                handle as u64
            );
            assert_eq!(failure(&mut plugin, "f", &handle.to_le_bytes()), expected, "{call}");
        }
        assert_works(&mut plugin);
    }
}

/// Writes `value` into the 4 bytes at `place` of the header of a block, then uses and frees it and its neighbours.
fn forge(place: i64, value: u64) -> String {
    format!(
        r#"(func (export "f") (local $a i64) (local $b i64) (local $c i64) (local $i i32)
            (local.set $a (call $alloc (i64.const 100)))
            (local.set $b (call $alloc (i64.const 100)))
            (local.set $c (call $alloc (i64.const 100)))
            (call $free (local.get $a))
            (call $store_u64 (i64.add (local.get $b) (i64.const {place})) (i64.const {value}))
            (call $store_u64 (i64.add (local.get $a) (i64.const {place})) (i64.const {value}))
            (drop (call $alloc (i64.const 10)))
            (call $free (local.get $c))
            (call $free (local.get $b))
            (call $free (local.get $a))
            (block $done (loop $again
                (drop (call $alloc (i64.extend_i32_u (local.get $i))))
                (call $free (call $alloc (i64.const 50)))
                (call $output_set (local.get $b) (call $length (local.get $b)))
                (call $error_set (local.get $b))
                (call $error_set (i64.const 0))
                (local.set $i (i32.add (local.get $i) (i32.const 1)))
                (br_if $again (i32.lt_u (local.get $i) (i32.const 100))))))"#
    )
}

#[test]
fn forged_block_headers_only_mix_up_the_plugins_own_blocks() {
    let word = [0, 1, 15, 16, 17, 628, 640, 0x7fff_fff0, 0xffff_fff0, 0xffff_ffff];
    for place in [-12, -8, -4] {
        for low in word {
            for high in [0, 0xffff_ffff] {
                let mut plugin = small(&forge(place, low | high << 32), 4);
                // The guest's output may then be anything in its memory.
                let output = plugin.call::<_, Vec<u8>>("f", b"input").expect("no header ends a call");
                assert!(output.len() <= 100, "{} bytes", output.len());
                assert_works(&mut plugin);
            }
        }
    }
}

#[test]
fn a_forged_length_gives_no_more_than_there_is() {
    // The size is the first word of a block's header, and then exceeds the memory by far.
    let mut plugin = plugin(
        r#"(func $forged (result i64) (local $handle i64)
               (local.set $handle (call $alloc (i64.const 8)))
               (call $store_u8 (i64.sub (local.get $handle) (i64.const 9)) (i32.const 0x7f))
               (local.get $handle))
           (func (export "length") (call $give (call $number (call $length (call $forged)))))
           (func (export "host") (drop (call $host (call $forged))))
           (func (export "output") (call $give (call $forged)))
           (func (export "error") (call $error_set (call $forged)))"#,
    );
    assert_eq!(number(&mut plugin, "length"), 0x7f00_0008);
    assert_eq!(
        failure(&mut plugin, "host", b""),
        "host function `host`: handle 640 does not refer to a block of the plug-in's memory"
    );
    assert_eq!(plugin.call::<_, &[u8]>("output", ()).unwrap(), b"");
    let expected = "set an error that cannot be read: the 2130706440 bytes at offset 640 are outside the plug-in's \
                    kernel memory (code 0)";
    assert_eq!(failure(&mut plugin, "error", b""), expected);
    assert_works(&mut plugin);
}

#[test]
fn freed_and_overlapping_handles_do_no_harm() {
    let mut plugin = plugin(
        r#"(func (export "twice") (local $a i64)
               (local.set $a (call $alloc (i64.const 100)))
               (drop (call $alloc (i64.const 100)))
               (call $free (local.get $a)) (call $free (local.get $a)) (call $free (local.get $a))
               ;; Freed once, so that two allocations don't overlap.
               (call $give (call $number (i64.extend_i32_u (i64.eq
                   (call $alloc (i64.const 100)) (call $alloc (i64.const 100)))))))
           (func (export "inside") (local $a i64) (local $i i64)
               (local.set $a (call $alloc (i64.const 100)))
               (loop $next
                   (local.set $i (i64.add (local.get $i) (i64.const 1)))
                   (call $free (i64.add (local.get $a) (local.get $i)))
                   (br_if $next (i64.lt_u (local.get $i) (i64.const 1000))))
               (call $give (call $number (call $length (local.get $a)))))
           (func (export "input") (call $free (call $input_offset)) (call $give (call $number (call $input_length))))
           (func (export "freed_output") (local $a i64)
               (local.set $a (call $number (i64.const 7)))
               (call $give (local.get $a)) (call $free (local.get $a)))
           (func (export "freed_error") (local $a i64)
               (local.set $a (call $number (i64.const 0x2121216f6e)))
               (call $error_set (local.get $a)) (call $free (local.get $a)))"#,
    );
    assert_eq!(number(&mut plugin, "twice"), 0);
    assert_eq!(number(&mut plugin, "inside"), 100);
    assert_eq!(plugin.call::<_, i64>("input", "abc").unwrap(), 0);
    assert_eq!(number(&mut plugin, "freed_output"), 7);
    assert_eq!(failure(&mut plugin, "freed_error", b""), r"no!!!\u{0}\u{0}\u{0} (code 0)");
    assert_works(&mut plugin);
}

/// Where the kernel's memory ends at first.
const END: u64 = 16 << 16;

#[test]
fn output_ranges_out_of_bounds_or_huge_are_no_output() {
    // The heap begins at 628, and the memory has 16 pages at first.
    let mut plugin = plugin(
        r#"(func (export "f")
               (call $output_set (call $input_load_u64 (i64.const 0)) (call $input_load_u64 (i64.const 8))))"#,
    );
    let mut output = |offset: u64, length: u64| {
        let range = [offset.to_le_bytes(), length.to_le_bytes()].concat();
        plugin.call::<_, Vec<u8>>("f", range).unwrap().len()
    };
    assert_eq!(output(640, 16), 16);
    assert_eq!(output(648, 8), 8);
    assert_eq!(output(628, END - 628), usize::try_from(END - 628).expect("a megabyte"));
    assert_eq!(output(END - 1, 1), 1);
    assert_eq!(output(END, 0), 0);
    for (offset, length) in [
        (END - 1, 2),
        (END, 1),
        (END + 1, 0),
        (628, END - 627),
        (0, 16),
        (0x10, 0x280),
        (627, 8),
        (640, 1 << 32),
        (640, u64::MAX),
        (u64::MAX, 1),
        (u64::MAX, u64::MAX),
        (u64::MAX - 639, 2048),
        (1 << 32, 16),
        ((1 << 32) + 640, 16),
        (1 << 63, 1 << 63),
    ] {
        assert_eq!(output(offset, length), 0, "({offset:#x}, {length:#x})");
    }
    assert_works(&mut plugin);
}

#[test]
fn a_forged_input_is_within_the_heap() {
    let mut plugin = plugin(
        r#"(func (export "f")
               (call $input_set (call $input_load_u64 (i64.const 0)) (call $input_load_u64 (i64.const 8)))
               (call $output_set (call $input_offset) (call $input_length)))"#,
    );
    let mut input = |offset: u64, length: u64| {
        let range = [offset.to_le_bytes(), length.to_le_bytes()].concat();
        plugin.call::<_, Vec<u8>>("f", range).unwrap().len()
    };
    assert_eq!(input(640, 7), 7);
    assert_eq!(input(END - 8, 8), 8);
    for (offset, length) in [(END - 8, 9), (0, 8), (u64::MAX, 2), (640, u64::MAX), (1 << 32, 1)] {
        assert_eq!(input(offset, length), 16, "the real input stays: ({offset:#x}, {length:#x})");
    }
}

#[test]
fn keys_that_are_no_utf8_end_the_call() {
    let mut plugin = plugin(
        r#"(func (export "config_get") (drop (call $config_get (call $input_offset))))
           (func (export "var_get") (drop (call $var_get (call $input_offset))))
           (func (export "var_set") (call $var_set (call $input_offset) (call $number (i64.const 1))))
           (func (export "var_remove") (call $var_set (call $input_offset) (i64.const 0)))"#,
    );
    for (export, name) in
        [("config_get", "config_get"), ("var_get", "var_get"), ("var_set", "var_set"), ("var_remove", "var_set")]
    {
        let expected = format!("host function `{name}`: invalid utf-8 sequence of 1 bytes from index 2");
        assert_eq!(failure(&mut plugin, export, b"ab\xff"), expected);
    }
    assert_eq!(plugin.vars().count(), 0);
}

/// The lengths that no memory can hold.
const TOO_LONG: [u64; 7] = [u32::MAX as u64, 1 << 32, (1 << 32) + 16, 1 << 40, i64::MAX as u64, 1 << 63, u64::MAX];

/// Returns the result of an allocation of this many bytes.
const ALLOC: &str =
    r#"(func (export "f") (call $give (call $number (call $alloc (call $input_load_u64 (i64.const 0))))))"#;

#[test]
fn allocations_of_four_gigabytes_and_more_are_null() {
    let mut plugin = plugin(ALLOC);
    for length in TOO_LONG {
        assert_eq!(plugin.call::<_, i64>("f", length).unwrap(), 0, "{length}");
    }
    assert_works(&mut plugin);
}

#[test]
fn with_a_limit_of_pages_they_end_the_call() {
    let mut plugin = small(ALLOC, 4);
    for length in TOO_LONG {
        let error = plugin.call::<_, i64>("f", length).unwrap_err();
        assert!(matches!(error, Error::OutOfMemory { .. }), "{length}: {error}");
        assert_works(&mut plugin);
    }
}

#[test]
fn allocating_without_end_ends_the_call_at_the_limit() {
    let mut plugin = small(
        r#"(func (export "f") (loop $next (drop (call $alloc (i64.const 100000))) (br $next)))
           (func (export "13") (local $blocks i32)
               (loop $next
                   (drop (call $alloc (i64.const 100000)))
                   (local.set $blocks (i32.add (local.get $blocks) (i32.const 1)))
                   (br_if $next (i32.lt_u (local.get $blocks) (i32.const 13)))))"#,
        4,
    );
    for _ in 0..2 {
        let error = plugin.call::<_, ()>("f", ()).unwrap_err();
        assert!(matches!(error, Error::OutOfMemory { .. }), "{error}");
        // 16 pages at first, and 4 more.
        plugin.call::<_, ()>("13", ()).unwrap();
        plugin.call::<_, ()>("13", ()).unwrap();
    }
    assert_works(&mut plugin);
}
