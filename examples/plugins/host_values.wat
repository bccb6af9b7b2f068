;; A host function with several parameters and several results, all of them plain Wasm values.
(module
  (import "extism:host/user" "swap"
    (func $swap (param i32 i64 f32 f64) (result f64 f32 i64 i32)))
  (import "extism:host/env" "input_load_u64" (func $input_load_u64 (param i64) (result i64)))
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u64" (func $store_u64 (param i64 i64)))
  (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
  (memory (export "memory") 1)

  ;; In, 24 bytes, little endian: i32, i64, f32, f64, packed; out, the results of `swap`, packed
  ;; likewise: f64, f32, i64, i32.
  (func (export "swap") (result i32)
    (local $block i64)
    (i64.store (i32.const 0) (call $input_load_u64 (i64.const 0)))
    (i64.store (i32.const 8) (call $input_load_u64 (i64.const 8)))
    (i64.store (i32.const 16) (call $input_load_u64 (i64.const 16)))
    (call $swap
      (i32.load (i32.const 0))
      (i64.load (i32.const 4))
      (f32.load (i32.const 12))
      (f64.load (i32.const 16)))
    (call $keep)
    (local.set $block (call $alloc (i64.const 24)))
    (call $store_u64 (local.get $block) (i64.load (i32.const 0)))
    (call $store_u64 (i64.add (local.get $block) (i64.const 8)) (i64.load (i32.const 8)))
    (call $store_u64 (i64.add (local.get $block) (i64.const 16)) (i64.load (i32.const 16)))
    (call $output_set (local.get $block) (i64.const 24))
    (i32.const 0))

  (func $keep (param $a f64) (param $b f32) (param $c i64) (param $d i32)
    (f64.store (i32.const 0) (local.get $a))
    (f32.store (i32.const 8) (local.get $b))
    (i64.store (i32.const 12) (local.get $c))
    (i32.store (i32.const 20) (local.get $d))))
