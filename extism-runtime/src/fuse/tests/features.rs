//! The proposals that fusing takes are those that the engine takes.

use wasmtime::{Config, Engine, Module};

use crate::fuse::{KernelMemory, fuse};

/// A module for each proposal, and whether plug-ins may use it.
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
    ("(memory 1 1 shared)", false),
    ("(memory 1) (func (drop (i32.atomic.load (i32.const 0))))", false),
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
