;; The work of reflect.wasm as a component: the input is passed to a host function, and its result is
;; the output.
(component
  (import "reflect" (func $reflect (param "input" (list u8)) (result (list u8))))

  (core module $memory
    (memory (export "memory") 2)
    (global $top (mut i32) (i32.const 4096))
    ;; For blocks of bytes that fit into what is there; see bytes.wat.
    (func (export "realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32)
      (result i32)
      (global.get $top)
      (global.set $top (i32.add (global.get $top) (local.get $size))))
    (func (export "reset") (param i32)
      (global.set $top (i32.const 4096)))
  )
  (core instance $memory (instantiate $memory))
  (core func $reflect
    (canon lower (func $reflect) (memory $memory "memory") (realloc (func $memory "realloc"))))

  (core module $guest
    (import "host" "reflect" (func $reflect (param i32 i32 i32)))
    (func (export "reflect") (param $bytes i32) (param $length i32) (result i32)
      (call $reflect (local.get $bytes) (local.get $length) (i32.const 0))
      (i32.const 0))
  )
  (core instance $host (export "reflect" (func $reflect)))
  (core instance $guest (instantiate $guest (with "host" (instance $host))))

  (func (export "reflect") (param "input" (list u8)) (result (list u8))
    (canon lift (core func $guest "reflect")
      (memory $memory "memory") (realloc (func $memory "realloc"))
      (post-return (func $memory "reset"))))
)
