;; Calls a host function of raw values, as often as its export's name says: measures the cost of
;; calling the host, without any memory.
(module
  (import "extism:host/user" "add" (func $add (param i64 i64) (result i64)))
  (memory (export "memory") 1)

  ;; Nothing in and out: the call itself, to be subtracted.
  (func (export "none") (result i32)
    (i32.const 0))

  ;; A thousand calls of the host.
  (func (export "thousand") (result i32)
    (local $left i64) (local $sum i64)
    (local.set $left (i64.const 1000))
    (loop $next
      (local.set $sum (call $add (local.get $sum) (local.get $left)))
      (local.set $left (i64.sub (local.get $left) (i64.const 1)))
      (br_if $next (i64.ne (local.get $left) (i64.const 0))))
    ;; 1 + 2 + .. + 1000
    (i64.ne (local.get $sum) (i64.const 500500))))
