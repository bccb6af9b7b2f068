use std::{
    fs,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use extism_runtime::{Engine, Plugin, PluginBuilder};
use extism_tests::guest;

fn plugins(folder: &Path) {
    for file in ["echo.wasm", "lines_c.wasm", "reverse.wasm", "init_ctors.wat"] {
        fs::copy(guest(file), folder.join(file)).unwrap();
    }
    fs::write(folder.join("linked.toml"), "[[wasm]]\npath = 'math.wat'\nname = 'math'\n[[wasm]]\npath = 'main.wat'\n")
        .unwrap();
    fs::write(folder.join("broken.wasm"), b"\0asm\x01\0\0\0\xff").unwrap();
    fs::write(folder.join("README.md"), "no plug-in").unwrap();
}

fn engine(cache: &Path) -> Engine {
    Engine::builder().with_cache_directory(cache).build().unwrap()
}

#[test]
fn each_plugin_of_a_directory_is_compiled_and_a_bad_one_is_no_reason_to_stop() {
    let (folder, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    plugins(folder.path());
    let (seen, names) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let warmed = engine(cache.path())
        .warm(folder.path(), |plugin| {
            seen.fetch_add(1, Ordering::Relaxed);
            names.lock().unwrap().push(plugin.path.clone());
        })
        .unwrap();
    let result: Vec<_> = warmed
        .iter()
        .map(|plugin| (plugin.path.file_name().unwrap().to_str().unwrap(), plugin.error.is_none()))
        .collect();
    let expected = [
        ("broken.wasm", false),
        ("echo.wasm", true),
        ("init_ctors.wat", true),
        ("lines_c.wasm", true),
        ("linked.toml", false),
        ("reverse.wasm", true),
    ];
    assert_eq!(result, expected, "{warmed:?}");
    assert_eq!((seen.into_inner(), names.into_inner().unwrap().len()), (6, 6));
}

/// The files of the cache, with their content.
fn files(folder: &Path) -> Vec<(String, u64)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let metadata = entry.metadata().unwrap();
            if metadata.is_dir() {
                folders.push(entry.path());
            } else if !entry.file_name().to_string_lossy().contains(".stats") {
                found.push((entry.path().display().to_string(), metadata.len()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn what_is_warm_is_not_compiled_again_with_a_pool_or_without() {
    let (folder, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    plugins(folder.path());
    engine(cache.path()).warm(folder.path(), |_| ()).unwrap();
    let before = files(cache.path());
    for pool in [1000, 0] {
        let engine = Engine::builder().with_cache_directory(cache.path()).with_pool_size(pool).build().unwrap();
        let build = |file: &str| -> Plugin {
            PluginBuilder::new(folder.path().join(file)).with_engine(&engine).build().unwrap()
        };
        assert_eq!(build("reverse.wasm").call::<_, String>("reverse", "abc").unwrap(), "cba");
        assert_eq!(build("lines_c.wasm").call::<_, String>("divide", "6").unwrap(), "76");
    }
    assert_eq!(files(cache.path()), before);
}

#[test]
fn an_engine_without_a_cache_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::builder().with_cache(false).build().unwrap();
    let error = engine.warm(folder.path(), |_| ()).unwrap_err().to_string();
    assert!(error.contains("with_cache_directory"), "{error}");
}

#[test]
fn a_directory_that_is_not_there_is_named() {
    let cache = tempfile::tempdir().unwrap();
    let error = engine(cache.path()).warm("/no/such/plugins", |_| ()).unwrap_err().to_string();
    assert!(error.contains("/no/such/plugins"), "{error}");
}
