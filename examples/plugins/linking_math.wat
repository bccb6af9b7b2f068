;; A library for other modules of the same manifest, where its name is `math`.
(module
  (import "extism:host/env" "length" (func $length (param i64) (result i64)))
  (import "extism:host/env" "load_u8" (func $load_u8 (param i64) (result i32)))
  (import "extism:host/env" "store_u8" (func $store_u8 (param i64 i32)))

  ;; How many of its functions have been called in the life of this instance.
  (global $calls (mut i64) (i64.const 0))

  (func $count
    (global.set $calls (i64.add (global.get $calls) (i64.const 1))))

  (func (export "add") (param $a i64) (param $b i64) (result i64)
    (call $count)
    (i64.add (local.get $a) (local.get $b)))

  ;; Puts the ASCII letters of a block of the kernel's memory in capitals, in place: the kernel's
  ;; memory is one for all modules.
  (func (export "upper") (param $block i64)
    (local $i i64) (local $end i64) (local $byte i32)
    (call $count)
    (local.set $i (local.get $block))
    (local.set $end (i64.add (local.get $block) (call $length (local.get $block))))
    (block $done
      (loop $next
        (br_if $done (i64.ge_u (local.get $i) (local.get $end)))
        (local.set $byte (call $load_u8 (local.get $i)))
        ;; One comparison for 'a' <= byte <= 'z'.
        (if (i32.lt_u (i32.sub (local.get $byte) (i32.const 97)) (i32.const 26))
          (then (call $store_u8 (local.get $i) (i32.sub (local.get $byte) (i32.const 32)))))
        (local.set $i (i64.add (local.get $i) (i64.const 1)))
        (br $next))))

  (func (export "calls") (result i64)
    (global.get $calls)))
