//! Loops that compilers generate from PDKs.

use super::{Both, lifted_of, module, run, scene};

/// Rust PDK 1.x, `load_input`: one block that counts down.
const RUST_INPUT: &str = "(loop $top
    (i64.store (local.get $p) (call $input_load_u64 (local.get $o)))
    (local.set $o (i64.add (local.get $o) (i64.const 8)))
    (local.set $p (i32.add (local.get $p) (i32.const 8)))
    (br_if $top (i32.eqz (i64.eqz (local.tee $n (i64.add (local.get $n) (i64.const -1)))))))";

/// A later rustc, `Memory::new`: tests at the top.
const RUST_NEW: &str = "(block $out (loop $top
    (br_if $out (i64.eq (local.get $end) (local.get $i)))
    (call $store_u64 (i64.add (local.get $o) (local.get $i)) (i64.load (local.get $p)))
    (local.set $p (i32.add (local.get $p) (i32.const 8)))
    (local.set $i (i64.add (local.get $i) (i64.const 8)))
    (br $top)))";

/// Rust PDK 0.3, `extism_load`: words and the last bytes in one loop.
const RUST_OLD: &str = "(loop $top
    (local.set $a (i64.add (local.get $o) (i64.extend_i32_u (local.get $i))))
    (block $done (block $byte
        (br_if $byte (i32.lt_u (i32.sub (local.get $n) (local.get $i)) (i32.const 8)))
        (i64.store (i32.add (local.get $p) (i32.and (local.get $i) (i32.const -8))) (call $load_u64 (local.get $a)))
        (local.set $d (i32.const 8))
        (br $done))
      (i32.store8 (i32.add (local.get $p) (local.get $i)) (call $load_u8 (local.get $a)))
      (local.set $d (i32.const 1)))
    (br_if $top (i32.lt_u (local.tee $i (i32.add (local.get $d) (local.get $i))) (local.get $n))))";

/// TinyGo with asyncify; the global is its state.
const TINYGO: &str = "(block $out (loop $top (block $next
    (if (i32.eqz (global.get $state)) (then
      (br_if $next (local.tee $x (i64.eqz (local.get $n))))
      (br_if $out (local.tee $x (i64.eqz (local.get $m))))
      (local.set $v (i64.load align=1 (local.get $p)))))
    (if (i32.eqz (select (local.get $k) (i32.const 0) (global.get $state))) (then
      (call $store_u64 (local.get $o) (local.get $v))
      (br_if $out (i32.eq (global.get $state) (i32.const 1)))))
    (if (i32.eqz (global.get $state)) (then
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $o (i64.add (local.get $o) (i64.const 8)))
      (local.set $m (i64.sub (local.get $m) (i64.const 1)))
      (br $top))))))";

fn all() -> [(&'static str, String, Vec<i64>); 4] {
    [
        (
            "Rust, input",
            run(
                "(param $o i64) (param $p i32) (param $n i64) (result i64 i32 i64)",
                &format!("{RUST_INPUT} (local.get $o) (local.get $p) (local.get $n)"),
            ),
            vec![0, 1024, 500],
        ),
        (
            "Rust, new",
            run(
                "(param $o i64) (param $p i32) (param $end i64) (result i64 i32) (local $i i64)",
                &format!("{RUST_NEW} (local.get $i) (local.get $p)"),
            ),
            vec![5000, 1024, 4000],
        ),
        (
            "Rust, old",
            run(
                "(param $o i64) (param $p i32) (param $n i32) (result i64 i32 i32) (local $a i64) (local $i i32) (local $d i32)",
                &format!("{RUST_OLD} (local.get $a) (local.get $i) (local.get $d)"),
            ),
            vec![5000, 1024, 4005],
        ),
        (
            "TinyGo",
            module(&format!(
                "(memory (export \"memory\") 2 2) (global $state (mut i32) (i32.const 0))
                (func (export \"run\") (param $o i64) (param $p i32) (param $n i64) (param $m i64) (param $k i32)
                  (result i64 i32 i64 i64 i64 i32) (local $v i64) (local $x i32)
                  {TINYGO} (local.get $o) (local.get $p) (local.get $n) (local.get $m) (local.get $v) (local.get $x))"
            )),
            vec![5000, 1024, 500, 600, 7],
        ),
    ]
}

#[test]
fn loops_of_compilers_are_lifted_and_do_the_same() {
    for (name, text, arguments) in all() {
        let mut both = Both::new(&text);
        assert_eq!(both.copies(), lifted_of(&text), "{name}");
        assert!(both.lifted(), "{name}");
        for (length, change) in [(4000, 0), (4001, -1), (100, 1), (0, 7), (80, -3)] {
            let arguments: Vec<_> = arguments.iter().map(|number| number + change).collect();
            let outcome = both.run(&scene(&arguments, length)).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(outcome.trap.is_none() || change != 0, "{name}: {outcome:?}");
        }
        both.compare_memories().unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// Bytes that a loop over words has left, where the words themselves take another way: Zig's `readInt` of a small build.
#[test]
fn loops_over_the_last_bytes_of_words_stay_as_they_are() {
    let bytes = "(loop $rest
        (br_if $out (i64.eq (local.get $i) (local.get $n)))
        (call $store_u8 (i64.add (local.get $o) (local.get $i)) (i32.load8_u (local.get $p)))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (local.set $i (i64.add (local.get $i) (i64.const 1)))
        (br $rest))";
    let guest = |around: &str| {
        let around = around.replace("BYTES", bytes);
        run("(param $o i64) (param $p i32) (param $n i64) (param $i i64) (param $v i64)", &around)
    };
    let words = |call: &str| {
        format!(
            "(block $out (loop $words
                (block $last (br_if $last (i64.gt_u (i64.add (local.get $i) (i64.const 8)) (local.get $n)))
                    (local.set $v (i64.xor (i64.load (local.get $p)) (i64.const 1)))
                    {call}
                    (local.set $p (i32.add (local.get $p) (i32.const 8)))
                    (local.set $i (i64.add (local.get $i) (i64.const 8)))
                    (br $words))
                BYTES))"
        )
    };
    let store = "(call $store_u64 (i64.add (local.get $o) (local.get $i)) (local.get $v))";
    assert_eq!(lifted_of(&guest(&words(store))), 0);
    // Not what stores words elsewhere, loads them, or stores none.
    assert_eq!(lifted_of(&guest(&words("(drop (call $load_u64 (local.get $o)))"))), 1);
    assert_eq!(lifted_of(&guest(&words(""))), 1);
    assert_eq!(lifted_of(&guest(&format!("{store} (block $out BYTES)"))), 1);
}
