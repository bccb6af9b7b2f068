;; One export for each kind of trap, each two named functions deep, for backtraces.
(module
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "error_set" (func $error_set (param i64)))
  (import "extism:host/env" "store_u8" (func $store_u8 (param i64 i32)))
  (memory (export "memory") 1)
  (table 1 funcref)
  (type $nullary (func))

  (func $reach_unreachable (unreachable))
  (func $unreachable (export "unreachable") (call $reach_unreachable))

  (func $divide (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func $divide_by_zero (export "divide_by_zero") (result i32) (call $divide (i32.const 1) (i32.const 0)))

  (func $load (param i32) (result i32) (i32.load (local.get 0)))
  (func $out_of_bounds (export "out_of_bounds") (result i32) (call $load (i32.const -8)))

  (func $call_nothing (call_indirect (type $nullary) (i32.const 0)))
  (func $null_call (export "null_call") (call $call_nothing))

  (func $descend (call $descend))
  (func $stack_overflow (export "stack_overflow") (call $descend))

  ;; Never ends, and calls nothing.
  (func $spin_forever (loop $again (br $again)))
  (func $spin (export "spin") (call $spin_forever))

  ;; Sets the error "!", then traps.
  (func $error_then_trap (export "error_then_trap")
    (local $block i64)
    (local.set $block (call $alloc (i64.const 1)))
    (call $store_u8 (local.get $block) (i32.const 33))
    (call $error_set (local.get $block))
    (call $reach_unreachable)))
