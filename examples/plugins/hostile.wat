;; A guest that uses the kernel's functions as no PDK would. Whatever it does, the host must keep
;; working: each call ends, in success or in an error, and does not affect other plug-ins.
(module
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "free" (func $free (param i64)))
  (import "extism:host/env" "length" (func $length (param i64) (result i64)))
  (import "extism:host/env" "load_u64" (func $load_u64 (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store_u8 (param i64 i32)))
  (import "extism:host/env" "store_u64" (func $store_u64 (param i64 i64)))
  (import "extism:host/env" "input_load_u64" (func $input_load_u64 (param i64) (result i64)))
  (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
  (import "extism:host/env" "error_set" (func $error_set (param i64)))
  (import "extism:host/env" "var_get" (func $var_get (param i64) (result i64)))
  (memory (export "memory") 1)

  ;; Writes over each byte of the first 64 KiB, then allocates, frees and returns as if nothing
  ;; had happened.
  (func (export "scribble") (result i32)
    (local $i i64) (local $block i64)
    (loop $next
      (call $store_u8 (local.get $i) (i32.const 255))
      (local.set $i (i64.add (local.get $i) (i64.const 1)))
      (br_if $next (i64.lt_u (local.get $i) (i64.const 65536))))
    (local.set $block (call $alloc (i64.const 16)))
    (call $free (local.get $block))
    (local.set $block (call $alloc (i64.const 16)))
    (call $output_set (local.get $block) (call $length (local.get $block)))
    (i32.const 0))

  ;; Input: two little-endian i64, an offset and a length: sets them as the output.
  (func (export "output_anywhere") (result i32)
    (call $output_set (call $input_load_u64 (i64.const 0)) (call $input_load_u64 (i64.const 8)))
    (i32.const 0))

  ;; Input: a little-endian i64, an offset: sets it as the error.
  (func (export "error_anywhere") (result i32)
    (call $error_set (call $input_load_u64 (i64.const 0)))
    (i32.const 1))

  ;; Input: a little-endian i64, an offset: uses it as a variable's name.
  (func (export "var_anywhere") (result i32)
    (drop (call $var_get (call $input_load_u64 (i64.const 0))))
    (i32.const 0))

  ;; Input: two little-endian i64, an offset and a value: stores eight bytes there; out, what is
  ;; loaded from there then.
  (func (export "store_anywhere") (result i32)
    (local $offset i64) (local $block i64)
    (local.set $offset (call $input_load_u64 (i64.const 0)))
    (call $store_u64 (local.get $offset) (call $input_load_u64 (i64.const 8)))
    (local.set $block (call $alloc (i64.const 8)))
    (call $store_u64 (local.get $block) (call $load_u64 (local.get $offset)))
    (call $output_set (local.get $block) (i64.const 8))
    (i32.const 0))

  ;; Input: a little-endian i64: allocates that many bytes and frees the handle twice; out, the
  ;; handle, eight bytes.
  (func (export "alloc_any") (result i32)
    (local $handle i64) (local $block i64)
    (local.set $handle (call $alloc (call $input_load_u64 (i64.const 0))))
    (call $free (local.get $handle))
    (call $free (local.get $handle))
    (local.set $block (call $alloc (i64.const 8)))
    (call $store_u64 (local.get $block) (local.get $handle))
    (call $output_set (local.get $block) (i64.const 8))
    (i32.const 0)))
