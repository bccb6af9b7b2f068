//! Plug-ins that are built without all of their imports.

use extism_runtime::{
    CompiledPlugin, Engine, Error, Plugin, PluginBuilder, Pool, State,
    error::{LinkProblem, MissingImport},
    host_fn, host_fns, plugin_interface,
};
use extism_tests::{GIVE, environment, guest, module, text};

#[plugin_interface]
trait Described {
    fn describe(&mut self) -> String;
    fn run(&mut self);
}

const KV_READ: &str = r#"(import "extism:host/user" "kv_read" (func $kv_read (param i64) (result i64)))"#;
const KV_WRITE: &str = r#"(import "extism:host/user" "kv_write" (func $kv_write (param i64 i64)))"#;

/// A plug-in that describes itself, and reads when it runs.
fn described(imports: &[&str], run: &str) -> String {
    let environment = environment(&["alloc", "store_u8", "length", "output_set"]);
    let text = text("reads");
    let describe = r#"(func (export "describe") (call $give (call $text)))"#;
    let run = format!(r#"(func (export "run") {run})"#);
    let parts: Vec<_> = imports.iter().copied().chain([&*environment, &*text, GIVE, describe, &*run]).collect();
    module(&parts)
}

fn missing(plugin: &CompiledPlugin) -> Vec<&str> {
    plugin.missing_imports().map(|import| import.name.as_str()).collect()
}

/// The import that a call has failed on.
fn failed_on(result: Result<(), Error>) -> MissingImport {
    match result {
        Err(Error::HostFunction { name, source, .. }) => {
            let import = source.downcast_ref::<MissingImport>().unwrap_or_else(|| panic!("{source}")).clone();
            assert_eq!(import.name, name);
            import
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_probe_answers_before_its_host_functions_exist_and_fails_where_it_calls_one() {
    let wasm = described(&[KV_READ, KV_WRITE], "(drop (call $kv_read (i64.const 0)))");
    let builder = || PluginBuilder::new(wasm.as_str()).with_name("probed");
    let mut plugin: DescribedPlugin = builder().typed().probe().unwrap();
    assert_eq!(plugin.describe().unwrap(), "reads");
    assert_eq!(missing(&plugin.plugin().compiled()), ["kv_read", "kv_write"]);
    let error = plugin.run().unwrap_err();
    assert_eq!(
        error.to_string(),
        "plug-in `probed`, export `run`: host function `kv_read`: nothing provides the import \
         `extism:host/user`.`kv_read`; `PluginBuilder::probe` built the plug-in without it"
    );
    assert_eq!(failed_on(Err(error)).namespace, "extism:host/user");
    // The next call works.
    assert_eq!(plugin.describe().unwrap(), "reads");
    // Without a probe, nothing has changed.
    assert!(matches!(builder().build(), Err(Error::Link(error)) if error.problems.len() == 2));
}

#[test]
fn what_is_given_is_used() {
    #[host_fn]
    fn kv_read(key: String) -> String {
        key
    }
    let wasm = described(&[KV_READ, KV_WRITE], "(drop (call $kv_read (i64.const 0)))");
    let mut plugin = PluginBuilder::new(wasm).with_functions(host_fns![kv_read]).probe().unwrap();
    assert_eq!(missing(&plugin.compiled()), ["kv_write"]);
    plugin.call::<_, ()>("run", ()).unwrap();
    let whole = Plugin::new(guest("echo.wasm")).unwrap().compiled();
    assert_eq!(missing(&whole), [""; 0]);
}

#[test]
fn functions_without_a_permission_or_a_state_count_as_missing() {
    struct Store;
    #[host_fn(permission = "kv")]
    fn kv_read(key: String) -> String {
        key
    }
    #[host_fn]
    fn kv_write(_store: State<Store>, _key: i64, _value: i64) {}

    let wasm = described(&[KV_READ, KV_WRITE], "(drop (call $kv_read (i64.const 0)))");
    let builder = || PluginBuilder::new(wasm.as_str()).with_functions(host_fns![kv_read, kv_write]);
    let mut plugin = builder().probe().unwrap();
    assert_eq!(missing(&plugin.compiled()), ["kv_read", "kv_write"]);
    failed_on(plugin.call("run", ()));
    let mut plugin = builder().grant(["kv"]).probe().unwrap();
    assert_eq!(missing(&plugin.compiled()), ["kv_write"]);
    plugin.call::<_, ()>("run", ()).unwrap();
}

#[test]
fn wasi_is_missing_unless_it_is_switched_on() {
    let clock = r#"(import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))"#;
    let wasm = described(&[clock], "(drop (call $clock (i32.const 0) (i64.const 0) (i32.const 0)))");
    let mut plugin = PluginBuilder::new(wasm.as_str()).probe().unwrap();
    assert_eq!(plugin.call::<_, String>("describe", ()).unwrap(), "reads");
    assert_eq!(failed_on(plugin.call("run", ())).namespace, "wasi_snapshot_preview1");
    let plugin = PluginBuilder::new(wasm).with_wasi(true).probe().unwrap();
    assert_eq!(missing(&plugin.compiled()), [""; 0]);
}

#[test]
fn what_is_wrong_in_another_way_is_still_refused() {
    #[host_fn]
    fn kv_read(key: String, other: String) -> String {
        key + &other
    }
    let wasm = described(&[KV_READ], "");
    let mistyped = PluginBuilder::new(wasm).with_functions(host_fns![kv_read]).probe();
    assert!(
        matches!(mistyped, Err(Error::Link(error)) if matches!(error.problems[..], [LinkProblem::Mistyped { .. }]))
    );
    let memory = PluginBuilder::new(r#"(module (import "env" "memory" (memory 1)))"#).probe();
    let is_memory = |error: &LinkProblem| matches!(error, LinkProblem::NotAFunction { .. });
    assert!(matches!(memory, Err(Error::Link(error)) if is_memory(&error.problems[0])));
    // One import, twice, with two types: one of them cannot be met.
    let twice = r#"(module (import "a" "f" (func (param i32))) (import "a" "f" (func)))"#;
    assert!(matches!(PluginBuilder::new(twice).probe(), Err(Error::Link(_))));
    let kernel = r#"(module (import "extism:host/env" "alloc" (func (param i32))))"#;
    assert!(matches!(PluginBuilder::new(kernel).probe(), Err(Error::Link(_))));
    let incomplete: Result<DescribedPlugin, _> = PluginBuilder::new("(module)").typed().probe();
    assert!(matches!(incomplete, Err(Error::Interface(_))));
}

#[test]
fn thousands_of_imports_of_all_types_may_be_missing() {
    let many: String = (0..2500).map(|number| format!(r#"(import "many" "f{number}" (func))"#)).collect();
    let odd = r#"(import "odd" "f" (func $odd (param v128 externref) (result funcref f64)))"#;
    let run = "(call $odd (v128.const i64x2 0 0) (ref.null extern)) (drop) (drop)";
    let mut plugin = PluginBuilder::new(described(&[&many, odd], run)).probe().unwrap();
    assert_eq!(plugin.compiled().missing_imports().count(), 2501);
    assert_eq!(plugin.call::<_, String>("describe", ()).unwrap(), "reads");
    assert_eq!(failed_on(plugin.call("run", ())).namespace, "odd");
}

#[test]
fn a_linked_module_may_lack_an_export() {
    use extism_runtime::{Manifest, Wasm};

    let library = r#"(import "library" "missing" (func $missing))"#;
    let main = described(&[library], "(call $missing)");
    let manifest = Manifest::new([
        Wasm::data(r#"(module (func (export "there")))"#).with_name("library"),
        Wasm::data(main).with_name("main"),
    ]);
    let mut plugin = PluginBuilder::new(manifest).probe().unwrap();
    assert_eq!(plugin.call::<_, String>("describe", ()).unwrap(), "reads");
    assert_eq!(failed_on(plugin.call("run", ())).namespace, "library");
}

#[test]
fn a_probe_may_be_a_pool_or_a_task_and_outgrow_the_engines_pool() {
    let wasm = described(&[KV_READ], "(drop (call $kv_read (i64.const 0)))");
    let engine = Engine::builder().with_pool_size(1).build().unwrap();
    let pool: Pool = PluginBuilder::new(wasm.as_str()).with_engine(&engine).typed().probe().unwrap();
    let mut taken: Vec<_> = (0..2).filter_map(|_| pool.try_get().unwrap()).collect();
    let more = pool.compiled().instantiate().unwrap();
    for plugin in taken.iter_mut().map(|plugin| &mut **plugin).chain([&mut { more }]) {
        assert_eq!(plugin.call::<_, String>("describe", ()).unwrap(), "reads");
        failed_on(plugin.call("run", ()));
    }
    smol::block_on(async {
        let mut plugin = PluginBuilder::new(wasm).probe_async().await.unwrap();
        failed_on(plugin.call_async("run", ()).await);
    });
}
