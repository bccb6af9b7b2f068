;; The main module of two: imports functions of the module that the manifest names `math`.
(module
  (import "math" "add" (func $add (param i64 i64) (result i64)))
  (import "math" "upper" (func $upper (param i64)))
  (import "math" "calls" (func $calls (result i64)))
  (import "extism:host/env" "input_length" (func $input_length (result i64)))
  (import "extism:host/env" "input_load_u8" (func $input_load_u8 (param i64) (result i32)))
  (import "extism:host/env" "input_load_u64" (func $input_load_u64 (param i64) (result i64)))
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store_u8 (param i64 i32)))
  (import "extism:host/env" "store_u64" (func $store_u64 (param i64 i64)))
  (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))

  ;; The output is eight bytes: `n`, little endian.
  (func $answer (param $n i64)
    (local $block i64)
    (local.set $block (call $alloc (i64.const 8)))
    (call $store_u64 (local.get $block) (local.get $n))
    (call $output_set (local.get $block) (i64.const 8)))

  ;; Two little-endian i64 in, their sum out.
  (func (export "add") (result i32)
    (call $answer
      (call $add (call $input_load_u64 (i64.const 0)) (call $input_load_u64 (i64.const 8))))
    (i32.const 0))

  ;; Text in, the same in capitals out: this module creates the block, the library changes it.
  (func (export "shout") (result i32)
    (local $block i64) (local $i i64)
    (local.set $block (call $alloc (call $input_length)))
    (block $done
      (loop $next
        (br_if $done (i64.ge_u (local.get $i) (call $input_length)))
        (call $store_u8
          (i64.add (local.get $block) (local.get $i))
          (call $input_load_u8 (local.get $i)))
        (local.set $i (i64.add (local.get $i) (i64.const 1)))
        (br $next)))
    (call $upper (local.get $block))
    (call $output_set (local.get $block) (call $input_length))
    (i32.const 0))

  ;; Out, how many of the library's functions have been called: it keeps its state between calls.
  (func (export "library_calls") (result i32)
    (call $answer (call $calls))
    (i32.const 0)))
