;; A module that is a command (`_start`) and a reactor (`_initialize`), and also has a start section.
;; `order` returns "SI": the start section when the module is instantiated, `_initialize` before the
;; first call. `_start` runs only when it is called, and ends the instance.
(module
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store_u8 (param i64 i32)))
  (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
  (memory (export "memory") 1)

  ;; The letters of what has run in this instance are at 0 and on; this many there are.
  (global $ran (mut i32) (i32.const 0))

  (func $note (param $letter i32)
    (i32.store8 (global.get $ran) (local.get $letter))
    (global.set $ran (i32.add (global.get $ran) (i32.const 1))))

  (func $start_section
    (call $note (i32.const 83))) ;; S
  (start $start_section)

  (func (export "_initialize")
    (call $note (i32.const 73))) ;; I

  (func (export "_start")
    (call $note (i32.const 77))) ;; M, for main

  ;; Out, the letters, in the order in which things ran.
  (func (export "order") (result i32)
    (local $block i64) (local $i i32)
    (local.set $block (call $alloc (i64.extend_i32_u (global.get $ran))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (global.get $ran)))
        (call $store_u8
          (i64.add (local.get $block) (i64.extend_i32_u (local.get $i)))
          (i32.load8_u (local.get $i)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (call $output_set (local.get $block) (i64.extend_i32_u (global.get $ran)))
    (i32.const 0)))
