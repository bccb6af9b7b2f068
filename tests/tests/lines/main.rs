//! Traps with files and lines, of guests with debug information.

mod core_dumps;
mod hostile;

use std::fs;

use extism_runtime::{
    Engine, Error, Manifest, Plugin, PluginBuilder, Wasm,
    error::{Frame, TrapError},
};
use extism_tests::guest;

fn plugin(file: &str) -> Plugin {
    Plugin::new(guest(file)).expect("the plug-in builds")
}

fn trap(plugin: &mut Plugin, export: &str, input: &str) -> TrapError {
    match plugin.call::<_, String>(export, input) {
        Err(Error::Trap { trap, .. }) => trap,
        other => panic!("{other:?}"),
    }
}

/// The number of the line in a guest's source that has this text.
fn line_of(source: &str, text: &str) -> u32 {
    let source = fs::read_to_string(guest(source)).unwrap();
    let lines: Vec<_> = (1..).zip(source.lines()).filter(|(_, line)| line.contains(text)).collect();
    assert_eq!(lines.len(), 1, "`{text}`: {lines:?}");
    lines[0].0
}

/// The functions of the frames as shown, each with its file and line: `name at file:line`.
fn shown(frames: &[Frame]) -> Vec<String> {
    let one = |name: Option<&str>, file: Option<&str>, line: Option<u32>| {
        let place = file.zip(line).map(|(file, line)| format!(" at {file}:{line}")).unwrap_or_default();
        format!("{}{place}", name.unwrap_or("?"))
    };
    let mut shown = Vec::new();
    for frame in frames {
        let inlined = frame.inlined().iter();
        shown.extend(inlined.map(|inlined| one(inlined.name.as_deref(), inlined.file.as_deref(), inlined.line)));
        shown.push(one(frame.name.as_deref(), frame.file(), frame.line()));
    }
    shown
}

const RUST: &str = "lines_rust/src/lib.rs";

#[test]
fn a_trap_in_rust_has_the_lines_of_its_functions_and_of_those_inlined_into_them() {
    let mut plugin = plugin("lines_rust.wasm");
    assert_eq!(plugin.call::<_, String>("divide", "6").unwrap(), "70");
    let trap = trap(&mut plugin, "divide", "0");
    let at = |name: &str, text: &str| format!("{name} at {RUST}:{}", line_of(RUST, text));
    let mut frames = shown(&trap.backtrace);
    // The innermost function is the standard library's.
    assert!(frames.remove(0).starts_with("unreachable at rust/library/"));
    assert_eq!(frames[0], at("inlined", "core::arch::wasm32::unreachable()"));
    assert_eq!(frames[1], at("lines_rust::outer", "let quotient = inlined(divisor);"));
    assert_eq!(frames[2], at("inner", "Ok(outer(divisor).to_string())"));
    assert!(frames[3].starts_with(&format!("divide at {RUST}:")), "{frames:?}");
    assert_eq!(trap.backtrace[0].column(), Some(20));
}

#[test]
fn a_panic_in_rust_has_the_line_that_panics() {
    let trap = trap(&mut plugin("lines_rust.wasm"), "look_up", "abc");
    let frames = shown(&trap.backtrace);
    let panics = format!("lines_rust::place at {RUST}:{}", line_of(RUST, "    list[index]"));
    assert!(frames.contains(&panics), "{frames:#?}");
    // What is the standard library's has its places there.
    assert!(frames.iter().any(|frame| frame.contains("panicking.rs:")), "{frames:#?}");
}

#[test]
fn a_trap_in_c_has_its_lines() {
    let mut plugin = plugin("lines_c.wasm");
    assert_eq!(plugin.call::<_, String>("divide", "6").unwrap(), "76");
    let trap = trap(&mut plugin, "divide", "0");
    let at = |name: &str, text: &str| format!("{name} at lines.c:{}", line_of("lines.c", text));
    let expected = [
        at("divided", "__builtin_trap();"),
        at("outer", "uint32_t quotient = divided(420, divisor);"),
        at("divide", "uint32_t result = outer(divisor);"),
    ];
    assert_eq!(shown(&trap.backtrace), expected);
}

#[test]
fn a_trap_in_zig_has_its_lines() {
    let mut plugin = plugin("lines_zig.wasm");
    assert_eq!(plugin.call::<_, String>("pick", "abc").unwrap(), "ccc");
    let trap = trap(&mut plugin, "pick", "");
    let at = |name: &str, text: &str| format!("{name} at lines.zig:{}", line_of("lines.zig", text));
    let expected = [
        at("checked", "@trap();"),
        at("lines.outer", "return checked(length);"),
        at("lines.pick", "const byte = outer(length);"),
    ];
    assert_eq!(shown(&trap.backtrace), expected);
}

#[test]
fn a_message_shows_files_lines_and_columns() {
    let trap = trap(&mut plugin("lines_c.wasm"), "divide", "0");
    let [inner, outer, divide] =
        ["__builtin_trap();", "uint32_t quotient", "uint32_t result"].map(|text| line_of("lines.c", text));
    let expected = format!(
        "wasm trap: wasm `unreachable` instruction executed\nwasm backtrace:
    0: divided (inlined) at lines.c:{inner}:9
       outer at lines.c:{outer}:25
    1: divide at lines.c:{divide}:23"
    );
    assert_eq!(trap.to_string(), expected);
    assert!(format!("{trap:?}").contains("lines.c"));
}

#[test]
fn linked_modules_have_their_lines_each() {
    let main = r#"(module (import "lines" "divide" (func $divide (result i32)))
        (func (export "main") (result i32) (call $divide)))"#;
    let library = Wasm::file(guest("lines_c.wasm")).with_name("lines");
    let mut plugin = Plugin::new(Manifest::new([library, Wasm::data(main).with_name("main")])).unwrap();
    let trap = trap(&mut plugin, "main", "0");
    let frames = shown(&trap.backtrace);
    let line = line_of("lines.c", "__builtin_trap();");
    assert_eq!((frames.len(), &*frames[0], &*frames[3]), (4, &*format!("divided at lines.c:{line}"), "?"));
}

#[test]
fn lines_are_there_whether_code_comes_from_the_cache_or_not_and_in_every_engine() {
    let folder = tempfile::tempdir().unwrap();
    let cached = || Engine::builder().with_cache_directory(folder.path());
    let fuel = Engine::builder().with_cache(false).with_fuel(true);
    let without_pool = Engine::builder().with_cache(false).with_pool_size(0);
    let loops = Engine::builder().with_cache(false).with_bulk_copies(false);
    let one = Engine::builder().with_cache(false).with_pool_size(1);
    let expected = trap(&mut plugin("lines_c.wasm"), "divide", "0").to_string();
    for engine in [cached(), cached(), fuel, without_pool, loops, one] {
        let engine = engine.build().unwrap();
        let build = || PluginBuilder::new(guest("lines_c.wasm")).with_engine(&engine).build().unwrap();
        // With a pool of one, the second instance is not from it.
        let (mut first, mut second): (Plugin, Plugin) = (build(), build());
        assert_eq!(trap(&mut first, "divide", "0").to_string(), expected);
        assert_eq!(trap(&mut second, "divide", "0").to_string(), expected);
    }
}

/// Of a plug-in whose code is in the cache, the module is read at the first trap.
#[test]
fn if_the_module_is_gone_when_it_traps_the_trap_has_no_lines() {
    let folder = tempfile::tempdir().unwrap();
    let (module, cache) = (folder.path().join("module.wasm"), folder.path().join("cache"));
    fs::copy(guest("lines_c.wasm"), &module).unwrap();
    let build = || -> Plugin {
        let engine = Engine::builder().with_cache_directory(&cache).build().unwrap();
        PluginBuilder::new(&module).with_engine(&engine).build().unwrap()
    };
    let expected = shown(&trap(&mut build(), "divide", "0").backtrace);
    assert!(expected[0].starts_with("divided at lines.c:"), "{expected:?}");
    let mut plugins = [build(), build(), build()];
    assert_eq!(shown(&trap(&mut plugins[0], "divide", "0").backtrace), expected);
    // The fused module is made again.
    fs::remove_dir_all(cache.join("code-fused")).unwrap();
    assert_eq!(shown(&trap(&mut plugins[1], "divide", "0").backtrace), expected);
    fs::write(&module, "(module)").unwrap();
    assert_eq!(shown(&trap(&mut plugins[2], "divide", "0").backtrace), ["outer", "divide"]);
    assert_eq!(plugins[2].call::<_, String>("divide", "6").unwrap(), "76");
}

#[test]
fn an_engine_can_leave_the_lines_out() {
    let engine = Engine::builder().with_cache(false).with_source_lines(false).build().unwrap();
    let mut plugin: Plugin = PluginBuilder::new(guest("lines_c.wasm")).with_engine(&engine).build().unwrap();
    let trap = trap(&mut plugin, "divide", "0");
    assert_eq!(shown(&trap.backtrace), ["outer", "divide"]);
}

#[test]
fn traps_at_the_same_place_are_equal() {
    let mut plugin = plugin("lines_rust.wasm");
    let one = trap(&mut plugin, "divide", "0");
    assert_eq!(one, trap(&mut plugin, "divide", "zero"));
    assert_ne!(one, trap(&mut plugin, "look_up", "abc"));
}

/// What the lines cost a call: nothing, as the machine code is the same.
#[test]
fn code_whose_places_are_known_is_the_same_code() {
    let module = fs::read(guest("lines_rust.wasm")).unwrap();
    let code = [false, true].map(|with_places| {
        let mut config = wasmtime::Config::new();
        config.epoch_interruption(true).native_unwind_info(false).generate_address_map(with_places);
        let engine = wasmtime::Engine::new(&config).unwrap();
        wasmtime::Module::new(&engine, &module).unwrap().text().to_vec()
    });
    assert!(code[0] == code[1]);
}
