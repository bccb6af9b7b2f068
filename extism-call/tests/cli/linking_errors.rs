//! Tests modules that do not fit together: exit code 1, and every problem with the modules' names.

use crate::{
    linking::Modules,
    run::{Run, file, folder, run},
};

/// A module that imports `f` from these, and exports its own.
fn importing(others: &[&str]) -> String {
    let imports = others.iter().map(|other| format!(r#"(import "{other}" "f" (func))"#)).collect::<Vec<_>>().concat();
    format!(r#"(module {imports} (func (export "f")))"#)
}

#[test]
fn two_modules_of_one_name_are_refused() {
    let folder = folder();
    let path = file(&folder, "a.wat", importing(&[]));
    let link = format!("a={path}");
    let given = run([path.as_str(), "f", "--link", &link, "--link", &link]);
    let message = "error: two modules in the manifest are named `a` (the default name is `main`); give each a unique \
                   `name`";
    assert_eq!(given, Run::failure(1, &[message]));
}

#[test]
fn names_of_the_runtimes_own_are_refused() {
    for name in ["extism:host/env", "extism:kernel"] {
        let given = Modules::new(&importing(&[]), &[(name, &importing(&[]))]).call("f", &[]);
        let message = format!(
            "error: module name `{name}` is reserved for the runtime; choose another `name` in the \
                               manifest"
        );
        assert_eq!(given, Run::failure(1, &[&message]));
    }
}

#[test]
fn a_circle_is_named_from_module_to_module() {
    let circle = |links: &[(&str, &[&str])]| {
        let texts: Vec<_> = links.iter().map(|(name, others)| (*name, importing(others))).collect();
        let linked: Vec<_> = texts[1..].iter().map(|(name, wat)| (*name, wat.as_str())).collect();
        Modules::new(&texts[0].1, &linked).call("f", &[])
    };
    let message = |names: &str| {
        let message = format!("error: cannot link plug-in `plugin`: modules import each other in a cycle: {names}");
        Run::failure(1, &[&message])
    };
    assert_eq!(circle(&[("main", &["a"]), ("a", &["b"]), ("b", &["a"])]), message("a -> b -> a"));
    assert_eq!(circle(&[("main", &["a"]), ("a", &["main"])]), message("main -> a -> main"));
    assert_eq!(circle(&[("main", &["main"])]), message("main -> main"));
    assert_eq!(circle(&[("main", &[]), ("a", &["b"]), ("b", &["c"]), ("c", &["b"])]), message("b -> c -> b"));
}

#[test]
fn a_module_that_is_missing_is_named() {
    let given = Modules::new(&importing(&["gone"]), &[]).call("f", &[]);
    let message =
        "error: cannot link plug-in `plugin`: module `main` imports `gone`.`f` () -> (), which nothing provides";
    let advice = "  --link NAME=FILE adds a module; this tool provides no host functions";
    assert_eq!(given, Run::failure(1, &[message, advice]));
    let given = run(["examples/plugins/echo.wasm", "echo", "--link", "lib=gone.wasm"]);
    let message = "error: cannot read module `lib` from gone.wasm: No such file or directory (os error 2)";
    assert_eq!(given, Run::failure(1, &[message]));
}

#[test]
fn everything_that_does_not_fit_is_told_at_once() {
    let main = r#"(module (import "lib" "sum" (func)) (import "lib" "add" (func (param i64)))
        (import "lib" "memory" (memory 1)) (import "lib" "limit" (func)) (import "b" "g" (global i32)))"#;
    let lib = r#"(module (func (export "add") (param i32) (result i32) (local.get 0)) (func (export "sums"))
        (global (export "limit") i32 (i32.const 5)))"#;
    let b = r#"(module (import "c" "f" (func)))"#;
    let given = Modules::new(main, &[("lib", lib), ("b", b)]).call("run", &[]);
    let expected = [
        "error: cannot link plug-in `plugin`: 6 problems",
        "  - module `b` imports `c`.`f` () -> (), which nothing provides",
        "  - module `main` imports `lib`.`sum` () -> (), which nothing provides (module `lib` has no such export; \
         did you mean `sums`?)",
        "  - module `main` imports `lib`.`add` as (i64) -> (), but the provided function has (i32) -> i32",
        "  - module `main` imports the memory 1.. pages `lib`.`memory`, which no other module exports",
        "  - module `main` imports `lib`.`limit` () -> (), which nothing provides (module `lib` has no such export)",
        "  - module `main` imports the global i32 `b`.`g`, which no other module exports",
        "  --link NAME=FILE adds a module; this tool provides no host functions",
    ];
    assert_eq!(given, Run::failure(1, &expected));
}

#[test]
fn memories_and_globals_that_do_not_fit_are_refused() {
    for (import, export) in [
        (r"(memory 2)", r#"(memory (export "x") 1)"#),
        (r"(memory 1 1)", r#"(memory (export "x") 1)"#),
        (r"(global i32)", r#"(global (export "x") i64 (i64.const 0))"#),
        (r"(global (mut i32))", r#"(global (export "x") i32 (i32.const 0))"#),
        (r"(table 5 funcref)", r#"(table (export "x") 1 funcref)"#),
    ] {
        let main = format!(r#"(module (import "lib" "x" {import}) (func (export "run")))"#);
        let given = Modules::new(&main, &[("lib", &format!("(module {export})"))]).call("run", &[]);
        assert_eq!((given.code, given.stdout.as_str()), (1, ""), "{import}: {given:?}");
        assert!(given.stderr.contains("lib") && given.stderr.contains('x'), "{import}: {given:?}");
    }
}

#[test]
fn a_linked_module_that_is_none_is_named() {
    let folder = folder();
    let path = file(&folder, "lib.wasm", b"\0asm\x01\0\0\0\xff");
    let given = run(["examples/plugins/echo.wasm", "echo", "--link", &format!("lib={path}")]);
    assert_eq!(given.code, 1);
    assert!(given.cause().starts_with("error: cannot compile module `lib`: "), "{given:?}");
}

#[test]
fn limits_hold_for_all_modules() {
    let library = r#"(module (memory 3) (func (export "f") (loop $l (br $l))))"#;
    let main = r#"(module (import "lib" "f" (func $f)) (memory 2) (func (export "run") (call $f)))"#;
    let modules = Modules::new(main, &[("lib", library)]);
    let given = modules.call("run", &["-t", "50"]);
    assert_eq!(given.cause(), "error: plug-in `plugin`, export `run`: timed out after 50ms");
    let given = modules.call("run", &["--memory-max", "2"]);
    assert_eq!(given.code, 1);
    assert!(given.cause().contains("pages of memory"), "{given:?}");
}

#[test]
fn what_a_module_was_built_for_is_told_once_with_what_to_do() {
    let import = |n| format!(r#"(import "__wbindgen_placeholder__" "f{n}" (func))"#);
    let imports: Vec<_> = (0..60).map(import).collect();
    let given = Modules::new(&format!("(module {})", imports.concat()), &[]).call("f", &[]);
    let message = "error: cannot link plug-in `plugin`: module `main` imports from `__wbindgen_placeholder__`: the \
                   module was \
                   built by wasm-bindgen for a JavaScript host";
    let advice = "  build it without its crates' browser features (such as `js`, `wasm_js` and `wasmbind`), or for the \
                  target wasm32-wasip1";
    assert_eq!(given, Run::failure(1, &[message, advice]));
}

#[test]
fn what_a_linker_has_no_definition_of_can_be_linked() {
    let main = r#"(module (import "env" "f" (func)) (func (export "run")))"#;
    let given = Modules::new(main, &[]).call("run", &[]);
    let message =
        "error: cannot link plug-in `plugin`: module `main` imports `env`.`f` () -> (), which nothing provides";
    let advice = "  linkers put a function without a definition into `env`: link its definition into the plug-in, \
                  or add it with --link env=FILE";
    assert_eq!(given, Run::failure(1, &[message, advice]));
    let given = Modules::new(main, &[("env", r#"(module (func (export "f")))"#)]).call("run", &[]);
    assert_eq!(given, Run::output(""));
}

#[test]
fn a_function_of_a_newer_pdk_is_told_from_one_of_the_host() {
    let given = Modules::new(r#"(module (import "extism:host/env" "stream_open" (func)))"#, &[]).call("run", &[]);
    let message = "error: cannot link plug-in `plugin`: module `main` imports `extism:host/env`.`stream_open` () -> (), which \
                   nothing provides (this version of extism-runtime has no such function: if the plug-in was built with a \
                   newer PDK, update extism-runtime or build it with an earlier PDK)";
    assert_eq!(given, Run::failure(1, &[message]));
}
