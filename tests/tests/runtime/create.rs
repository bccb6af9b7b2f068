use extism_runtime::{CompiledPlugin, Error, Manifest, Plugin, PluginBuilder, ValType, Wasm, error::LinkProblem};

use crate::{guest, wat};

fn says_hello(plugin: &mut Plugin) {
    assert_eq!(plugin.call::<_, &str>("echo", "hello").unwrap(), "hello");
}

#[test]
fn a_plugin_is_made_of_text_bytes_a_manifest_or_a_path() {
    says_hello(&mut Plugin::new(wat("")).unwrap());
    says_hello(&mut Plugin::new(wat("").as_bytes()).unwrap());
    let binary = std::fs::read(guest("echo.wasm")).unwrap();
    says_hello(&mut Plugin::new(binary.clone()).unwrap());
    says_hello(&mut Plugin::new(Wasm::data(binary.clone())).unwrap());
    says_hello(&mut Plugin::new(Manifest::new([Wasm::data(binary)])).unwrap());
    says_hello(&mut Plugin::new(guest("echo.wasm")).unwrap());
    says_hello(&mut Plugin::new(guest("echo.wasm").to_str().unwrap()).unwrap());
    let compiled = CompiledPlugin::new(guest("echo.wasm")).unwrap();
    says_hello(&mut compiled.instantiate().unwrap());
    says_hello(&mut Plugin::try_from(&compiled).unwrap());
}

#[test]
fn a_plugin_is_made_of_a_manifests_text_in_json_or_toml_and_of_its_file() {
    let path = guest("echo.wasm");
    let json = serde_json::json!({"wasm": [{"path": path}], "config": {"a": "b"}}).to_string();
    let mut plugin = Plugin::new(json.as_str()).unwrap();
    assert_eq!(plugin.config("a"), Some("b"));
    says_hello(&mut plugin);
    let toml = format!("[[wasm]]\npath = {:?}\n", path.to_str().unwrap());
    says_hello(&mut Plugin::new(toml.as_bytes()).unwrap());

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plugin.json");
    std::fs::write(&file, json).unwrap();
    says_hello(&mut Plugin::new(file).unwrap());
}

#[test]
fn a_plugin_bears_the_name_given_else_its_files() {
    assert_eq!(Plugin::new(guest("echo.wasm")).unwrap().name(), "echo");
    let named = Wasm::file(guest("echo.wasm")).with_name("parrot");
    assert_eq!(Plugin::new(named).unwrap().name(), "parrot");
    let plugin = PluginBuilder::new(guest("echo.wasm")).with_name("given").build().unwrap();
    assert_eq!(plugin.name(), "given");
}

#[test]
fn what_is_no_module_is_refused_with_where_it_is_wrong() {
    let mut broken = std::fs::read(guest("echo.wasm")).unwrap();
    broken.truncate(broken.len() / 2);
    let error = Plugin::new(broken).unwrap_err();
    assert!(matches!(error, Error::Compile { .. }), "{error}");
    assert!(error.to_string().contains("at byte"), "{error}");
    assert!(matches!(Plugin::new(&b""[..]).unwrap_err(), Error::Load(_)));
    let error = Plugin::new("(module (func (export \"f\") (result i32)))").unwrap_err();
    assert!(matches!(error, Error::Compile { .. }), "a body that lacks its result: {error}");
}

#[test]
fn all_unmet_imports_are_reported_at_once() {
    let error = Plugin::new(
        r#"(module
            (import "extism:host/env" "alloc" (func (param i32) (result i64)))
            (import "extism:host/env" "lenght" (func (param i64) (result i64)))
            (import "extism:host/user" "kv_read" (func (param i64) (result i64)))
            (import "wasi_snapshot_preview1" "random_get" (func (param i32 i32) (result i32)))
            (import "env" "memory" (memory 1)))"#,
    )
    .unwrap_err();
    let Error::Link(error) = error else { panic!("{error}") };
    let text = error.to_string();
    assert_eq!(error.problems.len(), 5, "{text}");
    assert!(matches!(&error.problems[0], LinkProblem::Mistyped { name, .. } if name == "alloc"), "{text}");
    assert!(text.contains("`extism:host/env`.`lenght` (i64) -> i64, which nothing provides (did you mean `length`?)"));
    assert!(text.contains("with_functions"), "{text}");
    assert!(text.contains("with_wasi(true)"), "{text}");
    assert!(text.contains("memory 1.. pages"), "{text}");
}

#[test]
fn an_unmet_import_that_is_nearly_there_says_where() {
    let wat = r#"(module
        (import "elsewhere" "kv_read" (func (param i64) (result i64)))
        (import "wasi_snapshot_preview1" "nonsense" (func)))"#;
    let builder = PluginBuilder::new(wat).with_name("p").with_wasi(true);
    let builder = builder.with_function("kv_read", [ValType::PTR], [ValType::PTR], |_, _, _| Ok(()));
    let text = builder.build().unwrap_err().to_string();
    assert!(text.contains("`elsewhere`.`kv_read`"), "{text}");
    assert!(text.contains("there is a host function with this name in the namespace `extism:host/user`"), "{text}");
    assert!(text.contains("WASI preview 1 has no such function"), "{text}");
}

#[test]
fn a_wrong_hash_shows_both() {
    let wasm = Wasm::file(guest("echo.wasm")).with_hash("00".repeat(32));
    let error = Plugin::new(wasm).unwrap_err();
    assert!(matches!(error, Error::Load(_)), "{error}");
    let digits = |c: char| c.is_ascii_hexdigit();
    let hashes = error.to_string().split(|c| !digits(c)).filter(|word| word.len() == 64).count();
    assert_eq!(hashes, 2, "{error}");
}

#[test]
fn config_comes_from_the_manifest_and_can_be_changed() {
    let manifest = Manifest::new([guest("count_vowels.wasm")]).with_config_key("vowels", "lo");
    let mut plugin = Plugin::new(manifest).unwrap();
    assert_eq!(
        plugin.call::<_, &str>("count_vowels", "Hello, world!").unwrap(),
        r#"{"count":5,"total":5,"vowels":"lo"}"#
    );
    plugin.set_config("vowels", "H");
    plugin.remove_config("other");
    assert_eq!(
        plugin.call::<_, &str>("count_vowels", "Hello, world!").unwrap(),
        r#"{"count":1,"total":6,"vowels":"H"}"#
    );
}
