//! Tests floods of variables, and variables that are too large.

use crate::{assert_works, failure, plugin};

/// A name of 8 bytes for each number, in ASCII.
const NAME: &str = r"
    (func $name (param $at i64) (result i64)
        (call $number (i64.or
            (i64.or
                (i64.and (local.get $at) (i64.const 0x7f))
                (i64.and (i64.shl (local.get $at) (i64.const 1)) (i64.const 0x7f00)))
            (i64.and (i64.shl (local.get $at) (i64.const 2)) (i64.const 0x7f0000)))))";

#[test]
fn variables_without_end_end_at_the_limit() {
    let mut plugin = plugin(&format!(
        r#"{NAME} (func (export "f") (local $at i64) (loop $next
               (call $var_set (call $name (local.get $at)) (call $name (local.get $at)))
               (local.set $at (i64.add (local.get $at) (i64.const 1)))
               (br $next)))"#,
    ));
    let used = allocation_counter::measure(|| {
        let text = failure(&mut plugin, "f", b"");
        let expected = "host function `var_set`: variable `\\u{0}\\u{0}\\u{1}\\u{0}\\u{0}\\u{0}\\u{0}\\u{0}` needs 64 bytes, but \
                        only 0 of `memory.max_var_bytes` (1048576) are left; raise that limit if it may use more";
        assert_eq!(text, expected);
    });
    assert_eq!(plugin.vars().count(), (1 << 20) / 64);
    assert!(used.bytes_max < 8 << 20, "{used:?}");
    assert_works(&mut plugin);
}

#[test]
fn room_that_variables_had_once_is_given_back() {
    // Sets a thousand variables to nearly all available bytes, each in turn, and to 8 bytes before the next one.
    let mut plugin = plugin(&format!(
        r#"{NAME} (func (export "f") (local $at i64) (loop $next
               (call $var_set (call $name (local.get $at)) (call $alloc (i64.const 900000)))
               (call $var_set (call $name (local.get $at)) (call $number (i64.const 1)))
               (local.set $at (i64.add (local.get $at) (i64.const 1)))
               (br_if $next (i64.lt_u (local.get $at) (i64.const 1000)))))"#
    ));
    let used = allocation_counter::measure(|| plugin.call::<_, ()>("f", ()).expect("each fits"));
    assert_eq!(plugin.vars().count(), 1000);
    assert!(used.bytes_max < 8 << 20, "{used:?}");
}

#[test]
fn a_variable_that_is_too_large_is_not_copied() {
    let mut plugin = plugin(
        r#"(func (export "value") (call $var_set (call $number (i64.const 1)) (call $input_offset)))
           (func (export "name") (call $var_set (call $input_offset) (call $number (i64.const 1))))
           (func (export "lookup") (call $give (call $var_get (call $input_offset))))
           (func (export "config") (call $give (call $config_get (call $input_offset))))"#,
    );
    let input = vec![b'a'; 100 << 20];
    let mut used = |export: &str| {
        let mut result = Ok(());
        let used = allocation_counter::measure(|| result = plugin.call::<_, ()>(export, &input));
        assert!(used.bytes_max < 1 << 20, "{export}: {used:?}");
        result.map_err(|error| error.to_string())
    };
    let place = |export| format!("plug-in `hostile`, export `{export}`: host function `var_set`: variable ");
    let expected = "`\\u{1}\\u{0}\\u{0}\\u{0}\\u{0}\\u{0}\\u{0}\\u{0}` needs 104857656 bytes, but only 1048576 of \
                    `memory.max_var_bytes` (1048576) are left; raise that limit if it may use more";
    assert_eq!(used("value"), Err(place("value") + expected));
    let expected = "... (104857600 bytes)` needs 104857656 bytes, but only 1048576 of `memory.max_var_bytes` \
                    (1048576) are left; raise that limit if it may use more";
    assert_eq!(used("name"), Err(format!("{}`{}{expected}", place("name"), "a".repeat(300))));
    assert_eq!(used("lookup"), Ok(()));
    assert_eq!(used("config"), Ok(()));
    assert_works(&mut plugin);
}

#[test]
fn one_handle_may_be_both_name_and_value() {
    let mut plugin = plugin(
        r#"(func (export "f") (local i64)
               (local.set 0 (call $number (i64.const 65)))
               (call $var_set (local.get 0) (local.get 0))
               (call $give (call $number (call $length (local.get 0)))))"#,
    );
    assert_eq!(plugin.call::<_, i64>("f", ()).unwrap(), 0, "it is freed");
    assert_eq!(plugin.var("A\0\0\0\0\0\0\0"), Some(&b"A\0\0\0\0\0\0\0"[..]));
}
