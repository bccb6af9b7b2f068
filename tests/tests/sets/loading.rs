use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use extism_runtime::{
    Pool, host_fn, host_fns,
    manifest::PluginInfo,
    plugin::BuildStage,
    set::{PluginSet, SetStage},
};

use super::*;

#[test]
fn modules_manifests_and_directories_of_plugins_are_found_by_name() {
    let directory = Directory::with(&["module"]);
    directory.write("modules/a.wat", &named("a"));
    directory.write("toml.toml", "wasm = [{ path = 'modules/a.wat' }]");
    directory.write("json.JSON", r#"{"wasm": [{"path": "modules/a.wat"}]}"#);
    directory.write("own.dir/plugin.toml", "wasm = [{ path = 'main.wat' }]");
    directory.write("own.dir/main.wat", &named("own"));
    directory.write("nested/plugin.json", r#"{"wasm": [{"path": "../modules/a.wat"}]}"#);
    // None of these is a plug-in.
    directory.write("README.md", "Plug-ins.");
    directory.write(".hidden.wat", "(module");
    directory.write("module.wat~", "(module");

    let set = directory.load();
    assert_eq!(names(&set), ["json", "module", "nested", "own.dir", "toml"]);
    assert!(set.errors().is_empty(), "{:?}", set.errors());
    let answers: BTreeMap<_, _> =
        set.call_all(|plugin| plugin.name()).into_iter().map(|(name, answer)| (name, answer.unwrap())).collect();
    let expected = [("json", "a"), ("module", "module"), ("nested", "a"), ("own.dir", "own"), ("toml", "a")];
    assert_eq!(answers, expected.map(|(name, answer)| (name.to_owned(), answer.to_owned())).into());
    assert_eq!(set.entry("own.dir").unwrap().file(), directory.join("own.dir/plugin.toml"));
}

#[test]
fn a_module_that_a_manifest_names_is_no_plugin_of_its_own() {
    let directory = Directory::new();
    directory.write("greeter.wat", &named("greeter"));
    directory.write("other.wat", &named("other"));
    directory.write("greeter.toml", "wasm = [{ path = './greeter.wat' }]");
    directory.write("alias.toml", "wasm = [{ path = 'other.wat' }]");
    let set = directory.load();
    assert_eq!(names(&set), ["alias", "greeter"]);
    assert_eq!((answer(&set, "greeter"), answer(&set, "alias")), ("greeter".to_owned(), "other".to_owned()));
}

#[test]
fn relative_paths_start_where_the_program_says() {
    let directory = Directory::new();
    directory.write("modules/a.wat", &named("a"));
    directory.write("plugins/a.toml", "wasm = [{ path = 'a.wat' }]");
    let set = PluginSet::<NamedPlugin>::builder(directory.join("plugins"))
        .with_relative_to(directory.join("modules"))
        .load()
        .unwrap();
    assert_eq!(answer(&set, "a"), "a");
}

#[test]
fn the_function_that_configures_plugins_sees_each_manifest() {
    #[host_fn]
    fn greeting(language: String) -> String {
        format!("hello in {language}")
    }

    let directory = Directory::new();
    std::fs::copy(extism_tests::guest("reflect.wasm"), directory.join("guest.wasm")).unwrap();
    let imports = r#"(import "extism:host/user" "greeting" (func $greeting (param i64) (result i64)))"#;
    let greeter = module(&[
        imports,
        &environment(&["alloc", "store_u8", "length", "output_set"]),
        &text("en"),
        GIVE,
        r#"(func (export "name") (call $give (call $greeting (call $text))))"#,
    ]);
    directory.write("greeter.wat", &greeter);
    directory.write("a.toml", "wasm = [{ path = 'greeter.wat' }]\n[config]\n'plugin.name' = 'Greeter'");
    let seen = Arc::new(Mutex::new(Vec::new()));
    let to_see = Arc::clone(&seen);
    let set = PluginSet::<NamedPlugin>::builder(directory.path())
        .with_plugins(move |file, plugin| {
            let info: PluginInfo = file.manifest.metadata().unwrap();
            to_see.lock().unwrap().push((file.name.to_owned(), info.name));
            plugin.with_functions(host_fns![greeting])
        })
        .load()
        .unwrap();
    seen.lock().unwrap().sort();
    assert_eq!(*seen.lock().unwrap(), [("a".to_owned(), Some("Greeter".to_owned())), ("guest".to_owned(), None)]);
    assert_eq!(answer(&set, "a"), "hello in en");
    // It lacks what the interface needs, and its host function is missing.
    assert_eq!(set.errors().len(), 1);
    assert_eq!(
        set.entry("a").unwrap().manifest().unwrap().metadata::<PluginInfo>().unwrap().name.as_deref(),
        Some("Greeter")
    );
}

#[test]
fn progress_is_told_for_each_plugin() {
    let directory = Directory::with(&["a", "b"]);
    directory.write("broken.wat", "(module");
    let told = Arc::new(Mutex::new(Vec::new()));
    let to_tell = Arc::clone(&told);
    let set = PluginSet::<NamedPlugin>::builder(directory.path())
        .with_threads(3)
        .with_progress(move |progress| {
            assert_eq!(progress.total, 3);
            let stage = match progress.stage {
                SetStage::Build(BuildStage::Load) => "load",
                SetStage::Build(_) => "compile",
                SetStage::Loaded => "loaded",
                SetStage::Failed(error) => {
                    assert_eq!(error.plugin, "broken");
                    "failed"
                }
                _ => "?",
            };
            to_tell.lock().unwrap().push((progress.index, progress.name.to_owned(), stage, progress.finished));
        })
        .load()
        .unwrap();
    let told = told.lock().unwrap();
    for (index, name, stages) in [
        (0, "a", &["load", "compile", "loaded"][..]),
        (1, "b", &["load", "compile", "loaded"]),
        (2, "broken", &["load", "failed"]),
    ] {
        let of_it: Vec<_> =
            told.iter().filter(|(at, told, ..)| *at == index && told == name).map(|(_, _, stage, _)| *stage).collect();
        assert_eq!(of_it, stages, "{name}");
    }
    let mut finished: Vec<_> =
        told.iter().filter(|(_, _, stage, _)| ["loaded", "failed"].contains(stage)).map(|told| told.3).collect();
    finished.sort_unstable();
    assert_eq!(finished, [1, 2, 3]);
    assert_eq!(set.len(), 3);
}

#[test]
fn plugins_are_loaded_on_several_threads() {
    let directory = Directory::with(&["a", "b", "c", "d"]);
    let (running, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    PluginSet::<NamedPlugin>::builder(directory.path())
        .with_threads(4)
        .with_plugins(move |_, plugin| {
            seen.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // Until another one is there, or for so long that there will be none.
            for _ in 0..5000 {
                if seen.load(Ordering::SeqCst) > 1 {
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            running.fetch_sub(1, Ordering::SeqCst);
            plugin
        })
        .load()
        .unwrap();
    assert!(most.load(Ordering::SeqCst) > 1);
}

#[test]
fn a_check_refuses_a_plugin_that_could_be_loaded() {
    let directory = Directory::with(&["a", "b"]);
    let set = PluginSet::<NamedPlugin>::builder(directory.path())
        .with_check(|file, plugin| {
            assert_eq!(plugin.name()?, file.name);
            if file.name == "b" { Err("too old".into()) } else { Ok(()) }
        })
        .load()
        .unwrap();
    assert_eq!(answer(&set, "a"), "a");
    problem(set.get("b"), |problem| matches!(problem, SetProblem::Refused(error) if error.to_string() == "too old"));
}

#[test]
fn a_function_of_the_program_that_panics_is_an_error_of_the_plugin() {
    let directory = Directory::with(&["a", "b"]);
    let set = PluginSet::<NamedPlugin>::builder(directory.path())
        .with_plugins(|file, plugin| {
            assert_ne!(file.name, "b", "no b today");
            plugin
        })
        .load()
        .unwrap();
    assert_eq!(answer(&set, "a"), "a");
    let error = set.get("b").unwrap_err().to_string();
    assert!(error.contains("plug-in `b`") && error.contains("no b today"), "{error}");
}

#[test]
fn a_set_may_consist_of_plugins_pools_or_clients_of_either_kind() {
    let directory = Directory::with(&["a"]);
    let untyped = Untyped::load(directory.path()).unwrap();
    assert_eq!(untyped.get("a").unwrap().call::<_, String>("name", ()).unwrap(), "a");
    let pools = PluginSet::<Pool>::builder(directory.path())
        .with_plugins(|_, plugin| plugin.with_max_instances(3))
        .load()
        .unwrap();
    assert_eq!(pools.get("a").unwrap().call::<_, String>("name", ()).unwrap(), "a");
    assert_eq!(pools.get("a").unwrap().max_instances(), 3);
    let shared = PluginSet::<SharedNamedPlugin>::load(directory.path()).unwrap();
    assert_eq!(shared.get("a").unwrap().name().unwrap(), "a");
}

#[test]
fn a_set_is_loaded_as_a_task() {
    let directory = Directory::with(&["a"]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let set = PluginSet::<SharedNamedPlugin>::builder(directory.path()).load_async().await.unwrap();
        assert_eq!(set.get_async("a").await.unwrap().name_async().await.unwrap(), "a");
        directory.write("a.wat", &named("new"));
        set.reload_async("a").await.unwrap();
        assert_eq!(set.get_async("a").await.unwrap().name_async().await.unwrap(), "new");
    });
    smol::block_on(async {
        let set = PluginSet::<SharedNamedPlugin>::builder(directory.path()).load_async().await.unwrap();
        assert_eq!(set.rescan_async().await.unwrap().len(), 0);
        assert_eq!(set.reload_all_async().await.unwrap().len(), 1);
    });
}

#[test]
fn untrusted_plugins_have_limits() {
    let directory = Directory::with(&["a"]);
    directory.write("large.wat", r#"(module (memory 300) (func (export "name")))"#);
    let set = PluginSet::<NamedPlugin>::builder(directory.path()).untrusted().load().unwrap();
    assert_eq!(answer(&set, "a"), "a");
    problem(set.get("large"), |problem| matches!(problem, SetProblem::Plugin(Error::Link(_))));
}
