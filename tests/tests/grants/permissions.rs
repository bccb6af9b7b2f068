use extism_runtime::{
    Error, Function, Manifest, Plugin, PluginBuilder, Pool, Wasm,
    error::LinkProblem,
    host_fn, host_fns,
    inspect::{Access, Permissions},
};

#[host_fn(permission = "kv")]
fn kv_read(key: String) -> String {
    key
}

#[host_fn(permission = "kv.write", namespace = "store")]
fn kv_write(_key: String, _value: String) {}

#[host_fn]
fn log_event(_text: String) {}

struct Net;

#[host_fn(permission = "net")]
impl Net {
    fn resolve(&self, name: String) -> String {
        name
    }

    #[host_fn(permission = "net.raw")]
    fn send(&self, _packet: Vec<u8>) {}
}

const IMPORTS: [&str; 5] = [
    r#"(import "extism:host/user" "kv_read" (func (param i64) (result i64)))"#,
    r#"(import "store" "kv_write" (func (param i64 i64)))"#,
    r#"(import "extism:host/user" "log_event" (func (param i64)))"#,
    r#"(import "extism:host/user" "resolve" (func (param i64) (result i64)))"#,
    r#"(import "extism:host/user" "send" (func (param i64)))"#,
];

fn of(source: impl Into<extism_runtime::Source>) -> PluginBuilder {
    PluginBuilder::new(source)
        .with_name("notes")
        .with_functions(host_fns![kv_read, kv_write, log_event])
        .with_functions(Net)
}

fn all() -> String {
    format!("(module {})", IMPORTS.join("\n"))
}

fn message(builder: PluginBuilder) -> String {
    builder.build().unwrap_err().to_string()
}

#[test]
fn a_plugin_that_lacks_permissions_is_refused_with_all_of_them_in_one_error() {
    let wat = format!(r#"(module {} (import "extism:host/user" "nobody" (func)))"#, IMPORTS.join("\n"));
    let expected = "cannot link plug-in `notes`:\
        \n  - module `main` imports `kv_read`, which needs the permission `kv` (`.grant([\"kv\"])` grants it)\
        \n  - module `main` imports `store`.`kv_write`, which needs the permission `kv.write` (`.grant([\"kv.write\"])` grants it)\
        \n  - module `main` imports `resolve`, which needs the permission `net` (`.grant([\"net\"])` grants it)\
        \n  - module `main` imports `send`, which needs the permission `net.raw` (`.grant([\"net.raw\"])` grants it)\
        \n  - module `main` imports `extism:host/user`.`nobody` () -> (), which nothing provides";
    let found = message(of(wat));
    assert!(found.starts_with(expected), "{found}");
}

#[test]
fn what_was_granted_is_imported_and_what_was_not_is_not() {
    of(all()).grant(["kv", "kv.write", "net", "net.raw"]).build().unwrap();
    let granted = of(all()).grant(["kv", "kv.write"]).grant(vec!["net".to_owned()]);
    let expected = "cannot link plug-in `notes`: module `main` imports `send`, which needs the permission `net.raw` \
                    (`.grant([\"net.raw\"])` grants it)";
    assert_eq!(message(granted), expected);
}

#[test]
fn a_function_without_a_permission_and_one_that_is_not_imported_need_none() {
    of(format!("(module {})", IMPORTS[2])).build().unwrap();
    of("(module)").build().unwrap();
}

#[test]
fn every_way_to_build_refuses() {
    let refused = |error: Error| assert!(error.to_string().contains("needs the permission `kv`"), "{error}");
    let plugin = || of(format!("(module {})", IMPORTS[0]));
    refused(plugin().compile().unwrap_err());
    refused(plugin().typed::<Pool>().build().unwrap_err());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    refused(runtime.block_on(plugin().build_async()).unwrap_err());
    refused(runtime.block_on(plugin().compile_async()).unwrap_err());
}

#[test]
fn the_modules_that_are_linked_need_permissions_too() {
    let library = format!(r#"(module {} (func (export "f")))"#, IMPORTS[0]);
    let main = r#"(module (import "library" "f" (func)) (export "run" (func 0)))"#;
    let manifest = Manifest::new([Wasm::data(library).with_name("library"), Wasm::data(main).with_name("main")]);
    let found = message(of(manifest.clone()));
    assert!(found.contains("module `library` imports `kv_read`, which needs the permission `kv`"), "{found}");
    of(manifest).grant(["kv"]).build().unwrap();
}

#[test]
fn what_another_module_exports_needs_no_permission_of_the_hosts() {
    let library = r#"(module (func (export "kv_write") (param i64 i64)))"#;
    let main = format!("(module {})", IMPORTS[1]);
    let manifest = Manifest::new([Wasm::data(library).with_name("store"), Wasm::data(main).with_name("main")]);
    of(manifest.clone()).build().unwrap();
    assert!(of(manifest).inspect().unwrap().permissions.is_empty());
}

#[test]
fn a_mistyped_import_that_also_lacks_a_permission_is_told_both() {
    let wat = r#"(module (import "extism:host/user" "kv_read" (func)))"#;
    let Err(Error::Link(error)) = of(wat).build() else { panic!("it is refused") };
    let problems = error.problems.as_slice();
    assert!(matches!(problems, [LinkProblem::NotGranted { .. }, LinkProblem::Mistyped { .. }]), "{error}");
}

#[test]
fn a_granted_name_that_is_nearly_right_is_named_and_others_have_no_effect() {
    let plugin = || of(format!("(module {})", IMPORTS[3]));
    let found = message(plugin().grant(["nett", "files"]));
    assert!(found.ends_with("which needs the permission `net` (`nett` is granted: is it meant?)"), "{found}");
    plugin().grant(["net", "nobody has this"]).build().unwrap();
}

#[test]
fn a_list_has_a_permission_for_those_functions_that_have_none() {
    let list = host_fns![permission = "all"; kv_read, log_event];
    assert_eq!(list.each_ref().map(Function::permission), [Some("kv"), Some("all")]);
    let wat = format!("(module {} {})", IMPORTS[0], IMPORTS[2]);
    let found = message(PluginBuilder::new(wat).with_functions(list).grant(["kv"]));
    assert!(found.ends_with("imports `log_event`, which needs the permission `all` (`.grant([\"all\"])` grants it)"));
}

#[test]
fn a_function_by_hand_has_a_permission_too_and_its_name_is_checked() {
    let function = |permission: &str| Function::new("f", [], [], |_, _, _| Ok(())).with_permission(permission);
    let wat = r#"(module (import "extism:host/user" "f" (func)))"#;
    assert!(message(PluginBuilder::new(wat).with_functions(function("a/b-c_d.e:1"))).contains("`a/b-c_d.e:1`"));
    let long = "a".repeat(65);
    for wrong in ["", "two words", "line\nfeed", "ü", &long] {
        let Err(Error::Link(error)) = PluginBuilder::new("(module)").with_functions(function(wrong)).build() else {
            panic!("{wrong:?} is refused")
        };
        assert!(matches!(error.problems.as_slice(), [LinkProblem::PermissionName { .. }]), "{error}");
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    let longest = "a".repeat(64);
    PluginBuilder::new(wat).with_functions(function(&longest)).grant([longest]).build().unwrap();
}

fn shown(permissions: &Permissions) -> Vec<String> {
    permissions.iter().map(ToString::to_string).collect()
}

#[test]
fn one_list_has_functions_hosts_wasi_and_paths() {
    let wat = r#"(module
        (import "extism:host/user" "resolve" (func (param i64) (result i64)))
        (import "extism:host/user" "kv_read" (func (param i64) (result i64)))
        (import "store" "kv_write" (func (param i64 i64)))
        (import "extism:host/env" "http_request" (func (param i64 i64) (result i64)))
        (import "wasi_snapshot_preview1" "fd_close" (func (param i32) (result i32)))
        (memory (export "memory") 1))"#;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let manifest = || {
        Manifest::new([Wasm::data(wat)])
            .with_allowed_hosts(["api.example.com", "*.example.org", "a\u{1b}"])
            .with_allowed_path(path.clone(), "/data")
            .with_allowed_path(format!("ro:{path}"), "/assets")
    };
    let inspection = of(manifest()).grant(["kv"]).inspect().unwrap();
    let permissions = &inspection.permissions;
    let expected = [
        "use `kv`, which allows to call kv_read".to_owned(),
        "use `kv.write`, which allows to call store.kv_write (not granted)".to_owned(),
        "use `net`, which allows to call resolve (not granted)".to_owned(),
        "send HTTP requests to api.example.com, *.example.org and a\\u{1b}".to_owned(),
        "use WASI: clocks, random numbers, standard streams (not granted)".to_owned(),
        format!("read and write the directory {path} as /data"),
        format!("read the directory {path} as /assets"),
    ];
    assert_eq!(shown(permissions), expected);
    assert_eq!(permissions.to_string(), expected.join("\n"));
    assert_eq!(permissions.missing().count(), 3);
    assert_eq!(permissions.names_to_grant().collect::<Vec<_>>(), ["kv.write", "net"]);
    assert!(permissions.iter().any(|permission| permission.access == Access::Wasi));

    // Once all of it is granted, it builds, and has the same list.
    let names: Vec<_> = permissions.names_to_grant().map(str::to_owned).collect();
    let compiled = of(manifest()).grant(["kv"]).grant(names).with_wasi(true).compile().unwrap();
    let without = |text: &String| text.trim_end_matches(" (not granted)").to_owned();
    assert_eq!(shown(compiled.permissions()), expected.iter().map(without).collect::<Vec<_>>());

    let json = serde_json::to_value(&inspection).unwrap();
    let expected = serde_json::json!([
        { "kind": "functions", "permission": "kv", "functions": ["kv_read"], "granted": true },
        { "kind": "functions", "permission": "kv.write", "functions": ["store.kv_write"], "granted": false },
        { "kind": "functions", "permission": "net", "functions": ["resolve"], "granted": false },
        { "kind": "http", "hosts": ["api.example.com", "*.example.org", "a\u{1b}"], "granted": true },
        { "kind": "wasi", "granted": false },
        { "kind": "path", "host": path, "guest": "/data", "read_only": false, "granted": true },
        { "kind": "path", "host": path, "guest": "/assets", "read_only": true, "granted": true },
    ]);
    assert_eq!(json["permissions"], expected);
}

#[test]
fn what_a_plugin_does_not_import_is_not_listed() {
    let manifest = Manifest::new([Wasm::data("(module)")]).with_allowed_host("*").with_allowed_path(".", "/");
    let builder = of(manifest).with_wasi(true).grant(["kv"]);
    let permissions = builder.inspect().unwrap().permissions;
    assert!(permissions.is_empty(), "{permissions}");
    let requests = r#"(module (import "extism:host/env" "http_request" (func (param i64 i64) (result i64))))"#;
    let permissions = of(requests).inspect().unwrap().permissions;
    assert_eq!(permissions.to_string(), "send HTTP requests (no host is allowed)");
    let plugin = Plugin::new(requests).unwrap();
    assert_eq!(plugin.compiled().permissions().missing().count(), 1, "that is no reason to refuse it");
}
