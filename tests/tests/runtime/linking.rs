use extism_runtime::{Error, Manifest, Plugin, Wasm, error::LinkProblem};

/// Exports `shout`, which upper-cases a block of the kernel's memory in place, and counts its calls.
const LIBRARY: &str = r#"(module
    (import "extism:host/env" "length" (func $length (param i64) (result i64)))
    (import "extism:host/env" "load_u8" (func $load (param i64) (result i32)))
    (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
    (global $calls (mut i32) (i32.const 0))
    (global $begun (mut i32) (i32.const 0))
    (func $begin (global.set $begun (i32.const 100)))
    (start $begin)
    (func (export "shout") (param $block i64) (result i32)
        (local $at i64) (local $byte i32)
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (block $done (loop $next
            (br_if $done (i64.ge_u (local.get $at) (call $length (local.get $block))))
            (local.set $byte (call $load (i64.add (local.get $block) (local.get $at))))
            (if (i32.and (i32.ge_u (local.get $byte) (i32.const 97)) (i32.le_u (local.get $byte) (i32.const 122)))
                (then (call $store (i64.add (local.get $block) (local.get $at))
                    (i32.sub (local.get $byte) (i32.const 32)))))
            (local.set $at (i64.add (local.get $at) (i64.const 1)))
            (br $next)))
        (i32.add (global.get $calls) (global.get $begun))))"#;

const MAIN: &str = r#"(module
    (import "text" "shout" (func $shout (param i64) (result i32)))
    (import "extism:host/env" "input_offset" (func $offset (result i64)))
    (import "extism:host/env" "input_length" (func $length (result i64)))
    (import "extism:host/env" "output_set" (func $set (param i64 i64)))
    (func (export "run") (result i32)
        (call $set (call $offset) (call $length))
        (i32.sub (call $shout (call $offset)) (i32.const 101)))
    (func (export "calls") (result i32) (call $shout (i64.const 0))))"#;

fn named(name: &str, wat: &str) -> Wasm {
    Wasm::data(wat).with_name(name)
}

fn problems(modules: impl IntoIterator<Item = Wasm>) -> Vec<LinkProblem> {
    match Plugin::new(Manifest::new(modules)).unwrap_err() {
        Error::Link(error) => error.problems,
        error => panic!("{error}"),
    }
}

#[test]
fn modules_share_the_kernels_memory_in_whatever_order_they_stand() {
    for modules in [[named("text", LIBRARY), named("main", MAIN)], [named("main", MAIN), named("text", LIBRARY)]] {
        let mut plugin = Plugin::new(Manifest::new(modules)).unwrap();
        assert_eq!(plugin.call::<_, &str>("run", "Hello").unwrap(), "HELLO");
        let Err(Error::Guest { code, .. }) = plugin.call::<_, ()>("calls", ()) else { panic!() };
        assert_eq!(code, 102, "its start function has run once, its state lives on");
        assert!(!plugin.function_exists("shout"), "only the main module's exports are called");
    }
}

#[test]
fn a_diamond_of_imports_shares_its_base() {
    let base = r#"(module (global $n (mut i32) (i32.const 0))
        (func (export "next") (result i32)
            (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))"#;
    let side = r#"(module (import "base" "next" (func $next (result i32)))
        (func (export "next") (result i32) (call $next)))"#;
    let main = r#"(module (import "left" "next" (func $left (result i32)))
        (import "right" "next" (func $right (result i32)))
        (func (export "run") (result i32) (drop (call $left)) (call $right)))"#;
    let modules = [named("main", main), named("left", side), named("right", side), named("base", base)];
    let Err(Error::Guest { code, .. }) = Plugin::new(Manifest::new(modules)).unwrap().call::<_, ()>("run", ()) else {
        panic!("it returns 2");
    };
    assert_eq!(code, 2);
}

#[test]
fn modules_that_import_each_other_are_refused_by_name() {
    let a = r#"(module (import "b" "f" (func)) (func (export "f")))"#;
    let b = r#"(module (import "a" "f" (func)) (func (export "f")))"#;
    let main = r#"(module (import "b" "f" (func)))"#;
    let found = problems([named("main", main), named("b", b), named("a", a)]);
    assert!(matches!(&found[..], [LinkProblem::Circular { modules, .. }] if modules[..] == ["b", "a", "b"]));
}

#[test]
fn missing_and_mistyped_imports_between_modules_are_named() {
    let main = r#"(module (import "text" "shuot" (func (param i64) (result i32)))
        (import "text" "shout" (func (param i32))) (import "gone" "f" (func)))"#;
    let found = problems([named("text", LIBRARY), named("main", main)]);
    assert_eq!(found.len(), 3);
    assert!(found[0].to_string().contains("did you mean `shout`?"), "{}", found[0]);
    assert!(matches!(&found[1], LinkProblem::Mistyped { name, .. } if name == "shout"));
    assert!(matches!(&found[2], LinkProblem::Missing { namespace, .. } if namespace == "gone"));
}

#[test]
fn memories_tables_and_globals_cross_between_modules() {
    let library = r#"(module (memory (export "memory") 1) (global (export "g") (mut i32) (i32.const 5))
        (table (export "t") 1 funcref) (data (i32.const 0) "\2a"))"#;
    let main = r#"(module (import "lib" "memory" (memory 1)) (import "lib" "g" (global $g (mut i32)))
        (import "lib" "t" (table 1 funcref))
        (func (export "run") (result i32) (i32.add (i32.load8_u (i32.const 0)) (global.get $g))))"#;
    let mut plugin = Plugin::new(Manifest::new([named("lib", library), named("main", main)])).unwrap();
    let Err(Error::Guest { code, .. }) = plugin.call::<_, ()>("run", ()) else { panic!() };
    assert_eq!(code, 47);
}

#[test]
fn two_modules_of_one_name_are_refused() {
    let error = Plugin::new(Manifest::new([named("a", MAIN), named("a", LIBRARY), named("main", MAIN)])).unwrap_err();
    assert!(matches!(error, Error::Load(_)), "{error}");
    assert!(error.to_string().contains('a'), "{error}");
}

/// Counts in a global and in the kernel's memory; a command, as it exports `_start`.
const COMMAND: &str = r#"(module
    (import "extism:host/env" "load_u64" (func $load (param i64) (result i64)))
    (import "extism:host/env" "store_u64" (func $store (param i64 i64)))
    (memory 1)
    (global $calls (mut i32) (i32.const 0))
    (func $begin (global.set $calls (i32.const 100)))
    (start $begin)
    (func (export "_start") (global.set $calls (i32.const 1000)))
    (func (export "count") (param $block i64) (result i32)
        (call $store (local.get $block) (i64.add (call $load (local.get $block)) (i64.const 1)))
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (global.get $calls))
    (func (export "grow") (drop (memory.grow (i32.const 1))))
    (func (export "fail") unreachable))"#;

/// Calls `count` twice, after `_start`.
const CALLER: &str = r#"(module
    (import "program" "_start" (func $start))
    (import "program" "count" (func $count (param i64) (result i32)))
    (import "program" "fail" (func $fail))
    (import "program" "grow" (func $grow))
    (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
    (import "extism:host/env" "store_u64" (func $store (param i64 i64)))
    (import "extism:host/env" "output_set" (func $set (param i64 i64)))
    (func (export "run") (result i32) (local $block i64)
        (local.set $block (call $alloc (i64.const 8)))
        (call $store (local.get $block) (i64.const 0))
        (call $set (local.get $block) (i64.const 8))
        (call $start)
        (drop (call $count (local.get $block)))
        (i32.sub (call $count (local.get $block)) (i32.const 101)))
    (func (export "fail") (call $fail))
    (func (export "grow") (call $grow))
    (func (export "many") (local $n i32)
        (loop $again (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (call $start) (br_if $again (i32.lt_u (local.get $n) (i32.const 20000))))))"#;

fn caller() -> Manifest {
    Manifest::new([named("program", COMMAND), named("main", CALLER)])
}

/// As in the official runtime: WASI's commands start anew each time they are called.
#[test]
fn each_call_of_a_linked_command_has_an_instance_of_its_own() {
    let mut plugin = Plugin::new(caller()).unwrap();
    for _ in 0..3 {
        let counted: i64 = plugin.call("run", "").unwrap();
        assert_eq!(counted, 2, "the kernel's memory is the same one for all");
    }
}

#[test]
fn a_linked_command_fails_in_the_call_that_runs_it() {
    let mut plugin = Plugin::new(caller()).unwrap();
    let Err(Error::Trap { trap, .. }) = plugin.call::<_, ()>("fail", "") else { panic!() };
    assert_eq!(trap.message, "wasm trap: wasm `unreachable` instruction executed");
    assert_eq!(plugin.call::<_, i64>("run", "").unwrap(), 2);
}

#[test]
fn instances_of_a_linked_command_are_limited() {
    let mut plugin = Plugin::new(caller()).unwrap();
    let error = plugin.call::<_, ()>("many", "").unwrap_err();
    assert!(error.to_string().contains("instance count too high"), "{error}");
    assert_eq!(plugin.call::<_, i64>("run", "").unwrap(), 2);
    // Each instance's memory counts: here one page, and another one that it grows by.
    let mut plugin = Plugin::new(caller().with_memory_max(2)).unwrap();
    plugin.call::<_, ()>("grow", "").unwrap();
    assert!(matches!(plugin.call::<_, ()>("grow", ""), Err(Error::OutOfMemory { .. })));
}

#[test]
fn commands_import_from_libraries_and_from_commands() {
    let base = r#"(module (global $n (mut i32) (i32.const 0)) (func (export "next") (result i32)
        (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))"#;
    let inner = r#"(module (import "base" "next" (func $next (result i32))) (global $n (mut i32) (i32.const 0))
        (func (export "_start")) (func (export "next") (result i32)
            (global.set $n (i32.add (global.get $n) (i32.const 10)))
            (i32.add (global.get $n) (call $next))))"#;
    let outer = r#"(module (import "inner" "next" (func $next (result i32)))
        (func (export "_start")) (func (export "next") (result i32) (call $next)))"#;
    let main = r#"(module (import "outer" "next" (func $next (result i32)))
        (func (export "run") (result i32) (drop (call $next)) (call $next)))"#;
    let modules = [named("main", main), named("outer", outer), named("inner", inner), named("base", base)];
    let mut plugin = Plugin::new(Manifest::new(modules)).unwrap();
    let Err(Error::Guest { code, .. }) = plugin.call::<_, ()>("run", ()) else { panic!("it returns 12") };
    assert_eq!(code, 12, "10 of the command's own, in a new instance, and 2 of the library's");
}

/// There is one memory to import, so there is one instance.
#[test]
fn a_program_that_shares_its_memory_is_a_library() {
    let program = r#"(module (memory (export "memory") 1) (func (export "_start"))
        (func (export "next") (i32.store8 (i32.const 0) (i32.add (i32.load8_u (i32.const 0)) (i32.const 1)))))"#;
    let main = r#"(module (import "program" "memory" (memory 1)) (import "program" "next" (func $next))
        (func (export "run") (result i32) (call $next) (call $next) (i32.load8_u (i32.const 0))))"#;
    let mut plugin = Plugin::new(Manifest::new([named("program", program), named("main", main)])).unwrap();
    let Err(Error::Guest { code, .. }) = plugin.call::<_, ()>("run", ()) else { panic!("it returns 2") };
    assert_eq!(code, 2);
}

#[tokio::test]
async fn an_async_call_runs_a_linked_command_too() {
    let mut plugin = Plugin::new(caller()).unwrap();
    assert_eq!(plugin.call_async::<_, i64>("run", "").await.unwrap(), 2);
    assert_eq!(plugin.call::<_, i64>("run", "").unwrap(), 2);
}
