//! Tests initializers of any signature, which run before the first call.

use extism_runtime::{
    Error, Manifest, Plugin, ValType, Wasm,
    error::LinkProblem,
    value::{ExternType, FuncType},
};

/// A plug-in with these fields; `value` returns the global `$value`, which is 0 at first.
fn module(fields: &str) -> String {
    format!(
        r#"(module (global $value (mut i32) (i32.const 0))
            (func (export "value") (result i32) (global.get $value)) {fields})"#
    )
}

/// An initializer with this signature that sets the value to 1.
fn initializer(name: &str, ty: &str, result: &str) -> String {
    format!(r#"(func (export "{name}") {ty} (global.set $value (i32.const 1)) {result})"#)
}

fn value(fields: &str) -> i32 {
    match Plugin::new(module(fields)).unwrap().call::<_, ()>("value", ()) {
        Ok(()) => 0,
        Err(Error::Guest { code, .. }) => code,
        Err(error) => panic!("{error}"),
    }
}

fn problem(fields: &str) -> (LinkProblem, String) {
    match Plugin::new(module(fields)).unwrap_err() {
        Error::Link(error) => match error.problems.as_slice() {
            [problem] => (problem.clone(), error.to_string()),
            problems => panic!("{problems:?}"),
        },
        error => panic!("{error}"),
    }
}

#[test]
fn what_hs_init_returns_is_ignored() {
    for (result, value_of) in [("", ""), ("i32", "i32.const 7"), ("i64", "i64.const 7"), ("f64", "f64.const 7")] {
        let ty = format!("(param i32 i32) (result {result})");
        assert_eq!(value(&initializer("hs_init", &ty, &format!("({value_of})").replace("()", ""))), 1, "{result}");
    }
}

#[test]
fn constructors_of_another_signature_are_not_called() {
    for (ty, result) in [("(param i32)", ""), ("(result i32)", "(i32.const 3)")] {
        assert_eq!(value(&initializer("__wasm_call_ctors", ty, result)), 0, "{ty}");
    }
    let reactor = initializer("_initialize", "", "");
    let odd = r#"(func (export "__wasm_call_ctors") (param i32) unreachable)"#;
    assert_eq!(value(&format!("{reactor} {odd}")), 1);
}

#[test]
fn an_initializer_that_cannot_be_called_is_refused() {
    let i32s = |count: usize| vec![ValType::I32; count];
    let (initialize, haskell) = (FuncType::new([], []), FuncType::new(i32s(2), []));
    for (name, ty, result, found, expected) in [
        ("_initialize", "(result i32)", "(i32.const 0)", FuncType::new([], i32s(1)), &initialize),
        ("_initialize", "(param i32)", "", FuncType::new(i32s(1), []), &initialize),
        ("_initialize", "(param i64)", "", FuncType::new([ValType::I64], []), &initialize),
        ("hs_init", "", "", FuncType::new([], []), &haskell),
        ("hs_init", "(param i32)", "", FuncType::new(i32s(1), []), &haskell),
        ("hs_init", "(param i32 i64)", "", FuncType::new([ValType::I32, ValType::I64], []), &haskell),
    ] {
        let (problem, text) = problem(&initializer(name, ty, result));
        let sentence = format!(
            "cannot link plug-in `main`: module `main` exports `{name}`, which initializes it and should be {expected}, \
             but is {found}"
        );
        assert!(text.ends_with(sentence.split_once("`main`: ").unwrap().1), "{text}");
        let LinkProblem::Initializer { module, name: export, found: ty, expected: right, .. } = problem else {
            panic!("{text}")
        };
        assert_eq!((module.as_str(), export.as_str()), ("main", name));
        assert_eq!((ty, &right), (ExternType::Func(found), expected));
    }
    let (_, text) = problem(r#"(global (export "_initialize") i32 (i32.const 1))"#);
    assert!(text.ends_with("should be () -> (), but is a global"), "{text}");
    // Not Haskell's.
    assert_eq!(value(r#"(memory (export "hs_init") 1)"#), 0);
}

#[test]
fn a_librarys_initializer_is_looked_at_too() {
    let library = r#"(module (func (export "_initialize") (param i32)) (func (export "f")))"#;
    let main = r#"(module (import "lib" "f" (func)))"#;
    let manifest = Manifest::new([Wasm::data(library).with_name("lib"), Wasm::data(main)]);
    let error = Plugin::new(manifest).unwrap_err().to_string();
    assert!(error.contains("module `lib` exports `_initialize`"), "{error}");
}
