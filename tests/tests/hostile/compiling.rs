//! Tests modules that take long to compile.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{Engine, Error, PluginBuilder, Wasm, error::ModuleLimitError};
use wasm_encoder::{CodeSection, Function, FunctionSection, Instruction, Module, TypeSection, ValType};

use crate::SOON;

/// An engine without a cache, and without shared code.
fn engine() -> Engine {
    Engine::builder().with_cache(false).build().expect("an engine")
}

/// Functions of this many nested loops.
fn loops(functions: usize, depth: usize) -> Wasm {
    let (open, close) = ("(loop ".repeat(depth), ")".repeat(depth));
    // Each has a different export, so that no two are the same.
    let functions: String = (0..functions).map(|at| format!(r#"(func (export "f{at}") {open} {close})"#)).collect();
    Wasm::data(format!("(module {functions})"))
}

/// Returns the limit that a module exceeds.
fn exceeded(error: &Error) -> &ModuleLimitError {
    let Error::Compile { module, source, .. } = error else { panic!("{error}") };
    assert_eq!(module, "main");
    source.downcast_ref().unwrap_or_else(|| panic!("{error}"))
}

#[test]
fn while_a_module_takes_long_to_compile_others_and_the_hosts_pool_go_on() {
    let engine = engine();
    let done = Arc::new(AtomicBool::new(false));
    let slow = PluginBuilder::new(loops(24, 4_000)).with_engine(&engine);
    let finished = Arc::clone(&done);
    // Nobody waits for it.
    thread::spawn(move || {
        let _ = slow.compile();
        finished.store(true, Ordering::SeqCst);
    });
    // By then it is past validation, and its functions are being compiled.
    let start = Instant::now();
    for round in 0.. {
        if round > 4 && start.elapsed() > Duration::from_secs(2) {
            break;
        }
        let quick = PluginBuilder::new(format!(r#"(module (func (export "f{round}")))"#)).with_engine(&engine);
        quick.compile().expect("a small module");
        let (sender, receiver) = mpsc::channel();
        rayon::spawn(move || sender.send(()).expect("somebody waits"));
        receiver.recv().expect("the host's own work runs");
        assert!(
            !done.load(Ordering::SeqCst),
            "small module {round} and the host's work had to wait for the slow module"
        );
        thread::sleep(SOON);
    }
}

#[test]
fn a_module_that_would_take_far_too_long_is_refused_with_its_numbers() {
    let error = PluginBuilder::untrusted(loops(2, 100_000)).with_engine(&engine()).compile().expect_err("too long");
    let ModuleLimitError::CompileCost { limit, estimate, function, .. } = exceeded(&error) else { panic!("{error}") };
    assert_eq!((*limit, function.index, function.loops), (Duration::from_secs(20), Some(0), 100_000));
    assert!(*estimate > Duration::from_mins(5), "{estimate:?}");
    let text = error.to_string();
    let numbers = ": function 0 has 200001 instructions, 0 locals, 200000 branches, 100000 loops, and 0 values that calls \
                   and blocks take and return; raise it with `PluginBuilder::with_compile_timeout` if it may take that long";
    assert!(text.starts_with("cannot compile module `main`: compiling would take about "), "{text}");
    assert!(text.ends_with(numbers), "{text}");
}

#[test]
fn whoever_has_no_limit_waits_however_long_it_takes() {
    let engine = engine();
    let error = PluginBuilder::new(loops(1, 500)).with_compile_timeout(Duration::ZERO).with_engine(&engine).compile();
    assert!(matches!(exceeded(&error.expect_err("no time")), ModuleLimitError::CompileCost { .. }));
    let mut plugin = PluginBuilder::new(loops(1, 500)).with_engine(&engine).build().expect("a plug-in");
    plugin.call::<_, ()>("f0", ()).expect("it returns");
}

/// This many functions with 50,000 locals, in nine bytes each.
fn many_locals(functions: u32) -> Vec<u8> {
    let (mut types, mut declared, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    types.ty().function([], []);
    let mut function = Function::new([(50_000, ValType::I64)]);
    function.instruction(&Instruction::End);
    for _ in 0..functions {
        declared.function(0);
        code.function(&function);
    }
    let mut module = Module::new();
    module.section(&types).section(&declared).section(&code);
    module.finish()
}

#[test]
fn each_kind_of_costly_function_is_refused() {
    let i32s = |count: usize| "i32 ".repeat(count);
    let many = format!("(type $many (func (param {0}) (result {0})))", i32s(1000));
    let source = format!("(func $source (result {}) (unreachable))", i32s(1000));
    let drops = "drop ".repeat(1000);
    let tries = 600;
    let shapes = [
        (
            "branches",
            format!("(func (param i32) {})", "(if (local.get 0) (then (local.set 0 (i32.const 1))))".repeat(150_000)),
        ),
        (
            "locals that are live across branches",
            format!(
                "(func (param i32) (local {}) {} {})",
                i32s(20_000),
                "(local.set 7 (i32.const 1))".repeat(20_000),
                "(if (local.get 0) (then (local.set 0 (i32.const 1))))".repeat(20_000)
            ),
        ),
        (
            "calls of very many values",
            format!(
                "{many} {source} (func $h (type $many) (unreachable))
             (func (call $source) {} {drops})",
                "(call $h) ".repeat(10_000)
            ),
        ),
        (
            "blocks of very many values",
            format!("{many} {source} (func (call $source) {} {drops})", "(block (type $many)) ".repeat(10_000)),
        ),
        (
            "calls within very many handlers",
            format!(
                "(tag $e) (func $f) (func {} {} {})",
                "block try_table (catch $e 0) ".repeat(tries),
                "call $f ".repeat(tries),
                "end end ".repeat(tries)
            ),
        ),
        (
            "structures of very many fields",
            format!(
                "(type $s (struct {})) (func {})",
                "(field i64)".repeat(5000),
                "(drop (struct.new_default $s))".repeat(3000)
            ),
        ),
        (
            "the same in initializers",
            format!(
                "(type $s (struct {})) {}",
                "(field i64)".repeat(5000),
                "(global (ref $s) (struct.new_default $s))".repeat(3000)
            ),
        ),
        (
            "values that wait for calls",
            format!(
                "(func $f (result i32) (i32.const 1)) (func {} {})",
                "call $f ".repeat(60_000),
                "drop ".repeat(60_000)
            ),
        ),
        ("very many functions", "(func)".repeat(900_000)),
    ];
    let wat = |what: &str, fields: String| {
        wat::parse_str(format!("(module {fields})")).unwrap_or_else(|error| panic!("{what}: {error}"))
    };
    let shapes = shapes.map(|(what, fields)| (what, wat(what, fields)));
    for (what, wasm) in shapes.into_iter().chain([("functions of very many locals", many_locals(10_000))]) {
        let wasm = Wasm::data(wasm);
        let builder = PluginBuilder::new(wasm).with_compile_timeout(Duration::from_secs(5)).with_engine(&engine());
        let error = builder.compile().expect_err(what);
        assert!(matches!(exceeded(&error), ModuleLimitError::CompileCost { .. }), "{what}: {error}");
    }
}
