;; Exports that can be called, and exports that cannot.
(module
  (memory (export "memory") 1)
  (global (export "global") i32 (i32.const 1))
  (table (export "table") 1 funcref)

  ;; These can.
  (func (export "code") (result i32) (i32.const 0))
  (func (export "no_result"))

  ;; These cannot.
  (func (export "with_parameter") (param i32) (result i32) (local.get 0))
  (func (export "result_i64") (result i64) (i64.const 0))
  (func (export "result_f32") (result f32) (f32.const 0))
  (func (export "two_results") (result i32 i32) (i32.const 0) (i32.const 0)))
