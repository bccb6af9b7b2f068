;; The kernel: the functions of `extism:host/env` that work on its memory. They become part of each guest (see `fuse`),
;; so this module is never instantiated on its own outside of tests.
;;
;; A word after a percent sign is a constant of layout.rs, which describes the header and the blocks. `block` is the
;; address of a block's header; a guest's handle is that address plus `%BLOCK_HEADER`. The hot functions, which replace
;; calls to them, have no calls, no `return`, and no locals other than their parameters.
;;
;; Guests can write to the heap, so values read from there are checked before they are used as addresses; the header,
;; below %HEAP, is out of their reach.
(module
  (memory (export "memory") %INITIAL_PAGES)

  ;; ---- hot functions ----

  (func (export "input_length") (result i64)
    (i64.load offset=%INPUT_LENGTH (i32.const 0)))

  (func (export "input_offset") (result i64)
    (i64.load offset=%INPUT_OFFSET (i32.const 0)))

  (func (export "input_load_u8") (param $at i64) (result i32)
    (if (result i32)
      (i64.lt_u (local.get $at) (i64.load offset=%INPUT_LENGTH (i32.const 0)))
      (then
        (i32.load8_u
          (i32.wrap_i64 (i64.add (i64.load offset=%INPUT_OFFSET (i32.const 0)) (local.get $at)))))
      (else (i32.const 0))))

  (func (export "input_load_u64") (param $at i64) (result i64)
    (if (result i64)
      (i64.lt_u (local.get $at) (i64.load offset=%INPUT_LIMIT_U64 (i32.const 0)))
      (then
        (i64.load align=1
          (i32.wrap_i64 (i64.add (i64.load offset=%INPUT_OFFSET (i32.const 0)) (local.get $at)))))
      (else (i64.const 0))))

  (func (export "load_u8") (param $at i64) (result i32)
    (if (result i32)
      (i64.lt_u
        (i64.sub (local.get $at) (i64.const %HEAP))
        (i64.load offset=%LIMIT (i32.const 0)))
      (then (i32.load8_u (i32.wrap_i64 (local.get $at))))
      (else (i32.const 0))))

  (func (export "load_u64") (param $at i64) (result i64)
    (if (result i64)
      (i64.lt_u
        (i64.sub (local.get $at) (i64.const %HEAP))
        (i64.load offset=%LIMIT_U64 (i32.const 0)))
      (then (i64.load align=1 (i32.wrap_i64 (local.get $at))))
      (else (i64.const 0))))

  (func (export "store_u8") (param $at i64) (param $value i32)
    (if
      (i64.lt_u
        (i64.sub (local.get $at) (i64.const %HEAP))
        (i64.load offset=%LIMIT (i32.const 0)))
      (then (i32.store8 (i32.wrap_i64 (local.get $at)) (local.get $value)))))

  (func (export "store_u64") (param $at i64) (param $value i64)
    (if
      (i64.lt_u
        (i64.sub (local.get $at) (i64.const %HEAP))
        (i64.load offset=%LIMIT_U64 (i32.const 0)))
      (then (i64.store align=1 (i32.wrap_i64 (local.get $at)) (local.get $value)))))

  ;; ---- input, output, error ----

  (func (export "input_set") (param $offset i64) (param $length i64)
    (if (call $in_heap (local.get $offset) (local.get $length))
      (then
        (i64.store offset=%INPUT_OFFSET (i32.const 0) (local.get $offset))
        (i64.store offset=%INPUT_LENGTH (i32.const 0) (local.get $length))
        (i64.store offset=%INPUT_LIMIT_U64 (i32.const 0)
          (call $places_of_u64 (local.get $length))))))

  (func (export "output_set") (param $offset i64) (param $length i64)
    (if (call $in_heap (local.get $offset) (local.get $length))
      (then
        (i64.store offset=%OUTPUT_OFFSET (i32.const 0) (local.get $offset))
        (i64.store offset=%OUTPUT_LENGTH (i32.const 0) (local.get $length)))))

  (func (export "output_offset") (result i64)
    (i64.load offset=%OUTPUT_OFFSET (i32.const 0)))

  (func (export "output_length") (result i64)
    (i64.load offset=%OUTPUT_LENGTH (i32.const 0)))

  ;; The length is stored now, since some guests free the message right after. An invalid handle sets an error with an
  ;; empty message; an offset outside the heap leaves the error unchanged.
  (func (export "error_set") (param $handle i64)
    (if (i32.or
          (i64.eqz (local.get $handle))
          (call $in_heap (local.get $handle) (i64.const 1)))
      (then
        (i64.store offset=%ERROR (i32.const 0) (local.get $handle))
        (i64.store offset=%ERROR_LENGTH (i32.const 0) (call $length (local.get $handle))))))

  (func (export "error_get") (result i64)
    (i64.load offset=%ERROR (i32.const 0)))

  (func (export "reset") (local $extent i32)
    (memory.fill (i32.const %STATE) (i32.const 0) (i32.const %STATE_SIZE))
    (local.set $extent (call $extent))
    (i32.store offset=%END (i32.const 0) (local.get $extent))
    (i32.store offset=%EXTENT (i32.const 0) (local.get $extent))
    (call $set_limit)
    (i32.store offset=%KEY (i32.const 0)
      (i32.add (i32.load offset=%KEY (i32.const 0)) (i32.const %KEY_STEP))))

  (func (export "memory_bytes") (result i64) (call $bytes))

  ;; The memory's size in bytes.
  (func $bytes (result i64)
    (i64.shl (i64.extend_i32_u (memory.size)) (i64.const 16)))

  ;; Lets guests access as much of the heap as fits into the memory.
  (func $set_limit
    (local $limit i64)
    (local.set $limit (i64.sub (call $bytes) (i64.const %HEAP)))
    (i64.store offset=%LIMIT (i32.const 0) (local.get $limit))
    (i64.store offset=%LIMIT_U64 (i32.const 0) (call $places_of_u64 (local.get $limit))))

  ;; Whether the range lies within the part of the heap that guests may access.
  (func $in_heap (param $offset i64) (param $length i64) (result i32)
    (local $limit i64)
    (local.set $offset (i64.sub (local.get $offset) (i64.const %HEAP)))
    (local.set $limit (i64.load offset=%LIMIT (i32.const 0)))
    (i32.and
      (i64.le_u (local.get $offset) (local.get $limit))
      (i64.le_u (local.get $length) (i64.sub (local.get $limit) (local.get $offset)))))

  ;; The number of offsets within `length` bytes at which a load of eight bytes may start.
  (func $places_of_u64 (param $length i64) (result i64)
    (select
      (i64.sub (local.get $length) (i64.const 7))
      (i64.const 0)
      (i64.gt_u (local.get $length) (i64.const 7))))

  ;; ---- the allocator: see alloc.rs, room.rs and block.rs for what each function does ----

  (func $alloc (export "alloc") (param $length i64) (result i64)
    (local $size i32)
    (if (i64.eqz (local.get $length)) (then (return (i64.const 0))))
    (if (i64.gt_u (local.get $length) (i64.const %MAX_BLOCK)) (then (return (call $too_long))))
    (local.set $size
      (i32.and (i32.add (i32.wrap_i64 (local.get $length)) (i32.const 1)) (i32.const -2)))
    (if (i32.eqz (call $is_enough (local.get $size)))
      (then
        (if (i32.eqz (call $make_room (local.get $size))) (then (return (call $too_long))))))
    (i64.extend_i32_u
      (i32.add
        (call $carve (i32.wrap_i64 (local.get $length)) (local.get $size))
        (i32.const %BLOCK_HEADER))))

  (func $free (export "free") (param $handle i64)
    (local $block i32) (local $size i32)
    (local.set $block (call $live (local.get $handle)))
    (if (i32.eqz (local.get $block)) (then (return)))
    (if (i64.eq (local.get $handle) (i64.load offset=%INPUT_OFFSET (i32.const 0)))
      (then
        (i64.store offset=%INPUT_LENGTH (i32.const 0) (i64.const 0))
        (i64.store offset=%INPUT_LIMIT_U64 (i32.const 0) (i64.const 0))))
    ;; Whatever happens next, the block is no longer live.
    (i32.store offset=%SEAL (local.get $block) (i32.const 0))
    (local.set $size (i32.load offset=%SIZE (local.get $block)))
    (if (call $fits (local.get $block) (local.get $size))
      (then (call $release (local.get $block) (local.get $size)))))

  (func (export "length_unsafe") (param $handle i64) (result i64)
    (call $length (local.get $handle)))

  (func $length (export "length") (param $handle i64) (result i64)
    (local $block i32)
    (local.set $block (call $live (local.get $handle)))
    (if (result i64) (local.get $block)
      (then
        (i64.extend_i32_u
          (i32.sub
            (i32.load offset=%SIZE (local.get $block))
            (i32.and (i32.load offset=%SEAL (local.get $block)) (i32.const %SLACK)))))
      (else (i64.const 0))))

  ;; The live block of a handle; 0 if there is none.
  (func $live (param $handle i64) (result i32)
    (local $block i32)
    (if (i64.ge_u
          (i64.sub (local.get $handle) (i64.const %FIRST))
          (i64.load32_u offset=%EXTENT (i32.const 0)))
      (then (return (i32.const 0))))
    (local.set $block
      (i32.sub (i32.wrap_i64 (local.get $handle)) (i32.const %BLOCK_HEADER)))
    (if (i32.eqz (call $is_place (local.get $block))) (then (return (i32.const 0))))
    (select
      (local.get $block)
      (i32.const 0)
      (i32.and
        (i32.eqz (i32.and (i32.load offset=%SIZE (local.get $block)) (i32.const %FREE)))
        (i32.eq
          (i32.and (i32.load offset=%SEAL (local.get $block)) (i32.xor (i32.const %SLACK) (i32.const -1)))
          (call $seal (local.get $block))))))

  (func $seal (param $block i32) (result i32)
    (i32.and
      (i32.xor
        (i32.xor (i32.shl (local.get $block) (i32.const 3)) (i32.const %SEAL_TAG))
        (i32.load offset=%KEY (i32.const 0)))
      (i32.xor (i32.const %SLACK) (i32.const -1))))

  ;; The size of the heap in bytes, as far as it fits into the memory.
  (func $extent (result i32)
    (i32.sub
      (select
        (i32.shl (memory.size) (i32.const 16))
        (i32.const %MAX_TOP)
        (i32.lt_u (memory.size) (i32.const 65536)))
      (i32.const %HEAP)))

  ;; Where the next block goes.
  (func $room_start (result i32)
    (i32.add (i32.load offset=%AT (i32.const 0)) (i32.const %HEAP)))

  ;; Where the heap ends.
  (func $heap_end (result i32)
    (i32.add (i32.load offset=%EXTENT (i32.const 0)) (i32.const %HEAP)))

  ;; Where a block of this size ends.
  (func $end (param $block i32) (param $size i32) (result i32)
    (i32.add (i32.add (local.get $block) (i32.const %BLOCK_HEADER)) (local.get $size)))

  ;; Whether a header may be at this address: a multiple of 2 within the heap.
  (func $is_place (param $block i32) (result i32)
    (i32.and
      (i32.eqz (i32.and (local.get $block) (i32.const 1)))
      (i64.le_u
        (i64.add
          (i64.extend_i32_u (i32.sub (local.get $block) (i32.const %HEAP)))
          (i64.const %BLOCK_HEADER))
        (i64.load32_u offset=%EXTENT (i32.const 0)))))

  ;; Whether a block at this address can have this size.
  (func $fits (param $block i32) (param $size i32) (result i32)
    (i32.and
      (i32.eqz (i32.and (local.get $size) (i32.const 1)))
      (i32.lt_u
        (i32.sub (local.get $size) (i32.const 1))
        (i32.sub (call $heap_end) (i32.add (local.get $block) (i32.const %BLOCK_HEADER))))))

  ;; The size of the free block at this address; 0 if there is none.
  (func $free_size (param $block i32) (result i32)
    (local $size i32)
    (if (i32.eqz (call $is_place (local.get $block))) (then (return (i32.const 0))))
    (local.set $size
      (i32.sub (i32.load offset=%SIZE (local.get $block)) (i32.const %FREE)))
    (select
      (local.get $size)
      (i32.const 0)
      (call $fits (local.get $block) (local.get $size))))

  ;; ---- free blocks ----

  ;; Joins a block with its free neighbours, and makes the result the last of its class. The room is not joined: freed
  ;; memory waits until the room is used up.
  (func $release (param $block i32) (param $size i32)
    (local $other i32) (local $other_size i32)
    (local.set $other (call $end (local.get $block) (local.get $size)))
    (if (i32.eqz (call $is_room (local.get $other)))
      (then
        (local.set $other_size (call $free_size (local.get $other)))
        (if (local.get $other_size)
          (then
            (if (call $unlink (local.get $other) (local.get $other_size))
              (then
                (local.set $size (call $end (local.get $size) (local.get $other_size)))))))))
    (local.set $other_size (i32.load offset=%PREVIOUS (local.get $block)))
    (local.set $other
      (i32.sub (local.get $block) (i32.add (local.get $other_size) (i32.const %BLOCK_HEADER))))
    (if (i32.and
          (i32.ne (local.get $other_size) (i32.const 0))
          (i32.lt_u (local.get $other) (local.get $block)))
      (then
        (if (i32.eq (call $free_size (local.get $other)) (local.get $other_size))
          (then
            (if (call $unlink (local.get $other) (local.get $other_size))
              (then
                (local.set $block (local.get $other))
                (local.set $size (call $end (local.get $size) (local.get $other_size)))))))))
    (call $set_previous (call $end (local.get $block) (local.get $size)) (local.get $size))
    (call $link (local.get $block) (local.get $size)))

  ;; Whether the room starts at this address.
  (func $is_room (param $at i32) (result i32)
    (i32.and
      (i32.eq (local.get $at) (call $room_start))
      (i32.lt_u (i32.load offset=%AT (i32.const 0)) (i32.load offset=%END (i32.const 0)))))

  ;; Records the size of the free block that ends at `end`; 0 if none does.
  (func $set_previous (param $end i32) (param $size i32)
    (if (call $is_room (local.get $end))
      (then (i32.store offset=%BEFORE (i32.const 0) (local.get $size)) (return)))
    (if (i32.eq (local.get $end) (call $heap_end))
      (then (i32.store offset=%LAST (i32.const 0) (local.get $size)) (return)))
    (if (call $is_place (local.get $end))
      (then (i32.store offset=%PREVIOUS (local.get $end) (local.get $size)))))

  ;; Two classes for each power of two: see `class` in layout.rs.
  (func $class (param $size i32) (result i32)
    (local $power i32)
    (local.set $size (i32.shr_u (local.get $size) (i32.const 4)))
    (if (i32.eqz (local.get $size)) (then (return (i32.const 0))))
    (local.set $power (i32.sub (i32.const 31) (i32.clz (local.get $size))))
    (i32.add
      (i32.shl (local.get $power) (i32.const 1))
      (i32.and
        (i32.shr_u (i32.shl (local.get $size) (i32.const 1)) (local.get $power))
        (i32.const 1))))

  (func $bit (param $class i32) (result i64)
    (i64.shl (i64.const 1) (i64.extend_i32_u (local.get $class))))

  ;; The first free block of a class; 0 if there is none.
  (func $head (param $class i32) (result i32)
    (select
      (i32.load offset=%HEADS (i32.shl (local.get $class) (i32.const 2)))
      (i32.const 0)
      (i64.ne
        (i64.and (i64.load offset=%CLASSES (i32.const 0)) (call $bit (local.get $class)))
        (i64.const 0))))

  ;; Makes a block free, as the last of its class.
  (func $link (param $block i32) (param $size i32)
    (local $class i32) (local $back i32)
    (local.set $class (call $class (local.get $size)))
    (if (call $head (local.get $class))
      (then
        (local.set $back (i32.load offset=%TAILS (i32.shl (local.get $class) (i32.const 2))))
        (i32.store offset=%NEXT (local.get $back) (local.get $block)))
      (else
        (i64.store offset=%CLASSES (i32.const 0)
          (i64.or (i64.load offset=%CLASSES (i32.const 0)) (call $bit (local.get $class))))
        (i32.store offset=%HEADS (i32.shl (local.get $class) (i32.const 2)) (local.get $block))))
    (i32.store offset=%TAILS (i32.shl (local.get $class) (i32.const 2)) (local.get $block))
    (i32.store offset=%SIZE (local.get $block)
      (i32.or (local.get $size) (i32.const %FREE)))
    (i32.store offset=%NEXT (local.get $block) (i32.const 0))
    (i32.store offset=%BACK (local.get $block) (local.get $back)))

  ;; Removes a block from its class; does nothing and returns 0 if its neighbours in the list do not confirm it.
  (func $unlink (param $block i32) (param $size i32) (result i32)
    (local $class i32) (local $next i32) (local $back i32)
    (local.set $class (call $class (local.get $size)))
    (local.set $next (i32.load offset=%NEXT (local.get $block)))
    (local.set $back (i32.load offset=%BACK (local.get $block)))
    (if (local.get $next)
      (then
        (if (i32.eqz (call $is_place (local.get $next))) (then (return (i32.const 0))))
        (if (i32.ne (i32.load offset=%BACK (local.get $next)) (local.get $block))
          (then (return (i32.const 0)))))
      (else
        (if (i32.eqz (call $head (local.get $class))) (then (return (i32.const 0))))
        (if (i32.ne
              (i32.load offset=%TAILS (i32.shl (local.get $class) (i32.const 2)))
              (local.get $block))
          (then (return (i32.const 0))))))
    (if (local.get $back)
      (then
        (if (i32.eqz (call $is_place (local.get $back))) (then (return (i32.const 0))))
        (if (i32.ne (i32.load offset=%NEXT (local.get $back)) (local.get $block))
          (then (return (i32.const 0)))))
      (else
        (if (i32.ne (call $head (local.get $class)) (local.get $block))
          (then (return (i32.const 0))))))
    (if (i32.eqz (i32.or (local.get $next) (local.get $back)))
      (then
        (i64.store offset=%CLASSES (i32.const 0)
          (i64.and
            (i64.load offset=%CLASSES (i32.const 0))
            (i64.xor (call $bit (local.get $class)) (i64.const -1))))
        (return (i32.const 1))))
    (if (local.get $next)
      (then (i32.store offset=%BACK (local.get $next) (local.get $back)))
      (else
        (i32.store offset=%TAILS (i32.shl (local.get $class) (i32.const 2)) (local.get $back))))
    (if (local.get $back)
      (then (i32.store offset=%NEXT (local.get $back) (local.get $next)))
      (else
        (i32.store offset=%HEADS (i32.shl (local.get $class) (i32.const 2)) (local.get $next))))
    (i32.const 1))

  ;; A free block of at least `size` bytes; 0 if none is found quickly. Looks at the first few of its own class, then at
  ;; the next larger class that has any.
  (func $find_free (param $size i32) (result i32)
    (local $class i32) (local $block i32) (local $found i32) (local $tries i32) (local $classes i64)
    (local.set $class (call $class (local.get $size)))
    (local.set $classes
      (i64.and
        (i64.load offset=%CLASSES (i32.const 0))
        (i64.shl (i64.const -1) (i64.extend_i32_u (local.get $class)))))
    (if (i64.eqz (local.get $classes)) (then (return (i32.const 0))))
    (local.set $block (call $head (local.get $class)))
    (local.set $tries (i32.const %TRIES))
    (block $none
      (loop $next
        (br_if $none (i32.eqz (local.get $block)))
        (local.set $found (call $free_size (local.get $block)))
        (br_if $none (i32.eqz (local.get $found)))
        (if (i32.ge_u (local.get $found) (local.get $size)) (then (return (local.get $block))))
        (local.set $block (i32.load offset=%NEXT (local.get $block)))
        (local.set $tries (i32.sub (local.get $tries) (i32.const 1)))
        (br_if $next (local.get $tries))))
    (local.set $classes
      (i64.and (local.get $classes) (i64.xor (call $bit (local.get $class)) (i64.const -1))))
    (if (i64.eqz (local.get $classes)) (then (return (i32.const 0))))
    (local.set $block (call $head (i32.wrap_i64 (i64.ctz (local.get $classes)))))
    (select
      (local.get $block)
      (i32.const 0)
      (i32.ge_u (call $free_size (local.get $block)) (local.get $size))))

  ;; ---- the room ----

  ;; Whether the room can hold a block of `size` bytes.
  (func $is_enough (param $size i32) (result i32)
    (i64.ge_u
      (i64.extend_i32_u
        (i32.sub (i32.load offset=%END (i32.const 0)) (i32.load offset=%AT (i32.const 0))))
      (i64.add (i64.extend_i32_u (local.get $size)) (i64.const %BLOCK_HEADER))))

  ;; Cuts a block off the room, which must be large enough.
  (func $carve (param $length i32) (param $size i32) (result i32)
    (local $block i32) (local $left i32) (local $aligned i32) (local $rest i32)
    (local.set $block (call $room_start))
    (local.set $left
      (i32.sub
        (i32.sub (i32.load offset=%END (i32.const 0)) (i32.load offset=%AT (i32.const 0)))
        (i32.add (local.get $size) (i32.const %BLOCK_HEADER))))
    (if (i32.lt_u (local.get $left) (i32.const %MIN_ROOM))
      (then (local.set $size (i32.add (local.get $size) (local.get $left))))
      (else
        (if (i32.ge_u (local.get $size) (i32.const %LARGE))
          (then
            (local.set $aligned (call $aligned (local.get $size)))
            (local.set $rest
              (i32.sub (local.get $left) (i32.sub (local.get $aligned) (local.get $size))))
            (if (i32.or
                  (i32.eqz (local.get $rest))
                  (i32.ge_u (local.get $rest) (i32.const %MIN_ROOM)))
              (then (local.set $size (local.get $aligned))))))))
    (i32.store offset=%AT (i32.const 0)
      (i32.sub (call $end (local.get $block) (local.get $size)) (i32.const %HEAP)))
    (i32.store offset=%SIZE (local.get $block) (local.get $size))
    (i32.store offset=%PREVIOUS (local.get $block) (i32.load offset=%BEFORE (i32.const 0)))
    (i32.store offset=%BEFORE (i32.const 0) (i32.const 0))
    (i32.store offset=%SEAL (local.get $block)
      (i32.or
        (call $seal (local.get $block))
        (i32.sub (local.get $size) (local.get $length))))
    (local.get $block))

  ;; See `aligned` in layout.rs.
  (func $aligned (param $size i32) (result i32)
    (i32.sub
      (i32.and
        (i32.add (local.get $size) (i32.const %TO_ALIGN))
        (i32.xor (i32.const %SLACK) (i32.const -1)))
      (i32.const %BLOCK_HEADER)))

  ;; Ensures that the room can hold a block of `size` bytes; 0 if no memory can. Ends the call if the memory may not
  ;; grow: no guest checks what `alloc` returns.
  (func $make_room (param $size i32) (result i32)
    (local $end i64)
    (call $follow_growth)
    (if (call $is_enough (local.get $size)) (then (return (i32.const 1))))
    (if (call $take_free (local.get $size)) (then (return (i32.const 1))))
    (call $move_to_end)
    (call $follow_growth)
    (if (call $is_enough (local.get $size)) (then (return (i32.const 1))))
    (local.set $end
      (i64.add
        (i64.add (i64.extend_i32_u (call $room_start)) (i64.const %BLOCK_HEADER))
        (i64.extend_i32_u (local.get $size))))
    (if (i64.gt_u (local.get $end) (i64.const %MAX_TOP)) (then (return (i32.const 0))))
    (if (i32.eq
          (i32.const -1)
          (memory.grow
            (i32.wrap_i64
              (i64.shr_u
                (i64.add (i64.sub (local.get $end) (call $bytes)) (i64.const 65535))
                (i64.const 16)))))
      (then (call $exhausted)))
    (call $follow_growth)
    (i32.const 1))

  ;; What `alloc` returns for more bytes than any memory can hold: 0 as in the official runtime, which likewise ends the
  ;; call if there is a page limit.
  (func $too_long (result i64)
    (if (i32.load offset=%BOUNDED (i32.const 0)) (then (call $exhausted)))
    (i64.const 0))

  ;; Ends the call.
  (func $exhausted
    (i32.store offset=%EXHAUSTED (i32.const 0) (i32.const 1))
    (unreachable))

  ;; Extends a room at the heap's end by what the memory has grown.
  (func $follow_growth
    (local $extent i32)
    (local.set $extent (call $extent))
    (if (i32.and
          (i32.eq (i32.load offset=%END (i32.const 0)) (i32.load offset=%EXTENT (i32.const 0)))
          (i32.gt_u (local.get $extent) (i32.load offset=%EXTENT (i32.const 0))))
      (then
        (call $reclaim_last)
        (i32.store offset=%END (i32.const 0) (local.get $extent))
        (i32.store offset=%EXTENT (i32.const 0) (local.get $extent))
        (call $set_limit))))

  ;; Makes a free block of at least `size` bytes the room; 0 if there is none.
  (func $take_free (param $size i32) (result i32)
    (local $block i32) (local $found i32)
    (local.set $block (call $find_free (local.get $size)))
    (if (i32.eqz (local.get $block)) (then (return (i32.const 0))))
    (local.set $found (call $free_size (local.get $block)))
    (if (i32.eqz (call $unlink (local.get $block) (local.get $found)))
      (then (return (i32.const 0))))
    ;; No longer free, so that the rest of the old room is not joined with it.
    (i32.store offset=%SIZE (local.get $block) (local.get $found))
    (i32.store offset=%PREVIOUS (local.get $block) (i32.const 0))
    (call $close)
    (call $set_previous (call $end (local.get $block) (local.get $found)) (i32.const 0))
    (i32.store offset=%BEFORE (i32.const 0) (i32.load offset=%PREVIOUS (local.get $block)))
    (i32.store offset=%AT (i32.const 0) (i32.sub (local.get $block) (i32.const %HEAP)))
    (i32.store offset=%END (i32.const 0)
      (i32.sub (call $end (local.get $block) (local.get $found)) (i32.const %HEAP)))
    (i32.const 1))

  ;; Frees the rest of the room; afterwards there is no room.
  (func $close
    (local $at i32) (local $end i32) (local $previous i32)
    (local.set $at (i32.load offset=%AT (i32.const 0)))
    (local.set $end (i32.load offset=%END (i32.const 0)))
    (local.set $previous (i32.load offset=%BEFORE (i32.const 0)))
    (i32.store offset=%AT (i32.const 0) (i32.const 0))
    (i32.store offset=%END (i32.const 0) (i32.const 0))
    (i32.store offset=%BEFORE (i32.const 0) (i32.const 0))
    (if (i32.lt_u (local.get $at) (local.get $end))
      (then
        (i32.store offset=%PREVIOUS
          (i32.add (local.get $at) (i32.const %HEAP)) (local.get $previous))
        (call $release
          (i32.add (local.get $at) (i32.const %HEAP))
          (i32.sub
            (local.get $end)
            (i32.add (local.get $at) (i32.const %BLOCK_HEADER)))))))

  ;; Moves the room to the heap's end, where memory growth can extend it.
  (func $move_to_end
    (local $extent i32)
    (local.set $extent (i32.load offset=%EXTENT (i32.const 0)))
    (if (i32.ne (i32.load offset=%END (i32.const 0)) (local.get $extent))
      (then
        (call $close)
        (i32.store offset=%AT (i32.const 0) (local.get $extent))
        (i32.store offset=%END (i32.const 0) (local.get $extent))))
    (call $reclaim_last))

  ;; If the room is empty and at the heap's end, and the block before it is free, makes that block the room.
  (func $reclaim_last
    (local $last i32) (local $block i32)
    (local.set $last (i32.load offset=%LAST (i32.const 0)))
    (if (i32.or
          (i32.eqz (local.get $last))
          (i32.ne (i32.load offset=%AT (i32.const 0)) (i32.load offset=%END (i32.const 0))))
      (then (return)))
    (i32.store offset=%LAST (i32.const 0) (i32.const 0))
    (local.set $block
      (i32.sub (call $heap_end) (i32.add (local.get $last) (i32.const %BLOCK_HEADER))))
    (if (i32.eq (call $free_size (local.get $block)) (local.get $last))
      (then
        (if (call $unlink (local.get $block) (local.get $last))
          (then
            (i32.store offset=%AT (i32.const 0)
              (i32.sub (local.get $block) (i32.const %HEAP))))))))
)
