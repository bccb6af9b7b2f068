//! Tests the errors for imports that nothing provides: they state what the module was built for, and the remedy.

use extism_runtime::{
    Error, Manifest, Plugin, PluginBuilder, Wasm,
    error::{BuiltFor, LinkProblem, MissingHint},
};

fn problems(source: impl Into<Manifest>) -> (Vec<LinkProblem>, String) {
    match Plugin::new(source.into()).unwrap_err() {
        Error::Link(error) => (error.problems.clone(), error.to_string()),
        error => panic!("{error}"),
    }
}

fn hint(namespace: &str, name: &str) -> MissingHint {
    let wat = format!(r#"(module (import "{namespace}" "{name}" (func (param i32))))"#);
    match problems(Manifest::new([Wasm::data(wat)])).0.as_slice() {
        [LinkProblem::Missing { hint, .. }] => hint.clone(),
        problems => panic!("{problems:?}"),
    }
}

#[test]
fn a_function_of_a_newer_pdk_says_to_update() {
    assert!(matches!(hint("extism:host/env", "stream_open"), MissingHint::NewerPdk { nearest: None, .. }));
    assert_eq!(hint("extism:host/env", "lenght"), MissingHint::Nearest("length".into()));
    let near = hint("extism:host/env", "config_list");
    assert!(matches!(&near, MissingHint::NewerPdk { nearest: Some(name), .. } if name == "config_get"));
    let text = near.to_string();
    assert!(text.contains("update extism-runtime") && text.ends_with("did you mean `config_get`?"), "{text}");
}

#[test]
fn a_function_that_no_old_pdk_had_says_so() {
    assert!(matches!(hint("env", "extism_file_read"), MissingHint::OlderPdk { nearest: None, .. }));
    assert_eq!(hint("env", "extism_allok"), MissingHint::Nearest("extism_alloc".into()));
    let near = hint("env", "extism_var_list");
    assert!(matches!(near, MissingHint::OlderPdk { nearest: Some(name), .. } if name == "extism_var_get"));
    assert!(hint("env", "extism_file_read").to_string().contains("before 1.0"));
}

#[test]
fn what_a_module_was_built_for_is_told_with_what_to_do() {
    for (namespace, name, built_for, advice) in [
        ("__wbindgen_placeholder__", "__wbindgen_throw", BuiltFor::WasmBindgen, "wasm32-wasip1"),
        ("__wbindgen_externref_xform__", "__wbindgen_externref_table_grow", BuiltFor::WasmBindgen, "features"),
        ("wbg", "__wbg_now_1", BuiltFor::WasmBindgen, "wasm_js"),
        ("./app_bg.js", "__wbg_log_1", BuiltFor::WasmBindgen, "browser"),
        ("gojs", "runtime.wasmExit", BuiltFor::GoJs, "GOOS=wasip1"),
        ("go", "runtime.wasmExit", BuiltFor::GoJs, "TinyGo"),
        ("env", "syscall/js.valueGet", BuiltFor::GoJs, "-buildmode=c-shared"),
        ("env", "Date.now", BuiltFor::AssemblyScriptJs, "host functions"),
        ("env", "emscripten_memcpy_js", BuiltFor::Emscripten, "-sSTANDALONE_WASM"),
        ("wasi_unstable", "fd_write", BuiltFor::WasiUnstable, "newer compiler"),
        ("wasi:cli/environment@0.2.0", "get-environment", BuiltFor::WasiPreview2, "wasm32-wasip1"),
        ("cm32p2|wasi:io/poll@0.2", "poll", BuiltFor::WasiPreview2, "wasm32-wasip2"),
        ("wasix_32v1", "futex_wait", BuiltFor::Wasix, "wasm32-wasip1"),
        ("wasi", "thread-spawn", BuiltFor::WasiThreads, "without threads"),
        ("env", "__stack_pointer", BuiltFor::DynamicLinking, "--shared"),
    ] {
        let hint = hint(namespace, name);
        assert_eq!(hint, MissingHint::BuiltFor(built_for), "{namespace}.{name}");
        assert!(hint.to_string().contains(advice), "{hint}");
    }
}

#[test]
fn memories_and_globals_of_a_loader_are_explained_too() {
    let wat = r#"(module (import "env" "memory" (memory 1)) (import "env" "__stack_pointer" (global i32))
        (import "other" "memory" (memory 1)))"#;
    let (problems, text) = problems(Manifest::new([Wasm::data(wat)]));
    let built_for: Vec<_> = problems.iter().map(LinkProblem::built_for).collect();
    assert_eq!(built_for, [Some(BuiltFor::DynamicLinking), Some(BuiltFor::DynamicLinking), None]);
    assert_eq!(text.matches("--import-memory").count(), 1, "told once: {text}");
}

#[test]
fn many_imports_of_one_kind_are_explained_once() {
    let import = |number| format!(r#"(import "__wbindgen_placeholder__" "__wbg_f_{number}" (func))"#);
    let imports: String = (0..100).map(import).collect();
    let (problems, text) = problems(Manifest::new([Wasm::data(format!("(module {imports})"))]));
    assert_eq!(problems.len(), 100);
    assert!(problems.iter().all(|problem| problem.built_for() == Some(BuiltFor::WasmBindgen)));
    assert_eq!(text.matches("wasm-bindgen").count(), 1, "{text}");
}

#[test]
fn an_undefined_function_of_c_is_explained() {
    assert_eq!(hint("env", "sqlite3_open"), MissingHint::Undefined);
    assert!(hint("env", "sqlite3_open").to_string().contains("not defined"));
}

#[test]
fn what_the_host_gives_comes_before_what_could_have_been_meant() {
    let wat = r#"(module (import "env" "Math.abs" (func (param i64) (result i64))))"#;
    let build = |namespace: &str, name: &str| {
        let ty = [extism_runtime::ValType::I64];
        let function = extism_runtime::Function::new(name, ty, ty, |_, _, _| Ok(())).with_namespace(namespace);
        match PluginBuilder::new(wat).with_functions(function).build() {
            Ok(_) => None,
            Err(Error::Link(error)) => match error.problems.as_slice() {
                [LinkProblem::Missing { hint, .. }] => Some(hint.clone()),
                problems => panic!("{problems:?}"),
            },
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(build("env", "Math.abs"), None);
    assert_eq!(build("math", "Math.abs"), Some(MissingHint::OtherNamespace("math".into())));
    assert_eq!(build("env", "Math.abz"), Some(MissingHint::Nearest("Math.abz".into())));
}
