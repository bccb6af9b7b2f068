//! What a plug-in is granted, and what it sees: permissions, WASI's streams, environment, clocks and random numbers, HTTP
//! clients and addresses, logs of one plug-in.

mod addresses;
mod deterministic;
mod environment;
mod http_client;
mod logs;
mod permissions;
mod streams;

use std::time::Duration;

use extism_runtime::{Plugin, PluginBuilder};
use extism_tests::{environment as imports, module};

/// Longer than anything here takes: a limit for hangs.
const AGES: Duration = Duration::from_secs(60);

/// A plug-in that uses what WASI offers without files. Each export writes its output to its memory, at 4096, and takes its
/// input from there.
const WASI: &str = r#"
    (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 4)

    (func $give (param $at i32) (param $length i32) (local $block i64) (local $next i32)
        (local.set $block (call $alloc (i64.extend_i32_u (local.get $length))))
        (block $done (loop $again
            (br_if $done (i32.ge_u (local.get $next) (local.get $length)))
            (call $store_u8
                (i64.add (local.get $block) (i64.extend_i32_u (local.get $next)))
                (i32.load8_u (i32.add (local.get $at) (local.get $next))))
            (local.set $next (i32.add (local.get $next) (i32.const 1)))
            (br $again)))
        (call $output_set (local.get $block) (i64.extend_i32_u (local.get $length))))
    (func $take (result i32) (local $next i64)
        (block $done (loop $again
            (br_if $done (i64.ge_u (local.get $next) (call $input_length)))
            (i32.store8 offset=4096 (i32.wrap_i64 (local.get $next)) (call $input_load_u8 (local.get $next)))
            (local.set $next (i64.add (local.get $next) (i64.const 1)))
            (br $again)))
        (i32.wrap_i64 (call $input_length)))
    (func $check (param $errno i32) (result i32)
        (if (local.get $errno) (then (call $take_errno (local.get $errno))))
        (local.get $errno))
    (func $take_errno (param i32) (i32.store (i32.const 4096) (local.get 0)) (call $give (i32.const 4096) (i32.const 4)))

    ;; All variables, each with a zero byte at its end; no more than 2048 bytes.
    (func (export "environment")
        (drop (call $environ_sizes (i32.const 0) (i32.const 4)))
        (drop (call $environ (i32.const 8) (i32.const 4096)))
        (call $give (i32.const 4096) (i32.load (i32.const 4))))
    (func (export "arguments")
        (drop (call $args_sizes (i32.const 0) (i32.const 4)))
        (drop (call $args (i32.const 8) (i32.const 4096)))
        (call $give (i32.const 4096) (i32.load (i32.const 4))))
    ;; Reads once, as many bytes as the input says.
    (func (export "read") (result i32)
        (drop (call $take))
        (i32.store (i32.const 0) (i32.const 8192))
        (i32.store (i32.const 4) (i32.load (i32.const 4096)))
        (if (result i32) (call $check (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
            (then (i32.const 1))
            (else (call $give (i32.const 8192) (i32.load (i32.const 8))) (i32.const 0))))
    (func $print (param $fd i32) (result i32)
        (i32.store (i32.const 0) (i32.const 4096))
        (i32.store (i32.const 4) (call $take))
        (call $check (call $write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))
    (func (export "print") (result i32) (call $print (i32.const 1)))
    (func (export "eprint") (result i32) (call $print (i32.const 2)))
    ;; Wall clock and monotonic clock in nanoseconds, and 16 random bytes.
    (func (export "look")
        (drop (call $clock (i32.const 0) (i64.const 1) (i32.const 4096)))
        (drop (call $clock (i32.const 1) (i64.const 1) (i32.const 4104)))
        (drop (call $random (i32.const 4112) (i32.const 16)))
        (call $give (i32.const 4096) (i32.const 32)))
    ;; Takes a subscription, and gives the number of events.
    (func (export "poll")
        (drop (call $take))
        (drop (call $poll (i32.const 4096) (i32.const 8192) (i32.const 1) (i32.const 0)))
        (call $give (i32.const 0) (i32.const 4)))
    ;; The bits of NaNs that the processor may choose, and what relaxed SIMD makes of an index that is out of range.
    (func (export "nan") (param) (local $a f64) (local $b f64)
        (local.set $a (f64.reinterpret_i64 (i64.const 0xfff8000000000123)))
        (local.set $b (f64.reinterpret_i64 (i64.const 0x7ff8000000000456)))
        (f64.store (i32.const 4096) (f64.add (local.get $a) (local.get $b)))
        (f64.store (i32.const 4104) (f64.sqrt (f64.const -1)))
        (f32.store (i32.const 4112) (f32.demote_f64 (local.get $b)))
        (v128.store (i32.const 4116) (i8x16.relaxed_swizzle
            (v128.const i8x16 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7)
            (v128.const i8x16 16 17 18 19 31 15 0 127 16 16 16 16 16 16 16 16)))
        (call $give (i32.const 4096) (i32.const 36)))
    (func (export "trap") unreachable)"#;

fn wasi_builder() -> PluginBuilder {
    let imports = imports(&["alloc", "store_u8", "input_length", "input_load_u8", "output_set"]);
    PluginBuilder::new(module(&[&imports, WASI])).with_name("sight").with_wasi(true)
}

/// A subscription to a clock: 0 is that of the wall, 1 the monotonic one.
fn subscription(clock: u32, timeout: Duration, absolute: bool) -> [u8; 48] {
    let mut bytes = [0; 48];
    bytes[16..20].copy_from_slice(&clock.to_le_bytes());
    bytes[24..32].copy_from_slice(&u64::try_from(timeout.as_nanos()).unwrap().to_le_bytes());
    bytes[40] = absolute.into();
    bytes
}

/// What the plug-in sees: wall clock, monotonic clock, random bytes.
fn look(plugin: &mut Plugin) -> (Duration, Duration, [u8; 16]) {
    let output: Vec<u8> = plugin.call("look", ()).unwrap();
    let nanos = |bytes: &[u8]| Duration::from_nanos(u64::from_le_bytes(bytes.try_into().unwrap()));
    (nanos(&output[..8]), nanos(&output[8..16]), output[16..].try_into().unwrap())
}
