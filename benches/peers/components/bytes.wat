;; The work of echo.c, consume.c and count_vowels as a component, by hand: the minimum cost of a component's
;; guest. A guest compiled from Rust also runs an allocator and more.
(component
  (core module $guest
    ;; From 0: results of more than one value. From 4096: blocks, all freed together after a call.
    (memory (export "memory") 2)
    (global $top (mut i32) (i32.const 4096))
    (global $total (mut i32) (i32.const 0))
    (data (i32.const 1024) "aeiouAEIOU")

    ;; New blocks only: nothing here grows one.
    (func (export "realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32)
      (result i32)
      (local $block i32) (local $missing i32)
      (local.set $block
        (i32.and
          (i32.add (global.get $top) (i32.sub (local.get $align) (i32.const 1)))
          (i32.sub (i32.const 0) (local.get $align))))
      (global.set $top (i32.add (local.get $block) (local.get $size)))
      (local.set $missing
        (i32.sub
          (i32.shr_u (i32.add (global.get $top) (i32.const 65535)) (i32.const 16))
          (memory.size)))
      (if (i32.gt_s (local.get $missing) (i32.const 0))
        (then
          (if (i32.eq (memory.grow (local.get $missing)) (i32.const -1))
            (then (unreachable)))))
      (local.get $block))

    (func (export "empty"))

    ;; The input itself is the output: no copy.
    (func (export "echo") (param $bytes i32) (param $length i32) (result i32)
      (i32.store (i32.const 0) (local.get $bytes))
      (i32.store (i32.const 4) (local.get $length))
      (i32.const 0))

    (func (export "after-echo") (param i32)
      (global.set $top (i32.const 4096)))

    ;; The exclusive or of the input's 8-byte words.
    (func (export "consume") (param $at i32) (param $length i32) (result i64)
      (local $end i32) (local $sum i64) (local $shift i64)
      (local.set $end
        (i32.add (local.get $at) (i32.and (local.get $length) (i32.const -8))))
      (block $words
        (loop $next
          (br_if $words (i32.ge_u (local.get $at) (local.get $end)))
          (local.set $sum (i64.xor (local.get $sum) (i64.load (local.get $at))))
          (local.set $at (i32.add (local.get $at) (i32.const 8)))
          (br $next)))
      (local.set $end (i32.add (local.get $at) (i32.and (local.get $length) (i32.const 7))))
      (block $bytes
        (loop $next
          (br_if $bytes (i32.ge_u (local.get $at) (local.get $end)))
          (local.set $sum
            (i64.xor (local.get $sum)
              (i64.shl (i64.load8_u (local.get $at)) (local.get $shift))))
          (local.set $shift (i64.add (local.get $shift) (i64.const 8)))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $next)))
      (local.get $sum))

    (func (export "after-consume") (param i64)
      (global.set $top (i32.const 4096)))

    (func $is_vowel (param $byte i32) (result i32)
      (local $at i32)
      (local.set $at (i32.const 1024))
      (loop $next
        (if (i32.eq (i32.load8_u (local.get $at)) (local.get $byte))
          (then (return (i32.const 1))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $at) (i32.const 1034))))
      (i32.const 0))

    (func (export "count-vowels") (param $at i32) (param $length i32) (result i32)
      (local $end i32) (local $count i32)
      (local.set $end (i32.add (local.get $at) (local.get $length)))
      (block $done
        (loop $next
          (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
          (local.set $count
            (i32.add (local.get $count) (call $is_vowel (i32.load8_u (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $next)))
      (global.set $total (i32.add (global.get $total) (local.get $count)))
      (i32.store (i32.const 0) (local.get $count))
      (i32.store (i32.const 4) (global.get $total))
      (i32.store (i32.const 8) (i32.const 1024))
      (i32.store (i32.const 12) (i32.const 10))
      (i32.const 0))
  )
  (core instance $guest (instantiate $guest))

  (type $bytes (list u8))
  (type $report' (record (field "count" u32) (field "total" u32) (field "vowels" string)))
  (export $report "report" (type $report'))

  (func (export "empty") (canon lift (core func $guest "empty")))
  (func (export "echo") (param "input" $bytes) (result $bytes)
    (canon lift (core func $guest "echo")
      (memory $guest "memory") (realloc (func $guest "realloc"))
      (post-return (func $guest "after-echo"))))
  (func (export "consume") (param "input" $bytes) (result u64)
    (canon lift (core func $guest "consume")
      (memory $guest "memory") (realloc (func $guest "realloc"))
      (post-return (func $guest "after-consume"))))
  (func (export "count-vowels") (param "text" string) (result $report)
    (canon lift (core func $guest "count-vowels")
      (memory $guest "memory") (realloc (func $guest "realloc"))
      (post-return (func $guest "after-echo"))))
)
