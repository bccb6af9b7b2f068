//! A plug-in that calls WASI functions with any arguments, for this driver and for the hostile tests.

use std::fmt::Write as _;

/// The functions of WASI with the types of their parameters: `i` for `i32`, `I` for `i64`. All return an errno.
pub const FUNCTIONS: [(&str, &str); 25] = [
    ("path_open", "iiiiiIIii"),
    ("path_rename", "iiiiii"),
    ("path_symlink", "iiiii"),
    ("path_link", "iiiiiii"),
    ("path_create_directory", "iii"),
    ("path_remove_directory", "iii"),
    ("path_unlink_file", "iii"),
    ("path_readlink", "iiiiii"),
    ("path_filestat_get", "iiiii"),
    ("path_filestat_set_times", "iiiiIIi"),
    ("fd_read", "iiii"),
    ("fd_write", "iiii"),
    ("fd_pread", "iiiIi"),
    ("fd_pwrite", "iiiIi"),
    ("fd_close", "i"),
    ("fd_renumber", "ii"),
    ("fd_readdir", "iiiIi"),
    ("fd_filestat_get", "ii"),
    ("fd_filestat_set_size", "iI"),
    ("fd_filestat_set_times", "iIIi"),
    ("fd_fdstat_set_flags", "ii"),
    ("fd_seek", "iIii"),
    ("fd_sync", "i"),
    ("fd_allocate", "iII"),
    ("fd_advise", "iIIi"),
];

/// The address of the input: arguments of eight bytes each, then two strings.
const INPUT: usize = 4096;
/// The addresses of the strings.
pub const TEXTS: [usize; 2] = [INPUT + 128, INPUT + 128 + 512];
/// Maximum bytes of the input.
const MAX_INPUT: usize = 128 + 2 * 512;
/// The address of the results: the number of bytes, a descriptor, the bytes read. The output is the errno and these.
pub const RESULT: usize = 1024;
/// A vector for reading and writing: the 512 bytes at [`CONTENT`].
pub const VECTOR: usize = 512;
pub const CONTENT: usize = RESULT + 64;
const RESULT_LENGTH: usize = 576;

/// Returns the plug-in, which exports each function under its own name.
pub fn wat() -> String {
    let mut imports = String::new();
    let mut exports = String::new();
    for (name, types) in FUNCTIONS {
        let typed = types.chars().map(|ty| if ty == 'i' { " i32" } else { " i64" }).collect::<String>();
        let _ = writeln!(
            imports,
            r#"(import "wasi_snapshot_preview1" "{name}" (func ${name} (param{typed}) (result i32)))"#
        );
        let loads = types.char_indices().map(|(at, ty)| {
            let load = if ty == 'i' { "i32.load" } else { "i64.load" };
            format!("({load} (i32.const {})) ", INPUT + 8 * at)
        });
        let loads = loads.collect::<String>();
        let _ = writeln!(exports, r#"(func (export "{name}") (call $input) {loads} (call ${name}) (call $output))"#);
    }
    format!(
        r#"(module
            {imports}
            (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
            (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
            (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
            (import "extism:host/env" "input_length" (func $length (result i64)))
            (import "extism:host/env" "input_load_u8" (func $load (param i64) (result i32)))
            (memory (export "memory") 1)
            (func $input (local $at i32)
                (i32.store (i32.const {VECTOR}) (i32.const {CONTENT}))
                (i32.store (i32.const {VECTOR_LENGTH}) (i32.const 512))
                (memory.fill (i32.const {RESULT}) (i32.const 0) (i32.const {RESULT_LENGTH}))
                (loop $next
                    (i32.store8 (i32.add (i32.const {INPUT}) (local.get $at))
                        (call $load (i64.extend_i32_u (local.get $at))))
                    (local.set $at (i32.add (local.get $at) (i32.const 1)))
                    (br_if $next (i64.lt_u (i64.extend_i32_u (local.get $at)) (call $length)))))
            (func $output (param $errno i32) (local $at i32) (local $block i64)
                (local.set $block (call $alloc (i64.const {OUTPUT_LENGTH})))
                (call $store (local.get $block) (local.get $errno))
                (loop $next
                    (call $store
                        (i64.add (i64.add (local.get $block) (i64.const 1)) (i64.extend_i32_u (local.get $at)))
                        (i32.load8_u (i32.add (i32.const {RESULT}) (local.get $at))))
                    (local.set $at (i32.add (local.get $at) (i32.const 1)))
                    (br_if $next (i32.lt_u (local.get $at) (i32.const {RESULT_LENGTH}))))
                (call $output_set (local.get $block) (i64.const {OUTPUT_LENGTH})))
            (func (export "trap") unreachable)
            {exports})"#,
        VECTOR_LENGTH = VECTOR + 4,
        OUTPUT_LENGTH = RESULT_LENGTH + 1,
    )
}

/// Returns the input of a call with these arguments; the strings are at [`TEXTS`].
pub fn input(arguments: &[u64], texts: [&[u8]; 2]) -> Vec<u8> {
    let mut input = vec![0; MAX_INPUT];
    let slots = input.chunks_exact_mut(8);
    slots.zip(arguments).for_each(|(slot, argument)| slot.copy_from_slice(&argument.to_le_bytes()));
    for (text, at) in texts.iter().zip(TEXTS) {
        let room = input.iter_mut().skip(at - INPUT).take(512);
        room.zip(*text).for_each(|(place, byte)| *place = *byte);
    }
    input
}

/// Splits an output into the errno, the descriptor or number, and the 512 bytes at [`CONTENT`].
pub fn output(output: &[u8]) -> (u8, u32, &[u8]) {
    let number = output.get(1..5).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u32::from_le_bytes(*bytes));
    (output.first().copied().unwrap_or(u8::MAX), number, output.get(65..).unwrap_or_default())
}
