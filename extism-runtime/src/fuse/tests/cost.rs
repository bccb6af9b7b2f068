//! Estimates of compile cost.

use crate::fuse::{Cost, KernelMemory, fuse};

fn cost(fields: &str) -> Cost {
    let wasm = wat::parse_str(format!("(module {fields})")).expect("a module");
    fuse(&wasm, KernelMemory::Define).expect("it is valid").cost
}

fn loops(depth: usize) -> String {
    format!("(func {} {})", "(loop ".repeat(depth), ")".repeat(depth))
}

#[test]
fn the_function_that_takes_longest_is_told_with_its_numbers() {
    let cost = cost(&format!(
        r#"(import "a" "b" (func $f (param i32 i32) (result i64))) (func) {} (func (param i32) (local i64 f32)
            (drop (call $f (local.get 0) (local.get 0))) (if (local.get 0) (then)))"#,
        loops(1000)
    ));
    assert_eq!((cost.worst.index, cost.worst.loops, cost.worst.branches, cost.worst.locals), (Some(2), 1000, 2000, 0));
    assert_eq!(cost.worst.instructions, 2001);
    assert!(cost.micros > cost.worst.micros);
    let small = self::cost(
        "(func $f (param i32 i32) (result i64) (i64.const 1)) (func (drop (call $f (i32.const 1) (i32.const 2))))",
    );
    assert_eq!((small.worst.index, small.worst.values), (Some(1), 3));
}

#[test]
fn what_the_compiler_takes_quadratic_time_for_is_estimated_so() {
    for (what, shape) in [
        ("loops", loops as fn(usize) -> String),
        ("branches", |n| {
            format!("(func (param i32) {})", "(if (local.get 0) (then (local.set 0 (i32.const 1))))".repeat(10 * n))
        }),
        ("waiting values", |n| {
            format!(
                "(func $f (result i32) (i32.const 1)) (func {} {})",
                "call $f ".repeat(10 * n),
                "drop ".repeat(10 * n)
            )
        }),
        ("handlers", |n| {
            let n = n / 10;
            let open = "block try_table (catch $e 0) ".repeat(n);
            format!("(tag $e) (func $f) (func {open} {} {})", "call $f ".repeat(n * n), "end end ".repeat(n))
        }),
    ] {
        let (one, two) = (cost(&shape(1000)).worst.micros, cost(&shape(2000)).worst.micros);
        assert!(two > 3 * one, "{what}: {one} {two}");
    }
}

#[test]
fn blocks_calls_and_initializers_cost_what_they_stand_for() {
    let many = "i32 ".repeat(1000);
    let ty = format!(
        "(type $t (func (param {many}) (result {many}))) (func $s (result {many}) (unreachable)) (func $c (type $t) (unreachable))"
    );
    let fields = "(field i64) ".repeat(1000);
    for (what, module) in [
        ("a call", format!("{ty} (func (call $s) (call $c) {})", "(drop)".repeat(1000))),
        ("a block", format!("{ty} (func (call $s) (block (type $t)) {})", "(drop)".repeat(1000))),
        ("a structure", format!("(type $s (struct {fields})) (func (drop (struct.new_default $s)))")),
        ("an initializer", format!("(type $s (struct {fields})) (global (ref $s) (struct.new_default $s))")),
        (
            "an element",
            format!(
                "(type $s (struct {fields})) (table 1 (ref null $s)) (elem (i32.const 0) (ref null $s) (item (struct.new_default $s)))"
            ),
        ),
    ] {
        let micros = cost(&module).micros;
        assert!(micros > 5_000, "{what}: {micros}");
    }
}

/// The estimates for the committed guests roughly match their actual time: 1 to 4 us for each byte.
#[test]
fn modules_that_compilers_made_are_far_below_any_limit() {
    for entry in std::fs::read_dir("../examples/plugins").expect("the guests") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            let wasm = std::fs::read(&path).expect("a guest");
            let cost = fuse(&wasm, KernelMemory::Define).expect("it is valid").cost;
            let most = 100_000 + 5 * wasm.len() as u64;
            assert!(cost.micros < most, "{} of {} bytes: {cost:?}", path.display(), wasm.len());
        }
    }
}
