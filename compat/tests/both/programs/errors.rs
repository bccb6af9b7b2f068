//! What goes wrong, and what programs see of it: texts, root causes, codes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use extism::*;

use super::{Output, guest, shown};

const EMPTY: &str = r#"(module (func (export "f")))"#;

pub(crate) fn run(out: &mut Output) {
    manifests(out);
    imports(out);
    exports(out);
    failures(out);
    limits(out);
    host_functions(out);
}

fn built(out: &mut Output, what: &str, result: Result<Plugin, Error>) {
    match result {
        Ok(_) => say!(out, "{what}: built"),
        Err(error) => say!(out, "{what}: {}", shown(&error)),
    }
}

fn manifests(out: &mut Output) {
    let plugin = |input: WasmInput<'static>| Plugin::new(input, [], false);
    built(out, "no modules", plugin(Manifest::default().into()));
    built(out, "no manifest", plugin("no manifest".into()));
    built(out, "empty text", plugin("".into()));
    built(out, "JSON without modules", plugin("{}".into()));
    built(out, "unknown field", plugin(r#"{"wasm": [], "unknown": 1}"#.into()));
    built(out, "JSON of another form", plugin(r#"{"wasm": 5}"#.into()));
    built(out, "absent file", plugin(Manifest::new([Wasm::file("absent.wasm")]).into()));
    built(out, "folder", plugin(Manifest::new([Wasm::file("/")]).into()));
    let data = || Wasm::data(EMPTY);
    built(out, "wrong hash", plugin(Manifest::new([data().with_hash("00")]).into()));
    built(out, "same names", plugin(Manifest::new([data().with_name("a"), data().with_name("a"), data()]).into()));
    built(out, "two mains", plugin(Manifest::new([data().with_name("main"), data().with_name("main")]).into()));
    built(out, "two without names", plugin(Manifest::new([data(), data()]).into()));
    built(out, "text with spaces within", plugin("( module)".into()));
    built(out, "comment", plugin(";; text\n(module)".into()));
    // Their texts are the engine's.
    for (what, bytes) in [
        ("not a module", &b"\xff\xff\xff\xff"[..]),
        ("no bytes", b""),
        ("truncated", b"\0asm\x01\0\0"),
        ("invalid", b"\0asm\x01\0\0\0\xff"),
        ("component", b"\0asm\x0d\0\x01\0"),
    ] {
        say!(out, "{what}: {}", plugin(bytes.to_vec().into()).is_err());
    }
    let text = Manifest::new([Wasm::data("(module")]);
    say!(out, "invalid text: {}", plugin(text.into()).is_err());
}

fn imports(out: &mut Output) {
    let plugin = |text: &str| Plugin::new(text, [], false);
    built(out, "unknown function", plugin(r#"(module (import "extism:host/user" "f" (func (param i64))))"#));
    built(out, "of another namespace", plugin(r#"(module (import "env" "g" (func)))"#));
    built(out, "of WASI", plugin(r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func (param i32))))"#));
    let f = || Function::new("f", [PTR], [], UserData::new(()), |_, _, _, _: UserData<()>| panic!("never called"));
    let given = |text: &str| Plugin::new(text, [f()], false);
    let typed = given(r#"(module (import "extism:host/user" "f" (func (param i32))))"#).err().unwrap();
    say!(out, "of another type: {:?}", typed.to_string());
    built(out, "given", given(r#"(module (import "extism:host/user" "f" (func (param i64))))"#));
    built(out, "not imported", given(EMPTY));
    let unknown = plugin(r#"(module (import "extism:host/env" "no_such" (func (param i64) (result i32))))"#).err();
    say!(out, "unknown environment: {:?}", unknown.unwrap().to_string().lines().next());
    let global = plugin(r#"(module (import "extism:host/env" "no_global" (global i32)))"#).err();
    say!(out, "unknown global: {:?}", global.unwrap().to_string().lines().next());
    let compiled = PluginBuilder::new(r#"(module (import "env" "g" (func)))"#).compile();
    say!(out, "compiled: {}", compiled.is_ok());
}

fn called(out: &mut Output, plugin: &mut Plugin, name: &str, input: &str) {
    let output = match plugin.call_get_error_code::<_, Vec<u8>>(name, input) {
        Ok(output) => format!("returned {:?}", String::from_utf8_lossy(&output)),
        Err((error, code)) => format!("{code}, {}", shown(&error)),
    };
    // What `call` makes of it.
    let text = match plugin.call::<_, Vec<u8>>(name, input) {
        Ok(_) => "a success".to_owned(),
        Err(error) => error.root_cause().to_string(),
    };
    say!(out, "{name}: {output}; {text}");
}

fn exports(out: &mut Output) {
    let text = r#"(module
        (memory (export "memory") 1) (global (export "global") i32 (i32.const 0))
        (func (export "none")) (func (export "zero") (result i32) (i32.const 0))
        (func (export "two") (result i32 i32) (i32.const 0) (i32.const 0))
        (func (export "takes") (param i32 i64))
        (func (export "both") (param i32) (result i32 i32) (i32.const 0) (i32.const 0)))"#;
    let mut plugin = Plugin::new(text, [], false).unwrap();
    for name in ["none", "zero", "two", "takes", "both", "memory", "global", "absent", ""] {
        say!(out, "{name} exists: {}", plugin.function_exists(name));
        called(out, &mut plugin, name, "input");
    }
}

fn failures(out: &mut Output) {
    let text = r#"(module
        (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
        (import "extism:host/env" "error_set" (func $error_set (param i64)))
        (import "extism:host/env" "input_offset" (func $input (result i64)))
        (import "extism:host/env" "input_length" (func $length (result i64)))
        (import "extism:host/env" "output_set" (func $output (param i64 i64)))
        (memory 1 1) (table 1 funcref)
        (func $out (call $output (call $input) (call $length)))
        (func (export "code") (result i32) (call $out) (i32.const 7))
        (func (export "negative") (result i32) (call $out) (i32.const -1))
        (func (export "error") (result i32) (call $error_set (call $input)) (i32.const 7))
        (func (export "error_and_zero") (result i32) (call $out) (call $error_set (call $input)) (i32.const 0))
        (func (export "error_without_code") (call $error_set (call $input)))
        (func (export "error_taken_back") (result i32)
            (call $error_set (call $input)) (call $error_set (i64.const 0)) (i32.const 0))
        (func (export "error_and_trap") (call $error_set (call $input)) unreachable)
        (func (export "unreachable") unreachable)
        (func (export "division") (drop (i32.div_s (i32.const 1) (i32.const 0))))
        (func (export "overflow") (drop (i32.div_s (i32.const 0x80000000) (i32.const -1))))
        (func (export "conversion") (drop (i32.trunc_f32_s (f32.const nan))))
        (func (export "bounds") (drop (i32.load (i32.const 65536))))
        (func (export "table") (call_indirect (i32.const 0)))
        (func (export "element") (call_indirect (i32.const 1)))
        (func $deep (export "deep") (call $deep)))"#;
    let mut plugin = Plugin::new(text, [], false).unwrap();
    for name in [
        "code",
        "negative",
        "error",
        "error_and_zero",
        "error_without_code",
        "error_taken_back",
        "error_and_trap",
        "unreachable",
        "division",
        "overflow",
        "conversion",
        "bounds",
        "table",
        "element",
        "deep",
        "code",
    ] {
        called(out, &mut plugin, name, "text");
    }
    called(out, &mut plugin, "error", "");
    let mut plugin = Plugin::new(guest("kitchen_sink.wasm"), [], true).unwrap();
    called(out, &mut plugin, "fail", r#"{"message": "my error", "code": 3}"#);
    called(out, &mut plugin, "fail", r#"{"message": "my error", "code": 0}"#);
    called(out, &mut plugin, "fail", r#"{"message": "", "code": 3}"#);
    called(out, &mut plugin, "return_code", "5");
    called(out, &mut plugin, "error_then_trap", "no luck");
    called(out, &mut plugin, "greet", "World");
    let (error, code) = plugin.call_get_error_code::<_, ()>("fail_with_bytes", [0xff, 0xfe].as_slice()).unwrap_err();
    say!(out, "bytes: {code} {}", shown(&error));
    let exits = r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (import "extism:host/env" "error_set" (func $error_set (param i64)))
        (import "extism:host/env" "input_offset" (func $input (result i64)))
        (memory (export "memory") 1)
        (func (export "zero") (call $exit (i32.const 0)))
        (func (export "three") (call $exit (i32.const 3)))
        (func (export "error_and_zero") (call $error_set (call $input)) (call $exit (i32.const 0)))
        (func (export "error_and_three") (call $error_set (call $input)) (call $exit (i32.const 3))))"#;
    for name in ["zero", "three", "error_and_three"] {
        called(out, &mut Plugin::new(exits, [], true).unwrap(), name, "text");
    }
}

fn limits(out: &mut Output) {
    let echo = |pages: u32, bytes: usize| {
        let mut plugin = Plugin::new(guest("echo.wasm").with_memory_max(pages), [], true).unwrap();
        let result = plugin.call_get_error_code::<_, Vec<u8>>("echo", vec![7; bytes]);
        result.map(|output| output.len()).map_err(|(error, code)| format!("{code}, {}", shown(&error)))
    };
    say!(out, "memory: {:?} {:?}", echo(8, 65536 * 64), echo(200, 65536 * 64));
    let mut plugin = Plugin::new(guest("kitchen_sink.wasm").with_memory_max(64), [], true).unwrap();
    called(out, &mut plugin, "grow_memory", "100");
    let set = |bytes: Option<u64>, input: &str| {
        let mut manifest = guest("kitchen_sink.wasm");
        manifest.memory.max_var_bytes = bytes;
        let mut plugin = Plugin::new(manifest, [], true).unwrap();
        plugin
            .call_get_error_code::<_, ()>("var_set", input)
            .map_err(|(error, code)| format!("{code} {}", error.root_cause()))
    };
    let large = format!("key\n{}", "v".repeat(1 << 20));
    say!(out, "variables: {:?} {:?} {:?}", set(Some(0), "key\nvalue"), set(Some(60), "key\nvalue"), set(None, &large));
    let mut plugin = Plugin::new(guest("kitchen_sink.wasm").with_allowed_host("*"), [], true).unwrap();
    let (error, _) = plugin.call_get_error_code::<_, ()>("http_request", r#"{"url": "not a url"}"#).unwrap_err();
    say!(out, "url: {}", error.root_cause());
}

#[derive(Debug)]
struct Own(u32);

impl std::fmt::Display for Own {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "own error {}", self.0)
    }
}

impl std::error::Error for Own {}

fn host_functions(out: &mut Output) {
    let call = |f: fn(&mut CurrentPlugin, &[Val], &mut [Val], UserData<()>) -> Result<(), Error>| {
        let f = Function::new("reflect", [PTR], [PTR], UserData::new(()), f);
        let mut plugin = Plugin::new(guest("reflect.wasm"), [f], true).unwrap();
        plugin.call_get_error_code::<_, String>("reflect", "text")
    };
    let (error, code) = call(|_, _, _, _| Err(Own(7).into())).unwrap_err();
    say!(out, "own: {code} {:?} {:?}", error.root_cause().to_string(), error.downcast_ref::<Own>().map(|own| own.0));
    let (error, code) = call(|_, _, _, _| Err(Error::from(Own(8)).context("while reflecting"))).unwrap_err();
    say!(out, "context: {code} {:?}", error.root_cause().to_string());
    say!(out, "{:?}", error.chain().any(|cause| cause.to_string() == "while reflecting"));
    say!(
        out,
        "{:?}",
        call(|plugin, inputs, outputs, _| {
            plugin.set_error("set")?;
            outputs[0] = inputs[0].clone();
            Ok(())
        })
        .map_err(|(error, code)| format!("{code} {}", shown(&error)))
    );
    say!(
        out,
        "{:?}",
        call(|plugin, _, _, _| {
            plugin.set_error("set")?;
            Err(Error::msg("returned"))
        })
        .map_err(|(error, code)| format!("{code} {}", shown(&error)))
    );
    say!(
        out,
        "{:?}",
        call(|plugin, inputs, outputs, _| {
            plugin.set_error("set")?;
            plugin.clear_error();
            outputs[0] = inputs[0].clone();
            Ok(())
        })
        .map_err(|(error, code)| format!("{code} {}", shown(&error)))
    );
    say!(
        out,
        "wrong type: {:?}",
        call(|_, _, outputs, _| {
            outputs[0] = Val::I32(1);
            Ok(())
        })
        .is_err()
    );
    let panicked = catch_unwind(AssertUnwindSafe(|| call(|_, _, _, _| panic!("a panic"))));
    say!(
        out,
        "panic: {:?}",
        panicked.err().and_then(|panic| panic.downcast_ref::<&str>().map(|text| text.to_string()))
    );
}
