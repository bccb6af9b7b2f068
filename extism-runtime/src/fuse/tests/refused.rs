//! Tests what is not fused, or only in part.

use wasm_encoder::{CodeSection, EntityType, FunctionSection, ImportSection, Module, TypeSection, ValType};

use super::guest::{FusedGuest, engine};
use crate::fuse::{FuseError, KernelMemory, MEMORY_MODULE, fuse};

fn module(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

fn refused(wasm: &[u8]) -> FuseError {
    fuse(wasm, KernelMemory::Define).unwrap_err()
}

fn invalid(message: &str, offset: usize) -> FuseError {
    FuseError::Invalid { message: message.to_owned(), offset }
}

#[test]
fn what_is_no_module_is_refused_with_its_place() {
    assert_eq!(refused(b""), invalid("unexpected end-of-file", 0));
    assert_eq!(refused(b"\0asm"), invalid("unexpected end-of-file", 4));
    assert_eq!(refused(b"\0asm\x0d\0\x01\0"), FuseError::Component);
    assert_eq!(refused(b"\0asm\x0d\0\x01\0 what follows"), FuseError::Component);
    let text = "magic header not detected: bad magic number - expected=[\n    0x0,\n    0x61,\n    0x73,\n    0x6d,\n] \
                actual=[\n    0x28,\n    0x6d,\n    0x6f,\n    0x64,\n]";
    assert_eq!(refused(b"(module)"), invalid(text, 0));
    let wasm = module("(module (func (result i32) (i32.const 1)))");
    // A module may end after its types.
    for length in (9..15).chain(16..wasm.len()) {
        assert!(matches!(refused(&wasm[..length]), FuseError::Invalid { offset, .. } if offset <= length), "{length}");
    }
    let wrong = module("(module (func (result i32) (i64.const 1)))");
    let message = "type mismatch: expected i32, found i64";
    assert_eq!(refused(&wrong).to_string(), format!("{message} (at byte 26)"));
}

#[test]
fn guests_cannot_ask_for_the_kernels_memory() {
    let text = r#"(module (import "extism:kernel" "memory" (memory 1)))"#;
    let failure = FuseError::Reserved { module: "extism:kernel".to_owned(), name: "memory".to_owned() };
    let import = KernelMemory::Import { module: MEMORY_MODULE, name: "memory" };
    for memory in [KernelMemory::Define, import] {
        assert_eq!(fuse(&module(text), memory).unwrap_err(), failure);
    }
}

#[test]
fn a_module_at_a_limit_of_engines_is_refused() {
    let text = format!("(module {})", "(memory 0)".repeat(100));
    assert_eq!(refused(&module(&text)), FuseError::Full { what: "memories", limit: 100 });
    let text = format!("(module {})", "(memory 0)".repeat(99));
    assert_eq!(fuse(&module(&text), KernelMemory::Define).unwrap().initial_pages, 0);
}

/// Returns a module that imports `alloc`, which calls other kernel functions, and has this many types and functions.
fn large(types: u32, functions: u32) -> Vec<u8> {
    let (mut ty, mut import, mut function) = (TypeSection::new(), ImportSection::new(), FunctionSection::new());
    ty.ty().function([ValType::I64], [ValType::I64]);
    for _ in 1..types {
        ty.ty().function([], []);
    }
    import.import("extism:host/env", "alloc", EntityType::Function(0));
    let mut code = CodeSection::new();
    for _ in 1..functions {
        function.function(1);
        code.raw(&[0, 0x0b]);
    }
    let mut module = Module::new();
    module.section(&ty).section(&import).section(&function).section(&code);
    module.finish()
}

/// Returns a module with a function of `bytes` bytes that calls a kernel function whose new index takes one more byte.
fn long(name: &str, result: ValType, bytes: usize) -> Vec<u8> {
    let (mut ty, mut import, mut function) = (TypeSection::new(), ImportSection::new(), FunctionSection::new());
    ty.ty().function([ValType::I64], [result]);
    import.import("extism:host/env", name, EntityType::Function(0));
    for _ in 0..128 {
        import.import("host", "other", EntityType::Function(0));
    }
    function.function(0);
    // No locals, local.get 0, call 0, then nop, and end.
    let mut body = vec![0, 0x20, 0, 0x10, 0];
    body.resize(bytes - 1, 0x01);
    body.push(0x0b);
    let mut code = CodeSection::new();
    code.raw(&body);
    let mut module = Module::new();
    module.section(&ty).section(&import).section(&function).section(&code);
    module.finish()
}

#[test]
fn a_function_without_an_end_is_refused() {
    let (mut ty, mut function, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    ty.ty().function([], []);
    function.function(0);
    code.raw(&[0, 0x01]);
    let mut module = Module::new();
    module.section(&ty).section(&function).section(&code);
    assert_eq!(refused(&module.finish()), invalid("control frames remain at end of function body or expression", 24));
}

#[test]
fn a_module_with_no_room_for_the_kernel_is_refused() {
    const MOST: u32 = 1_000_000;
    const LONGEST: usize = 7_654_321;
    let full = |what, limit| FuseError::Full { what, limit };
    assert_eq!(refused(&large(2, MOST)), full("functions", MOST as usize));
    assert_eq!(refused(&large(MOST, 2)), full("types", MOST as usize));
    assert_eq!(refused(&long("alloc", ValType::I64, LONGEST)), full("bytes in a function", LONGEST));
    // The last call is not replaced.
    for wasm in [
        large(MOST - 100, MOST - 100),
        long("alloc", ValType::I64, LONGEST - 1),
        long("load_u8", ValType::I32, LONGEST - 1),
    ] {
        let fused = fuse(&wasm, KernelMemory::Define).unwrap();
        wasmparser::Validator::new().validate_all(&fused.wasm).unwrap();
    }
}

/// Calls are not replaced where that would take too many scratch locals or too much code.
#[test]
fn calls_are_inlined_only_where_there_is_room() {
    let import = r#"(import "extism:host/env" "load_u8" (func $load (param i64) (result i32)))
        (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))"#;
    for locals in [49_990, 49_996, 49_997, 50_000] {
        let text = format!(
            "(module {import} (func (export \"f\") (result i32) (local {}) (call $load (call $alloc (i64.const 1)))))",
            "i32 ".repeat(locals)
        );
        assert_eq!(FusedGuest::new(&engine(), &text).call("f", &[]), 0, "{locals}");
    }
    let calls = "(drop (call $load (i64.const 0)))".repeat(40_000);
    let wasm = module(&format!("(module {import} (func {calls}))"));
    let fused = fuse(&wasm, KernelMemory::Define).unwrap();
    assert!(fused.wasm.len() < 4 * wasm.len(), "{} bytes from {}", fused.wasm.len(), wasm.len());
}

/// Several imports of a large function do not copy it several times.
#[test]
fn many_imports_of_a_function_do_not_multiply_it() {
    let import = r#"(import "extism:host/env" "free" (func (param i64)))"#;
    let wasm = module(&format!("(module {})", import.repeat(5_000)));
    let fused = fuse(&wasm, KernelMemory::Define).unwrap();
    assert!(fused.wasm.len() < wasm.len(), "{} bytes from {}", fused.wasm.len(), wasm.len());
}
