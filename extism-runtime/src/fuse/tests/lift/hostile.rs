//! Tests modules that are made to take long or to grow.

use std::fmt::Write;

use super::{lifted_of, module};

/// A loop that copies, with additional code in it.
fn loop_with(more: &str) -> String {
    format!(
        "(loop $top
        (i64.store (local.get 0) (call $load_u64 (local.get 1)))
        (local.set 0 (i32.add (local.get 0) (i32.const 8)))
        (local.set 1 (i64.add (local.get 1) (i64.const 8)))
        {more}
        (br_if $top (i64.ne (local.tee 2 (i64.sub (local.get 2) (i64.const 1))) (i64.const 0))))\n"
    )
}

fn function(locals: &str, body: &str) -> String {
    module(&format!("(memory 1) (func (param i32 i64 i64) {locals} {body})"))
}

#[test]
fn no_more_than_so_many_loops_are_lifted() {
    assert_eq!(lifted_of(&function("", &loop_with("").repeat(40))), 40);
    let functions = format!("(func (param i32 i64 i64) {})", loop_with("").repeat(40)).repeat(60);
    assert_eq!(lifted_of(&module(&format!("(memory 1) {functions}"))), 2000);
}

#[test]
fn a_loop_with_too_many_ways_through_it_is_left_alone() {
    let branch = |local: usize| format!("(if (local.get {local}) (then (local.set 3 (i32.const {local}))))");
    let many: String = (4..60).map(branch).collect();
    let locals = format!("(local {})", "i32 ".repeat(60));
    assert_eq!(lifted_of(&function(&locals, &loop_with(&many))), 0);
    // All the loops of a module together take no longer than some hundred such.
    let functions = format!("(func (param i32 i64 i64) {locals} {})", loop_with(&many)).repeat(500);
    let last = format!("(func (param i32 i64 i64) {})", loop_with(""));
    assert_eq!(lifted_of(&module(&format!("(memory 1) {functions} {last}"))), 0);
    assert_eq!(lifted_of(&module(&format!("(memory 1) {last} {functions}"))), 1);
}

#[test]
fn expressions_that_grow_are_not_followed() {
    let mut more = String::new();
    for local in 4..40 {
        let previous = local - 1;
        write!(more, "(local.set {local} (i64.xor (i64.mul (local.get {previous}) (local.get 1)) (i64.shl (local.get {previous}) (local.get 2))))").unwrap();
    }
    let locals = format!("(local {})", "i64 ".repeat(40));
    assert_eq!(lifted_of(&function(&locals, &loop_with(&more))), 0);
    let ors = "(drop (i32.or (local.get 3) (local.get 4)))".repeat(300);
    assert_eq!(lifted_of(&function("(local i32 i32)", &loop_with(&ors))), 0, "too many instructions");
    let deep = (0..200).fold("(local.get 3)".to_owned(), |inner, _| format!("(i32.or (local.get 3) {inner})"));
    let deep = format!("(drop {deep})");
    assert_eq!(lifted_of(&function("(local i32)", &loop_with(&deep))), 1, "of no use, but harmless");
}

#[test]
fn a_function_without_room_for_more_locals_is_left_alone() {
    let locals = |count: usize| format!("(local {})", "i32 ".repeat(count));
    assert_eq!(lifted_of(&function(&locals(49_994), &loop_with(""))), 1);
    assert_eq!(lifted_of(&function(&locals(49_995), &loop_with(""))), 0);
}
