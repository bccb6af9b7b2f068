//! Tests what fusing adds to a module, removes, and keeps.

use std::collections::BTreeMap;

use wasm_encoder::{
    CustomSection, Encode, IndirectNameMap, Module as Encoder, NameMap, NameSection, RawSection, Section as _,
};
use wasmparser::{KnownCustom, Name, Parser, Payload};
use wasmtime::{Engine, Linker, Memory, MemoryType, Module, Store};

use super::guest::{FusedGuest, engine};
use crate::{
    fuse::{KernelMemory, MEMORY_MODULE, fuse},
    kernel::{self, layout::INITIAL_PAGES},
};

fn module(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

fn define(text: &str) -> Vec<u8> {
    fuse(&module(text), KernelMemory::Define).unwrap().wasm
}

/// Returns the imports and exports, as `module.name` and `name`.
fn shape(wasm: &[u8]) -> (Vec<String>, Vec<String>) {
    let module = Module::new(&Engine::default(), wasm).unwrap();
    let imports = module.imports().map(|import| format!("{}.{}", import.module(), import.name())).collect();
    (imports, module.exports().map(|export| export.name().to_owned()).collect())
}

/// Returns the names of functions and memories.
fn names(wasm: &[u8]) -> (BTreeMap<u32, String>, BTreeMap<u32, String>) {
    let (mut functions, mut memories) = (BTreeMap::new(), BTreeMap::new());
    for payload in Parser::new(0).parse_all(wasm) {
        let Payload::CustomSection(section) = payload.unwrap() else { continue };
        let KnownCustom::Name(names) = section.as_known() else { continue };
        for part in names {
            let (into, names) = match part.unwrap() {
                Name::Function(names) => (&mut functions, names),
                Name::Memory(names) => (&mut memories, names),
                _ => continue,
            };
            into.extend(names.into_iter().map(|name| name.map(|name| (name.index, name.name.to_owned())).unwrap()));
        }
    }
    (functions, memories)
}

#[test]
fn a_module_without_imports_gets_the_memory() {
    let wasm = define("(module (memory 1))");
    assert_eq!(shape(&wasm), (vec![], vec!["extism:kernel/memory".to_owned()]));
    assert_eq!(fuse(&wasm, KernelMemory::Define).unwrap().memory_export.unwrap(), "extism:kernel/memory-2");
}

#[test]
fn the_kernels_imports_go_and_all_others_stay() {
    let wasm = define(
        r#"(module
            (type $plain (func (param i64) (result i64)))
            (import "extism:host/env" "config_get" (func (type $plain)))
            (import "extism:host/env" "alloc" (func (type $plain)))
            (import "extism:host/env" "alloc" (func (param i32) (result i32)))
            (import "extism:host/env" "unknown" (func))
            (import "extism:host/user" "alloc" (func (type $plain)))
            (import "extism:host/env" "input_length" (func (result i64)))
            (import "extism:host/env" "memory" (memory 1))
            (rec (type $f (func (param i64) (result i64))) (type (func)))
            (import "extism:host/env" "length" (func (type $f)))
            (type $open (sub (func (param i64) (result i64))))
            (import "extism:host/env" "length_unsafe" (func (type $open))))"#,
    );
    let stay = ["env.config_get", "env.alloc", "env.unknown", "user.alloc", "env.memory", "env.length"];
    let mut stay: Vec<_> = stay.iter().map(|name| format!("extism:host/{name}")).collect();
    stay.push("extism:host/env.length_unsafe".to_owned());
    assert_eq!(shape(&wasm).0, stay);
}

#[test]
fn names_of_parameters_move_with_their_function() {
    let mut wasm = module(
        r#"(module
            (import "extism:host/env" "alloc" (func (param i64) (result i64)))
            (import "host" "other" (func (param i32) (result i32)))
            (func (param i32)))"#,
    );
    let mut functions = IndirectNameMap::new();
    for (function, name) in [(0, "length"), (1, "number"), (2, "argument")] {
        let mut names = NameMap::new();
        names.append(0, name);
        functions.append(function, &names);
    }
    let mut names = NameSection::new();
    names.locals(&functions);
    names.append_to(&mut wasm);
    let wasm = fuse(&wasm, KernelMemory::Define).unwrap().wasm;
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(&wasm) {
        let Payload::CustomSection(section) = payload.unwrap() else { continue };
        let KnownCustom::Name(names) = section.as_known() else { continue };
        for part in names {
            let Name::Local(functions) = part.unwrap() else { continue };
            for function in functions {
                let function = function.unwrap();
                let names = function.names.into_iter().map(|name| name.unwrap().name.to_owned());
                found.push((function.index, names.collect::<Vec<_>>()));
            }
        }
    }
    assert_eq!(found, [(0, vec!["number".to_owned()]), (2, vec!["argument".to_owned()])]);
}

#[test]
fn a_start_function_that_is_imported_is_still_the_same() {
    let text = r#"(module
        (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
        (import "extism:host/env" "reset" (func $reset))
        (import "host" "other" (func $other (param i32) (result i32)))
        (export "alloc" (func $alloc))
        (start $reset))"#;
    let fused = fuse(&module(text), KernelMemory::Define).unwrap();
    let mut guest = FusedGuest::of(&engine(), &fused);
    let first = guest.call("alloc", &[1]);
    assert_ne!(guest.call("alloc", &[1]), first);
    guest.call(&fused.start.unwrap(), &[]);
    assert_eq!(guest.call("alloc", &[1]), first, "the heap is empty again");
}

#[test]
fn a_tables_initial_value_is_still_the_same_function() {
    let mut guest = FusedGuest::new(
        &engine(),
        r#"(module
            (type $other (func (param i32) (result i32)))
            (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
            (import "host" "other" (func $other (type $other)))
            (table $all 2 (ref func) (ref.func $other))
            (func (export "call") (type $other)
                (call_indirect $all (type $other) (local.get 0) (i32.const 1))))"#,
    );
    assert_eq!(guest.call("call", &[41]), 42);
}

#[test]
fn the_start_function_runs_when_the_host_calls_it() {
    let text = r#"(module
        (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
        (global (export "extism:kernel/start") (mut i64) (i64.const 0))
        (func $start (global.set 0 (call $alloc (i64.const 8))))
        (func (export "get") (result i64) (global.get 0))
        (start $start))"#;
    let fused = fuse(&module(text), KernelMemory::Define).unwrap();
    assert_eq!(fused.start.as_deref(), Some("extism:kernel/start-2"));
    let mut guest = FusedGuest::of(&engine(), &fused);
    assert_eq!(guest.call("get", &[]), 0);
    guest.call("extism:kernel/start-2", &[]);
    assert_eq!(guest.call("get", &[]), 0x280);
}

#[test]
fn a_function_imported_twice_is_one() {
    let text = r#"(module
        (import "extism:host/env" "alloc" (func $one (param i64) (result i64)))
        (import "extism:host/env" "length" (func $length (param i64) (result i64)))
        (import "extism:host/env" "alloc" (func $two (param i64) (result i64)))
        (import "host" "other" (func $other (param i32) (result i32)))
        (func (export "one") (param i64) (result i64) (call $one (local.get 0)))
        (func (export "two") (param i64) (result i64) (call $two (local.get 0)))
        (func (export "length") (param i64) (result i64) (call $length (local.get 0)))
        (export "again" (func $two)))"#;
    let mut guest = FusedGuest::new(&engine(), text);
    assert_eq!([guest.call("one", &[1]), guest.call("two", &[2]), guest.call("again", &[3])], [0x280, 0x28e, 0x29c]);
    assert_eq!([0x280, 0x28e, 0x29c].map(|handle| guest.call("length", &[handle])), [1, 2, 3]);
}

#[test]
fn modules_of_one_plugin_share_the_memory() {
    let text = r#"(module
        (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
        (import "extism:host/env" "load_u64" (func $load (param i64) (result i64)))
        (import "extism:host/env" "store_u64" (func $store (param i64 i64)))
        (memory $own (export "own") 2) (memory $second 3)
        (data (memory $own) (i32.const 8) "own data")
        (data $passive "passive!")
        (func (export "alloc") (param i64) (result i64) (call $alloc (local.get 0)))
        (func (export "load") (param i64) (result i64) (call $load (local.get 0)))
        (func (export "store") (param i64 i64) (call $store (local.get 0) (local.get 1)))
        (func (export "work") (result i64)
            (memory.init $second $passive (i32.const 16) (i32.const 0) (i32.const 8))
            (memory.copy $second $own (i32.const 0) (i32.const 8) (i32.const 8))
            (memory.fill $own (i32.const 8) (i32.const 120) (i32.const 3))
            (i32.store8 $own (i32.const 11) (i32.const 121))
            (v128.store $own (i32.const 32) (v128.load $second (i32.const 0)))
            (drop (memory.grow $second (i32.const 1)))
            (i64.add (i64.load $own (i32.const 32))
                (i64.extend_i32_u (i32.mul (memory.size $own) (memory.size $second))))))"#;
    let engine = engine();
    let mut store = Store::new(&engine, ());
    let first = fuse(&module(text), KernelMemory::Define).unwrap();
    let import = KernelMemory::Import { module: MEMORY_MODULE, name: "memory" };
    let second = fuse(&module(text), import).unwrap();
    assert_eq!((second.memory_export, second.initial_pages), (None, 5));
    let mut linker = Linker::new(&engine);
    let first_instance = linker.instantiate(&mut store, &Module::new(&engine, &first.wasm).unwrap()).unwrap();
    let memory = first_instance.get_memory(&mut store, &first.memory_export.unwrap()).unwrap();
    linker.define(&store, MEMORY_MODULE, "memory", memory).unwrap();
    let second_instance = linker.instantiate(&mut store, &Module::new(&engine, &second.wasm).unwrap()).unwrap();
    for instance in [first_instance, second_instance] {
        let work = instance.get_typed_func::<(), i64>(&mut store, "work").unwrap();
        assert_eq!(work.call(&mut store, ()).unwrap(), i64::from_le_bytes(*b"own data") + 2 * 4);
        let own = instance.get_memory(&mut store, "own").unwrap();
        assert_eq!(&own.data(&store)[8..16], b"xxxydata");
    }
    let alloc = first_instance.get_typed_func::<i64, i64>(&mut store, "alloc").unwrap();
    let handle = alloc.call(&mut store, 8).unwrap();
    let write = second_instance.get_typed_func::<(i64, i64), ()>(&mut store, "store").unwrap();
    write.call(&mut store, (handle, -5)).unwrap();
    let load = first_instance.get_typed_func::<i64, i64>(&mut store, "load").unwrap();
    assert_eq!(load.call(&mut store, handle).unwrap(), -5);
    assert_eq!(kernel::block(memory.data(&store), 0x280), Ok(&(-5_i64).to_le_bytes()[..]));
}

#[test]
fn names_are_carried_over_and_the_kernel_has_its_own() {
    let text = r#"(module
        (import "extism:host/env" "free" (func $pdk_free (param i64)))
        (import "extism:host/env" "log_info" (func $pdk_log (param i64)))
        (import "host" "memory" (memory $theirs 1))
        (memory $mine 1)
        (func $work (param $x i64) (call $pdk_free (local.get $x)) (call $pdk_log (local.get $x)))
        (func $more))"#;
    let import = KernelMemory::Import { module: MEMORY_MODULE, name: "memory" };
    for (kernel, expected) in
        [(KernelMemory::Define, ["theirs", "mine", "extism:host/env"]), (import, ["theirs", "extism:host/env", "mine"])]
    {
        let (functions, memories) = names(&fuse(&module(text), kernel).unwrap().wasm);
        let first: Vec<_> = functions.iter().take(4).map(|(index, name)| (*index, name.as_str())).collect();
        let expected_first = [(0, "pdk_log"), (1, "extism:host/env::free"), (2, "work"), (3, "more")];
        assert_eq!(first, expected_first);
        assert_eq!(functions[&4], "extism:host/env::live");
        assert!(functions.iter().skip(4).all(|(_, name)| name.starts_with("extism:host/env::")));
        assert_eq!(memories.into_values().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn custom_sections_stay_unless_they_tell_places_in_code() {
    let mut encoder = Encoder::new();
    for name in [
        "producers",
        ".debug_info",
        "mine",
        "sourceMappingURL",
        "target_features",
        "metadata.code.branch_hint",
        "reloc.CODE",
        "linking",
        "external_debug_info",
        ".debug_line",
    ] {
        encoder.section(&CustomSection { name: name.into(), data: name.as_bytes().into() });
    }
    // A truncated name section, followed by another one.
    encoder.section(&CustomSection { name: "name".into(), data: [1, 100, 3, 0].as_slice().into() });
    let fused = fuse(&encoder.finish(), KernelMemory::Define).unwrap();
    let mut left = Vec::new();
    for payload in Parser::new(0).parse_all(&fused.wasm) {
        if let Payload::CustomSection(section) = payload.unwrap() {
            left.push(section.name().to_owned());
            assert!(section.name() == "name" || section.data() == section.name().as_bytes());
        }
    }
    assert_eq!(left, ["name", "producers", "mine", "target_features"]);
}

#[test]
fn initial_pages_are_those_of_the_guests_own_memories() {
    let text = r#"(module (import "host" "memory" (memory 7)) (memory 3) (memory i64 4))"#;
    assert_eq!(fuse(&module(text), KernelMemory::Define).unwrap().initial_pages, 7);
    assert_eq!(kernel_pages(&define("(module)")), u64::from(INITIAL_PAGES));
}

fn kernel_pages(wasm: &[u8]) -> u64 {
    let module = Module::new(&Engine::default(), wasm).unwrap();
    let memory = module.get_export("extism:kernel/memory").unwrap();
    let memory = memory.unwrap_memory();
    assert_eq!((memory.maximum(), memory.is_64()), (None, false));
    memory.minimum()
}

#[test]
fn sections_in_unusual_places_are_kept() {
    // A data count section without data, and an empty code section.
    let mut encoder = Encoder::new();
    let mut count = Vec::new();
    0_u32.encode(&mut count);
    for id in [1, 2, 3, 4, 5, 6, 7, 9, 12, 10, 11] {
        encoder.section(&RawSection { id, data: &count });
    }
    let fused = fuse(&encoder.finish(), KernelMemory::Define).unwrap();
    assert_eq!(shape(&fused.wasm), (vec![], vec!["extism:kernel/memory".to_owned()]));
}

#[test]
fn the_kernels_memory_can_be_any_that_is_large_enough() {
    let engine = engine();
    let import = KernelMemory::Import { module: MEMORY_MODULE, name: "memory" };
    let fused = fuse(&module("(module)"), import).unwrap();
    let mut store = Store::new(&engine, ());
    let memory = Memory::new(&mut store, MemoryType::new(INITIAL_PAGES + 1, Some(100))).unwrap();
    let mut linker = Linker::new(&engine);
    linker.define(&store, MEMORY_MODULE, "memory", memory).unwrap();
    linker.instantiate(&mut store, &Module::new(&engine, &fused.wasm).unwrap()).unwrap();
}
