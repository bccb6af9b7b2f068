;; Imports that a host does not satisfy: the error of linking should name them all at once.
(module
  ;; Not there.
  (import "extism:host/user" "missing" (func (param i64) (result i64)))
  (import "elsewhere" "also_missing" (func))
  (import "extism:host/env" "no_such_function" (func (param i64)))
  ;; There, with another type: the kernel's takes an i64.
  (import "extism:host/env" "length" (func (param i32) (result i64)))
  ;; There if the host provides `kv_read`, with another type: a handle is an i64.
  (import "extism:host/user" "kv_read" (func (param i32) (result i32)))

  (func (export "run") (result i32) (i32.const 0)))
