//! Tests loops that differ from a copy loop in one respect: they are left alone, or still have the same effect.

use super::{Both, lifted_of, module, scene};

/// A loop that copies: the code before it, in an iteration, and at its end.
struct Parts {
    start: &'static str,
    access: &'static str,
    steps: &'static str,
    end: &'static str,
}

const WHOLE: Parts = Parts {
    start: "(loop $top",
    access: "(i64.store (local.get $p) (call $load_u64 (local.get $o)))",
    steps: "(local.set $p (i32.add (local.get $p) (i32.const 8))) (local.set $o (i64.add (local.get $o) (i64.const 8)))
        (local.set $n (i64.sub (local.get $n) (i64.const 1)))",
    end: "(br_if $top (i64.ne (local.get $n) (i64.const 0))))",
};

fn text(parts: &Parts) -> String {
    let Parts { start, access, steps, end } = parts;
    module(&format!(
        r#"(memory (export "memory") 2 2) (memory $other 1) (memory $wide i64 1) (table $table 1 funcref) (type $plain (func))
        (global $g (mut i32) (i32.const 0)) (global $f (mut f64) (f64.const 0)) (tag $tag)
        (func $identity (param i64) (result i64) (local.get 0))
        (func $deep (param i64) (result i64) (call $deeper (local.get 0)))
        (func $deeper (param i64) (result i64) (call $identity (local.get 0)))
        (func $forever (param i64) (result i64) (call $forever (local.get 0)))
        (func $stores (param i32) (i32.store8 (local.get 0) (i32.const 1)))
        (func $nothing)
        (func (export "run") (param $p i32) (param $o i64) (param $n i64) (result i32 i64 i64 i64 i32)
          (local $t i64) (local $u i64) (local $i i32) (local $x f64)
          (block $out {start} {access} {steps} {end} )
          (local.get $p) (local.get $o) (local.get $n) (local.get $t) (local.get $i))"#
    ))
}

/// Checks that this many loops are lifted, and that all runs have the same effect.
fn check(what: &str, parts: &Parts, expected: usize) {
    let text = text(parts);
    assert_eq!(lifted_of(&text), expected, "{what}");
    let mut both = Both::new(&text);
    for (address, count) in [(5000, 100), (5001, 9), (70_000, 1000), (0, 60), (16 * 65_536 - 400, 100)] {
        for pointer in [1024, 9100, 130_000, -80] {
            let scene = scene(&[pointer, address, count], 900);
            both.run(&scene).unwrap_or_else(|error| panic!("{what}, {scene:?}: {error}"));
        }
    }
    both.compare_memories().unwrap_or_else(|error| panic!("{what}: {error}"));
}

#[test]
fn the_whole_loop_is_lifted() {
    check("whole", &WHOLE, 1);
}

#[test]
fn what_does_more_than_to_copy_is_left_alone() {
    for access in [
        "(i64.store (local.get $p) (i64.add (call $load_u64 (local.get $o)) (i64.const 1)))",
        "(i64.store (local.get $p) (i64.and (call $load_u64 (local.get $o)) (i64.const 0xffffffff)))",
        "(i64.store (local.get $p) (i64.rotl (call $load_u64 (local.get $o)) (i64.const 8)))",
        "(i64.store (local.get $p) (i64.shr_u (call $load_u64 (local.get $o)) (i64.const 8)))",
        "(i64.store (local.get $p) (i64.extend_i32_s (i32.wrap_i64 (call $load_u64 (local.get $o)))))",
        "(i64.store (local.get $p) (call $load_u64 (local.get $o))) (i32.store8 (i32.const 0) (i32.const 1))",
        "(i64.store (local.get $p) (call $load_u64 (local.get $o))) (i64.store (i32.const 0) (local.get $o))",
        "(i64.store (local.get $p) (call $load_u64 (local.get $o))) (call $stores (i32.const 3))",
        "(i64.store (local.get $p) (call $load_u64 (local.get $o))) (call $nothing) (drop (i32.load (i32.const 0)))",
        "(i64.store (local.get $p) (call $load_u64 (local.get $o))) (drop (call $load_u8 (local.get $o)))",
        "(i64.store (local.get $p) (call $load_u64 (local.get $o))) (call $store_u8 (i64.const 5000) (i32.const 1))",
        "(i64.store (local.get $p) (call $load_u64 (local.get $o))) (drop (call $alloc (i64.const 1)))",
        "(i64.store (local.get $p) (call $load_u64 (local.get $o))) (call $input_set (i64.const 5000) (i64.const 9))",
        "(i64.store (local.get $p) (call $load_u64 (local.get $o))) (global.set $g (i32.const 1))",
        "(i64.store (local.get $p) (call $load_u64 (local.get $o))) (global.set $f (f64.const 1))",
        "(i64.store (local.get $p) (call $load_u64 (local.get $o))) (drop (memory.grow (i32.const 0)))",
        "(i64.store (local.get $p) (call $load_u64 (local.get $o))) (memory.fill (i32.const 0) (i32.const 1) (i32.const 1))",
        "(i64.store (local.get $p) (call $load_u64 (local.get $o))) (drop (i64.div_u (i64.const 9) (local.get $n)))",
        "(i64.store (local.get $p) (call $load_u64 (local.get $o))) (drop (i32.trunc_f64_s (local.get $x)))",
        "(i64.store (local.get $p) (call $load_u64 (local.get $o))) (drop (table.size $table))",
        "(i64.store (local.get $p) (call $load_u64 (local.get $o))) (drop (i32.atomic.load (i32.const 0)))",
        "(i64.store (local.get $p) (call $load_u64 (call $forever (local.get $o))))",
        "(block (try_table (catch $tag 0) (i64.store (local.get $p) (call $load_u64 (local.get $o)))))",
        "(i64.store $wide (i64.extend_i32_u (local.get $p)) (call $load_u64 (local.get $o)))",
    ] {
        check(access, &Parts { access, ..WHOLE }, 0);
    }
}

#[test]
fn what_does_not_copy_all_of_a_range_is_left_alone() {
    for access in [
        "(i32.store (local.get $p) (i32.wrap_i64 (call $load_u64 (local.get $o))))",
        "(i64.store32 (local.get $p) (call $load_u64 (local.get $o)))",
        "(i32.store8 (local.get $p) (call $load_u8 (local.get $o)))",
        "(i32.store16 (local.get $p) (call $load_u8 (local.get $o)))",
        "(i64.store (local.get $p) (call $load_u64 (local.get $o))) (i64.store offset=8 (local.get $p) (call $load_u64 (local.get $o)))",
        "(i64.store (local.get $p) (call $load_u64 (local.get $o))) (i64.store offset=4 (local.get $p) (call $load_u64 (i64.add (local.get $o) (i64.const 8))))",
        "(i64.store $other (local.get $p) (call $load_u64 (local.get $o))) (i64.store (local.get $p) (call $load_u64 (local.get $o)))",
        // The order of bytes is another one.
        "(local.set $t (call $load_u64 (local.get $o))) (i64.store32 (local.get $p) (i64.shr_u (local.get $t) (i64.const 32))) (i64.store32 offset=4 (local.get $p) (local.get $t))",
    ] {
        check(access, &Parts { access, ..WHOLE }, 0);
    }
}

#[test]
fn steps_that_do_not_fit_are_left_alone() {
    for (p, o) in [(16, 8), (8, 16), (4, 8), (8, 4), (-8, -8), (-8, 8), (0, 8), (8, 0), (7, 7), (8, 7)] {
        let steps = format!(
            "(local.set $p (i32.add (local.get $p) (i32.const {p}))) (local.set $o (i64.add (local.get $o) (i64.const {o})))
            (local.set $n (i64.sub (local.get $n) (i64.const 1)))"
        );
        check(&steps, &Parts { steps: steps.clone().leak(), ..WHOLE }, 0);
    }
}

#[test]
fn iterations_that_depend_on_each_other_are_left_alone() {
    for steps in [
        "(local.set $t (i64.add (local.get $t) (local.get $o)))",
        "(local.set $t (local.get $u)) (local.set $u (local.get $o))",
        "(local.set $t (i64.mul (local.get $t) (i64.const 3)))",
        "(local.set $x (f64.add (local.get $x) (f64.const 1)))",
        "(local.set $i (i32.clz (local.get $i)))",
        "(local.set $o (i64.shl (local.get $o) (i64.const 0)))",
        "(local.set $p (i32.or (local.get $p) (i32.const 0)))",
    ] {
        let steps = format!("{steps} {}", WHOLE.steps);
        // The last two change nothing, as they are.
        let expected = usize::from(steps.contains("(local.set $o (i64.shl") || steps.contains("(local.set $p (i32.or"));
        check(&steps, &Parts { steps: steps.clone().leak(), ..WHOLE }, expected);
    }
    // Values that only one iteration leaves behind are set by the loop's own last iteration.
    for steps in
        ["(local.set $t (i64.add (local.get $o) (local.get $n)))", "(local.set $i (i32.load8_u (local.get $p)))"]
    {
        let steps = format!("{steps} {}", WHOLE.steps);
        let expected = usize::from(!steps.contains("load8"));
        check(&steps, &Parts { steps: steps.clone().leak(), ..WHOLE }, expected);
    }
}

#[test]
fn ends_that_depend_on_data_are_left_alone() {
    for (end, expected) in [
        ("(br_if $top (i32.load8_u (local.get $p))))", 0),
        ("(br_if $top (call $load_u8 (local.get $o))))", 0),
        (
            "(br_if $out (i64.eqz (call $load_u64 (local.get $o)))) (br_if $top (i64.ne (local.get $n) (i64.const 0))))",
            0,
        ),
        ("(br_table $out $top (i32.wrap_i64 (local.get $n))))", 0),
        ("(br_if $out (i64.eqz (local.get $n))) (br_table $out $top (i32.const 1)))", 1),
        ("(br_if $out (i64.eqz (local.get $n))) (br $top))", 1),
        ("(if (i64.ne (local.get $n) (i64.const 0)) (then (br $top))))", 1),
        ("(br_if $top (i64.gt_s (local.get $n) (i64.const 0))))", 1),
        ("(br_if $top (i64.gt_u (local.get $n) (i64.const 3))))", 1),
        ("(br_if $top (i64.lt_u (i64.sub (i64.const 0) (local.get $n)) (i64.const -9))))", 1),
        ("(br_if $top (i64.eq (local.get $n) (i64.const 99))))", 0),
        ("(br_if $top (i64.ne (local.get $n) (local.get $o))) )", 1),
        (
            "(loop $in (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $in (i32.lt_u (local.get $i) (i32.const 5)))) (br_if $top (i64.ne (local.get $n) (i64.const 0))))",
            1,
        ),
        ("(return (local.get $p) (local.get $o) (local.get $n) (local.get $t) (local.get $i)))", 0),
    ] {
        // Some would continue until they trap: the counter ends them too.
        let steps = format!("{} (br_if $out (i64.eqz (local.get $n)))", WHOLE.steps);
        check(end, &Parts { end, steps: steps.leak(), ..WHOLE }, expected);
    }
}

/// The iteration that leaves the loop reads what the one before passed on.
#[test]
fn a_loop_with_parameters_is_left_alone() {
    let start = "(i64.const 7) (loop $top (param i64)";
    let end = "(if (param i64) (result i64) (i64.eqz (local.get $n)) (then (local.set $t) (br $out)))
        (local.get $o) (br $top))";
    check("parameters", &Parts { start, end, ..WHOLE }, 0);
}

#[test]
fn calls_of_pure_functions_are_looked_into() {
    for (access, expected) in [
        ("(i64.store (local.get $p) (call $load_u64 (call $identity (local.get $o))))", 1),
        ("(i64.store (local.get $p) (call $load_u64 (call $deep (local.get $o))))", 1),
        ("(i64.store (local.get $p) (call $identity (call $load_u64 (local.get $o))))", 1),
        ("(i64.store (local.get $p) (call $load_u64 (local.get $o))) (call $nothing)", 1),
        (
            "(i64.store (local.get $p) (call $load_u64 (local.get $o))) (call_indirect $table (type $plain) (i32.const 0))",
            0,
        ),
    ] {
        check(access, &Parts { access, ..WHOLE }, expected);
    }
}
