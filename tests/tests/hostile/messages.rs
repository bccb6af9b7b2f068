//! Tests the contents of messages that plug-ins control: control characters, endless texts and names.

use std::fmt::Write as _;

use extism_runtime::{
    Error, Json, Manifest, Plugin, PluginBuilder, Val, ValType, Wasm,
    error::{LinkProblem, MissingHint},
};

use crate::{builder, error_of, failure, manifest, number, plugin, wat};

/// Makes a terminal's text red, rings its bell and starts a new line: as bytes, in WAT, and escaped.
const NASTY: (&str, &str, &str) = ("a\x1b[31m\n\x07b", r"a\1b[31m\n\07b", r"a\u{1b}[31m\n\u{7}b");

/// Returns the message of a plug-in that cannot be built.
fn refused(wat: impl Into<String>) -> String {
    PluginBuilder::new(Wasm::data(wat.into())).with_name("hostile").build().expect_err("it is refused").to_string()
}

#[test]
fn names_in_messages_have_their_control_characters_escaped() {
    let (raw, wat, shown) = NASTY;
    let mut plugin = plugin(&format!(r#"(func $"{wat}" (export "{wat}") (unreachable))"#));
    let error = error_of(&mut plugin, raw, b"");
    assert_eq!(error.site().map(|site| site.export_name()), Some(raw), "the field holds it as it is");
    let expected = format!(
        "plug-in `hostile`, export `{shown}`: wasm trap: wasm `unreachable` instruction executed\n\
         wasm backtrace:\n    0: {shown}"
    );
    assert_eq!(error.to_string(), expected);
    let error = plugin.call::<_, ()>(&raw[1..], b"").expect_err("a misspelt name");
    let expected = format!("plug-in `hostile`: no export `{}` (did you mean `{shown}`?)", &shown[1..]);
    assert_eq!(error.to_string(), expected);

    let expected = format!(
        "cannot link plug-in `hostile`:\n  - module `main` imports `{shown}`.`{shown}` () -> (), which nothing provides \
         (provide it with `.with_functions(..)`, or add a module named like the namespace to the manifest)\n  - \
         module `main` imports the \
         memory 1.. pages `{shown}`.`{shown}`, which no other module exports"
    );
    let module = format!(r#"(module (import "{wat}" "{wat}" (func)) (import "{wat}" "{wat}" (memory 1)))"#);
    assert_eq!(refused(module), expected);
    let expected =
        "cannot compile module `main`: duplicate export name `a\\u{1b}[31m\n\\u{7}b` already defined (at byte 34)";
    assert_eq!(refused(format!(r#"(module (func (export "{wat}")) (func (export "{wat}")))"#)), expected);
}

#[test]
fn a_guests_error_is_shown_escaped_and_kept_as_it_is() {
    let mut plugin = plugin(
        r#"(func (export "fail") (call $error_set (call $input_offset)))
           (func (export "trap") (call $error_set (call $input_offset)) (unreachable))"#,
    );
    let error = error_of(&mut plugin, "fail", NASTY.0.as_bytes());
    assert_eq!(error.to_string(), "plug-in `hostile`, export `fail`: a\\u{1b}[31m\n\\u{7}b (code 0)");
    assert!(matches!(error, Error::Guest { message, .. } if message == NASTY.0));
    let text = failure(&mut plugin, "trap", b"\x1b[2J\xff");
    assert!(text.contains("executed, after the error: \\u{1b}[2J\u{fffd}\nwasm backtrace:"), "{text}");
}

#[test]
fn a_guests_error_is_cut_at_a_megabyte() {
    let mut plugin = plugin(r#"(func (export "fail") (call $error_set (call $input_offset)))"#);
    // Each byte would become three bytes.
    let input = vec![0xff; 200 << 20];
    let mut message = String::new();
    let used = allocation_counter::measure(|| match error_of(&mut plugin, "fail", &input) {
        Error::Guest { message: text, .. } => message = text,
        error => panic!("{error}"),
    });
    assert_eq!(message, format!("{}... (208666624 more bytes)", "\u{fffd}".repeat(1 << 20)));
    assert!(used.bytes_max < 20 << 20, "{used:?}");
}

#[test]
fn long_names_are_cut() {
    // The longest name that a module may have.
    let long = "x".repeat(100_000);
    let shown = format!("{}... (100000 bytes)", "x".repeat(300));
    let mut plugin = plugin(&format!(r#"(func $"{long}" (export "f") (call $"{long}"))"#));
    let error = error_of(&mut plugin, "f", b"").to_string();
    let backtrace = error.split_once("wasm backtrace:").expect("a backtrace").1;
    let expected = (0..20).fold(String::new(), |mut text, depth| {
        write!(text, "\n  {depth:>3}: {shown}").expect("a string");
        text
    });
    assert_eq!(backtrace, expected);
    let module = format!(r#"(module (import "{long}" "{long}" (func)))"#);
    let expected = format!(
        "cannot link plug-in `hostile`: module `main` imports `{shown}`.`{shown}` () -> (), which nothing provides \
         (provide \
         it with `.with_functions(..)`, or add a module named like the namespace to the manifest)"
    );
    assert_eq!(refused(module), expected);
}

/// A name in Rust's mangling (RFC 2603) of a function over tuples, each of which contains the previous one twice.
fn doubling(levels: usize) -> String {
    let digits = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let digit = |number: usize| char::from(digits[number % 62]);
    // Places are below 62 * 62; the number 0 has no digits, 1 has the digit 0.
    let place = |at: usize| match at - 1 {
        small @ 0..62 => format!("B{}_", digit(small)),
        large => format!("B{}{}_", digit(large / 62), digit(large)),
    };
    let mut name = String::from("_RINvC1a1f");
    let mut before = String::from("j");
    for _ in 0..levels {
        let at = name.len() - 2;
        name.push_str(&format!("T{before}{before}E"));
        before = place(at);
    }
    name + "E"
}

#[test]
fn short_names_that_stand_for_very_long_ones_are_cut() {
    let name = doubling(30);
    assert!(name.len() < 400);
    let mut plugin = plugin(&format!(r#"(func $"{name}" (export "f") (call $"{name}"))"#));
    let error = error_of(&mut plugin, "f", b"");
    let Error::Trap { trap, .. } = &error else { panic!("{error}") };
    assert_eq!(trap.backtrace.len(), 20);
    for frame in &trap.backtrace {
        let name = frame.name.as_deref().expect("it has a name");
        assert!(name.starts_with("a::f::<(usize, usize), ((usize, usize), (usize, usize)), "), "{name}");
        assert!(name.ends_with("... (cut)") && name.len() < 2100, "{} bytes", name.len());
    }
    assert!(error.to_string().len() < 20 * 400, "{error}");
}

#[test]
fn errors_that_quote_what_they_read_are_cut() {
    let long = "x".repeat(12 << 20);
    let text = long.clone();
    let mut plugin = builder(manifest(
        r#"(import "extism:host/user" "fails" (func $fails (param i64) (result i64)))
           (func (export "fail") (drop (call $fails (i64.const 0))))
           (func (export "panic") (drop (call $fails (i64.const 1))))"#,
    ))
    .with_function("fails", [ValType::I64], [ValType::I64], move |_, args, _| match args[0] {
        Val::I64(0) => Err(text.clone().into()),
        _ => panic!("{text}"),
    })
    .build()
    .expect("a plug-in");
    let quoted = format!("\"{long}\"");
    let decode = plugin.call::<_, Json<u8>>("echo", &quoted).expect_err("a text is not a number");
    let host = error_of(&mut plugin, "fail", b"");
    let panic = error_of(&mut plugin, "panic", b"");
    let json = Error::from(Manifest::from_json(format!(r#"{{"wasm": [], "timeout_ms": {quoted}}}"#)).expect_err("no"));
    let toml = Error::from(Manifest::from_toml(format!("wasm = []\ntimeout_ms = {quoted}")).expect_err("no"));
    for error in [decode, host, panic, json, toml] {
        for text in [error.to_string(), format!("{error:?}")] {
            assert!(text.len() < (1 << 20) + 1000, "{} bytes: {}", text.len(), &text[..100]);
        }
    }
}

#[test]
fn long_names_that_nearly_match_are_not_compared() {
    // Comparing them would take 80 GB.
    let (a, b) = ("x".repeat(100_000), "x".repeat(99_999));
    let library = Wasm::data(format!(r#"(module (func (export "{a}")))"#)).with_name("lib");
    let main = Wasm::data(format!(r#"(module (import "lib" "{b}" (func)))"#)).with_name("main");
    let Err(Error::Link(error)) = builder(Manifest::new([library, main])).build() else { panic!("it is refused") };
    let [LinkProblem::Missing { name, hint, .. }] = &error.problems[..] else { panic!("{error}") };
    assert_eq!(*name, b);
    assert!(matches!(hint, MissingHint::NoSuchExport { module, nearest: None, .. } if module == "lib"));
    let exporting = format!(r#"(module (func (export "{a}")))"#);
    let error = Plugin::new(exporting).expect("a plug-in").call::<_, ()>(&b, ()).expect_err("no such export");
    assert!(error.to_string().ends_with(&format!("no export `{}... (99999 bytes)`", "x".repeat(300))));
}

#[test]
fn of_very_many_problems_the_first_are_told() {
    let exports: String = (0..20_000).map(|at| format!(r#"(export "some_name_{at}" (func 0))"#)).collect();
    let imports: String = (0..20_000).map(|at| format!(r#"(import "lib" "same_name_{at}" (func))"#)).collect();
    let library = Wasm::data(format!("(module (func) {exports})")).with_name("lib");
    let main = Wasm::data(format!("(module {imports})")).with_name("main");
    let Err(Error::Link(error)) = builder(Manifest::new([library, main])).build() else { panic!("it is refused") };
    assert_eq!(error.problems.len(), 1000);
    let LinkProblem::Missing { name, hint, .. } = &error.problems[7] else { panic!("{error}") };
    let MissingHint::NoSuchExport { module, nearest: Some(nearest), .. } = hint else { panic!("{error}") };
    assert_eq!((name.as_str(), module.as_str(), nearest.as_str()), ("same_name_7", "lib", "some_name_7"));
}

#[test]
fn very_many_imports_of_the_environment_are_listed_in_linear_time() {
    let others = r#"(import "extism:host/user" "host" (func (param i64) (result i64)))"#.repeat(50_000);
    let last = r#"(import "extism:host/env" "log_warn" (func (param i64)))"#.repeat(50_000);
    let plugin = builder(Manifest::new([Wasm::data(format!("(module {others} {last})"))])).build().expect("it builds");
    assert_eq!(plugin.imports().len(), 100_000);
}

#[test]
fn a_library_cannot_reach_the_kernels_memory() {
    let main = wat(r#"(func (export "f") (call $give (call $number (i64.const 1))))"#);
    let main = main.replacen("(module", r#"(module (import "a" "f" (func)) (import "b" "f" (func))"#, 1);
    let with = |a: &str, b: &str| {
        let modules = [("a", a), ("b", b), ("main", &main)].map(|(name, wat)| Wasm::data(wat).with_name(name));
        builder(Manifest::new(modules)).build()
    };
    let plain = r#"(module (func (export "f")))"#;
    assert_eq!(number(&mut with(plain, plain).expect("it builds"), "f"), 1);
    let spy = r#"(module (import "extism:kernel" "memory" (memory 1)) (func (export "f")))"#;
    let error = with(plain, spy).expect_err("the namespace is the runtime's own").to_string();
    let expected = "cannot compile module `b`: the module imports `memory` from `extism:kernel`, which is reserved for the \
         runtime";
    assert_eq!(error, expected);
    for (namespace, name) in [("a", "extism:kernel/memory"), ("extism:host/env", "memory")] {
        let spy = format!(r#"(module (import "{namespace}" "{name}" (memory 1)) (func (export "f")))"#);
        let Err(Error::Link(error)) = with(plain, &spy) else { panic!("{namespace} {name}") };
        let [LinkProblem::NotAFunction { module, namespace: from, name: import, kind, .. }] = &error.problems[..]
        else {
            panic!("{error}")
        };
        let found = [module, from, import, kind].map(String::as_str);
        assert_eq!(found, ["b", namespace, name, "memory 1.. pages"]);
    }
    let starting = r#"(module (func (export "f")) (func $begin) (start $begin))"#;
    let spy = r#"(module (import "a" "extism:kernel/start" (func)) (func (export "f")))"#;
    let Err(Error::Link(error)) = with(starting, spy) else { panic!("the start function is no export") };
    assert!(matches!(&error.problems[..], [LinkProblem::Missing { name, .. }] if name == "extism:kernel/start"));
    let kernel = [Wasm::data(plain).with_name("extism:kernel"), Wasm::data(main.clone()).with_name("main")];
    let error = builder(Manifest::new(kernel)).build().expect_err("a reserved name");
    assert_eq!(
        error.to_string(),
        "module name `extism:kernel` is reserved for the runtime; choose another `name` in the manifest"
    );
    let _ = manifest;
}
