//! Fusing accepts the same proposals as the engine.

use wasmtime::{Config, Engine, Module};

use crate::fuse::{FEATURES, FuseError, KernelMemory, MEMORY_MODULE, fuse};

const IMPORTED: KernelMemory<'static> = KernelMemory::Import { module: MEMORY_MODULE, name: "memory" };

/// A module for each proposal, and whether plug-ins may use the proposal.
const PROPOSALS: &[(&str, bool)] = &[
    ("(func (param i32) (result i32) (i32.extend8_s (local.get 0)))", true),
    ("(func (param f32) (result i32) (i32.trunc_sat_f32_s (local.get 0)))", true),
    ("(func (result i32 i32) (i32.const 1) (i32.const 2))", true),
    ("(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))", true),
    ("(table 1 externref)", true),
    ("(func (result v128) (v128.const i64x2 1 2))", true),
    ("(func (param v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 0)))", true),
    ("(memory 1) (memory 1)", true),
    ("(memory i64 1)", true),
    ("(table i64 1 funcref)", true),
    ("(global i32 (i32.add (i32.const 1) (i32.const 2)))", true),
    ("(func $f (return_call $f))", true),
    ("(type $f (func)) (func (param (ref $f)) (call_ref $f (local.get 0)))", true),
    ("(type $s (struct (field i8))) (func (result (ref $s)) (struct.new $s (i32.const 1)))", true),
    ("(tag $t) (func (block $b (try_table (catch $t $b) (throw $t))))", true),
    ("(func (param i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 0)))", true),
    ("(memory 1) (func (drop (i32.atomic.load (i32.const 0))) (atomic.fence))", true),
    ("(memory 1 (pagesize 1))", false),
    ("(type $f (func)) (type $c (cont $f)) (func (param (ref $f)) (drop (cont.new $c (local.get 0))))", false),
    ("(type $s (shared (struct)))", false),
    ("(tag $t) (func try catch $t end)", false),
];

#[test]
fn fusing_takes_what_the_engine_takes() {
    let engine = Engine::new(Config::new().wasm_wide_arithmetic(true)).unwrap();
    for (fields, taken) in PROPOSALS {
        let wasm = wat::parse_str(format!("(module {fields})")).unwrap();
        assert_eq!(Module::validate(&engine, &wasm).is_ok(), *taken, "{fields}");
        assert_eq!(fuse(&wasm, KernelMemory::Define).is_ok(), *taken, "{fields}");
    }
}

/// The engine would accept them, but features that plug-ins cannot use are refused earlier.
#[test]
fn shared_memories_are_refused_with_the_reason() {
    for (fields, what) in [
        ("(memory 1 1 shared)", "defines a shared memory"),
        ("(memory 1) (memory i64 1 1 shared)", "defines a shared memory"),
        (r#"(import "env" "memory" (memory 1 1 shared))"#, "imports the shared memory `env`.`memory`"),
    ] {
        let wasm = wat::parse_str(format!("(module {fields})")).unwrap();
        for memory in [KernelMemory::Define, IMPORTED] {
            let error = fuse(&wasm, memory).unwrap_err();
            assert!(matches!(error, FuseError::SharedMemory { .. }), "{error}");
            assert!(error.to_string().starts_with(&format!("the module {what}, but a plug-in")), "{error}");
        }
    }
}

/// Atomic instructions refer to a memory, whose index changes when the kernel's is imported before it.
#[test]
fn atomic_instructions_go_on_meaning_the_guests_memory() {
    let text = r#"(module (import "extism:host/env" "input_length" (func (result i64)))
        (memory (export "memory") 1) (data (i32.const 8) "\2a")
        (func (export "load") (result i32)
            (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))
            (i32.atomic.rmw8.cmpxchg_u (i32.const 8) (i32.const 43) (i32.const 1))))"#;
    let fused = fuse(&wat::parse_str(text).unwrap(), IMPORTED).unwrap();
    wasmparser::Validator::new_with_features(FEATURES).validate_all(&fused.wasm).unwrap();
    let engine = Engine::default();
    let mut store = wasmtime::Store::new(&engine, ());
    let module = Module::new(&engine, &fused.wasm).unwrap();
    let kernel =
        wasmtime::Memory::new(&mut store, wasmtime::MemoryType::new(crate::kernel::layout::INITIAL_PAGES, None))
            .unwrap();
    let instance = wasmtime::Instance::new(&mut store, &module, &[kernel.into()]).unwrap();
    let load = instance.get_typed_func::<(), i32>(&mut store, "load").unwrap();
    assert_eq!(load.call(&mut store, ()).unwrap(), 43);
    let memory = instance.get_memory(&mut store, "memory").unwrap();
    assert_eq!(memory.data(&store)[8], 1);
    assert!(kernel.data(&store).iter().all(|byte| *byte == 0));
}
