;; The minimum cost of an echo in WebAssembly: the host writes the input into the guest's memory,
;; the guest copies it with one instruction, and the host reads it there. No kernel, no allocator, no checks
;; but the engine's own.
(module
  ;; Twice 16 MiB and a page.
  (memory (export "memory") 513)

  ;; The input is at the second page; its copy comes right after it.
  (func (export "echo") (param $length i32) (result i32)
    (local $copy i32)
    (local.set $copy (i32.add (i32.const 65536) (local.get $length)))
    (memory.copy (local.get $copy) (i32.const 65536) (local.get $length))
    (local.get $copy)))
