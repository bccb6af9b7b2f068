;; Computes, and does nothing else: a sieve (memory), and the lengths of Collatz sequences (numbers).
(module
  (memory (export "memory") 16)

  ;; Counts the primes below 1,000,000 by the sieve of Eratosthenes, one byte per number.
  (func $sieve (result i32) (local $i i32) (local $j i32) (local $count i32)
    (memory.fill (i32.const 0) (i32.const 0) (i32.const 1000000))
    (local.set $i (i32.const 2))
    (loop $numbers
      (if (i32.eqz (i32.load8_u (local.get $i)))
        (then
          (local.set $count (i32.add (local.get $count) (i32.const 1)))
          (local.set $j (i32.add (local.get $i) (local.get $i)))
          (block $done
            (loop $multiples
              (br_if $done (i32.ge_u (local.get $j) (i32.const 1000000)))
              (i32.store8 (local.get $j) (i32.const 1))
              (local.set $j (i32.add (local.get $j) (local.get $i)))
              (br $multiples)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $numbers (i32.lt_u (local.get $i) (i32.const 1000000))))
    (local.get $count))

  ;; Adds up how many steps each number below 20,000 takes to 1.
  (func $collatz (result i32) (local $start i32) (local $n i64) (local $steps i32)
    (local.set $start (i32.const 1))
    (loop $starts
      (local.set $n (i64.extend_i32_u (local.get $start)))
      (block $one
        (loop $steps
          (br_if $one (i64.eq (local.get $n) (i64.const 1)))
          (local.set $n
            (if (result i64) (i32.wrap_i64 (i64.and (local.get $n) (i64.const 1)))
              (then (i64.add (i64.mul (local.get $n) (i64.const 3)) (i64.const 1)))
              (else (i64.shr_u (local.get $n) (i64.const 1)))))
          (local.set $steps (i32.add (local.get $steps) (i32.const 1)))
          (br $steps)))
      (local.set $start (i32.add (local.get $start) (i32.const 1)))
      (br_if $starts (i32.lt_u (local.get $start) (i32.const 20000))))
    (local.get $steps))

  ;; 0 if both are right.
  (func (export "sieve") (result i32) (i32.ne (call $sieve) (i32.const 78498)))
  (func (export "collatz") (result i32) (i32.eqz (call $collatz))))
