//! Guests that are written in the tests.

use std::fmt::Write as _;

use datafusion::arrow::{array::RecordBatch, ipc::writer::StreamWriter};

/// A batch as a stream of Arrow IPC.
pub(crate) fn stream(batch: &RecordBatch) -> Vec<u8> {
    let mut stream = StreamWriter::try_new(Vec::new(), batch.schema_ref()).unwrap();
    stream.write(batch).unwrap();
    stream.into_inner().unwrap()
}

/// A module whose exports give these bytes: a start, a part that is repeated so many times, and an end.
pub(crate) fn giving(exports: &[&str], start: &[u8], part: &[u8], times: usize, end: &[u8]) -> String {
    let escaped = |bytes: &[u8]| {
        bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "\\{byte:02x}").unwrap();
            text
        })
    };
    let parts = start.len() + part.len() * times;
    let length = parts + end.len();
    let function = |name| format!(r#"(func (export "{name}") (result i32) (call $give) (i32.const 0))"#);
    let exports = exports.iter().map(function).collect::<Vec<_>>().concat();
    format!(
        r#"(module
            (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
            (import "extism:host/env" "store_u64" (func $store (param i64 i64)))
            (import "extism:host/env" "output_set" (func $output (param i64 i64)))
            (memory {pages})
            (data (i32.const 0) "{start}{part}")
            (func $give (local $block i64) (local $at i32)
                (local.set $at (i32.const {first}))
                (block $done (loop $next
                    (br_if $done (i32.ge_u (i32.add (local.get $at) (i32.const {size})) (i32.const {parts})))
                    (memory.copy (i32.add (local.get $at) (i32.const {size})) (i32.const {first}) (i32.const {size}))
                    (local.set $at (i32.add (local.get $at) (i32.const {size})))
                    (br $next)))
                (memory.init $end (i32.const {parts}) (i32.const 0) (i32.const {rest}))
                (local.set $block (call $alloc (i64.const {room})))
                (local.set $at (i32.const 0))
                (loop $next
                    (call $store
                        (i64.add (local.get $block) (i64.extend_i32_u (local.get $at)))
                        (i64.load (local.get $at)))
                    (local.set $at (i32.add (local.get $at) (i32.const 8)))
                    (br_if $next (i32.lt_u (local.get $at) (i32.const {length}))))
                (call $output (local.get $block) (i64.const {length})))
            (data $end "{end}")
            {exports})"#,
        pages = (length + 8).div_ceil(1 << 16),
        start = escaped(start),
        part = escaped(part),
        end = escaped(end),
        first = start.len(),
        size = part.len(),
        rest = end.len(),
        room = length.next_multiple_of(8).max(8),
    )
}

/// A module whose exports give back their input.
pub(crate) fn echoing(exports: &[&str]) -> String {
    let function = |name| format!(r#"(func (export "{name}") (call $give (call $at) (call $length)))"#);
    let exports = exports.iter().map(function).collect::<Vec<_>>().concat();
    format!(
        r#"(module
            (import "extism:host/env" "input_offset" (func $at (result i64)))
            (import "extism:host/env" "input_length" (func $length (result i64)))
            (import "extism:host/env" "output_set" (func $give (param i64 i64)))
            {exports})"#
    )
}
