use std::{fs, path::Path, sync::Mutex};

use extism_runtime::{Engine, Plugin, PluginBuilder, set::PluginSet};
use extism_tests::guest;

/// Plug-ins that can be compiled, files that are none, and ones with all kinds of mistakes.
fn plugins(folder: &Path) {
    for file in ["echo.wasm", "lines_c.wasm", "reverse.wasm", "init_ctors.wat"] {
        fs::copy(guest(file), folder.join(file)).unwrap();
    }
    fs::write(
        folder.join("linked.toml"),
        "[[wasm]]\npath = 'own/math.wat'\nname = 'math'\n[[wasm]]\npath = 'main.wat'\n",
    )
    .unwrap();
    fs::copy(guest("linking_main.wat"), folder.join("main.wat")).unwrap();
    fs::create_dir(folder.join("own")).unwrap();
    fs::copy(guest("linking_math.wat"), folder.join("own/math.wat")).unwrap();
    fs::write(folder.join("own/plugin.json"), r#"{"wasm": [{"path": "../own/math.wat"}]}"#).unwrap();
    fs::write(folder.join("broken.wasm"), b"\0asm\x01\0\0\0\xff").unwrap();
    fs::write(folder.join("missing.toml"), "wasm = [{ path = 'gone.wasm' }]").unwrap();
    fs::write(folder.join("twice.toml"), "wasm = [{ path = 'own/math.wat' }]").unwrap();
    fs::write(folder.join("twice.json"), r#"{"wasm": [{"path": "main.wat"}]}"#).unwrap();
    fs::create_dir(folder.join("folder.wasm")).unwrap();
    fs::write(folder.join("README.md"), "no plug-in").unwrap();
    fs::write(folder.join(".new.wasm"), "half of one").unwrap();
}

fn engine(cache: &Path) -> Engine {
    Engine::builder().with_cache_directory(cache).build().unwrap()
}

/// The modules that manifests name are no plug-ins of their own.
#[test]
fn what_a_set_loads_is_compiled_and_each_bad_plugin_has_an_error_that_names_its_file() {
    let (folder, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    plugins(folder.path());
    let seen = Mutex::new(Vec::new());
    let warmed = engine(cache.path())
        .warm(folder.path(), |progress| {
            seen.lock().unwrap().push((progress.plugin.name.clone(), progress.finished, progress.total));
        })
        .unwrap();
    let result: Vec<_> = warmed.iter().map(|plugin| (plugin.name.as_str(), plugin.error.is_none())).collect();
    let expected = [
        ("broken", false),
        ("echo", true),
        ("folder", false),
        ("init_ctors", true),
        ("lines_c", true),
        ("linked", true),
        ("missing", false),
        ("own", true),
        ("reverse", true),
        ("twice", false),
    ];
    assert_eq!(result, expected, "{warmed:?}");
    for plugin in &warmed {
        let Some(error) = &plugin.error else { continue };
        let (error, file) = (error.to_string(), plugin.path.display().to_string());
        assert!(error.starts_with(&format!("plug-in `{}` ({file}): ", plugin.name)), "{error}");
        assert!(plugin.path.starts_with(folder.path()) && plugin.path.exists(), "{file}");
    }
    // The set agrees about the names, and about what is wrong.
    let set = PluginSet::<Plugin>::load(folder.path()).unwrap();
    let loaded: Vec<_> = set.iter().map(|entry| (entry.name().to_owned(), entry.error().is_none())).collect();
    assert_eq!(loaded, expected.map(|(name, is_good)| (name.to_owned(), is_good)));
    let mut seen = seen.into_inner().unwrap();
    let mut finished: Vec<_> = seen.iter().map(|(_, finished, total)| (*finished, *total)).collect();
    finished.sort_unstable();
    assert_eq!(finished, (1..=expected.len()).map(|finished| (finished, expected.len())).collect::<Vec<_>>());
    seen.sort();
    assert_eq!(seen.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>(), expected.map(|(name, _)| name));
}

/// Reading a pipe would never end.
#[cfg(unix)]
#[test]
fn pipes_and_circles_of_links_are_errors() {
    let (folder, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::copy(guest("echo.wasm"), folder.path().join("echo.wasm")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, folder.path().join("pipe.wasm"), rustix::fs::Mode::RUSR).unwrap();
    fs::write(folder.path().join("names_a_pipe.toml"), "wasm = [{ path = 'pipe.wasm' }]").unwrap();
    std::os::unix::fs::symlink("circle.wasm", folder.path().join("circle.wasm")).unwrap();
    let warmed = engine(cache.path()).warm(folder.path(), |_| ()).unwrap();
    let result: Vec<_> = warmed.iter().map(|plugin| (plugin.name.as_str(), plugin.error.is_none())).collect();
    assert_eq!(result, [("circle", false), ("echo", true), ("names_a_pipe", false)], "{warmed:?}");
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

/// Sets the mode of all files and folders in a folder.
#[cfg(unix)]
fn set_modes(folder: &Path, folders: u32, files: u32) {
    use std::os::unix::fs::PermissionsExt as _;

    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            set_modes(&path, folders, files);
        } else {
            fs::set_permissions(path, fs::Permissions::from_mode(files)).unwrap();
        }
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(folders)).unwrap();
}

#[test]
fn a_cache_may_have_a_relative_path() {
    let (folder, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    plugins(folder.path());
    let up: std::path::PathBuf = std::env::current_dir().unwrap().components().skip(1).map(|_| "..").collect();
    let Ok(place) = cache.path().strip_prefix("/") else { return };
    engine(&up.join(place)).warm(folder.path(), |_| ()).unwrap();
    assert!(!files(cache.path()).is_empty());
}

/// A directory has the place of the files that the cache would write.
#[test]
fn code_that_cannot_be_written_to_the_cache_is_an_error_of_its_plugin() {
    let (folder, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::copy(guest("reverse.wasm"), folder.path().join("reverse.wasm")).unwrap();
    let engine = engine(cache.path());
    let modules = cache.path().join("code/modules");
    fs::remove_dir_all(&modules).unwrap();
    fs::write(&modules, "a file in its place").unwrap();
    let warmed = engine.warm(folder.path(), |_| ()).unwrap();
    let error = warmed[0].error.as_ref().unwrap().to_string();
    assert!(error.starts_with("plug-in `reverse` (") && error.contains("the cache cannot be written to"), "{error}");
}

/// For the superuser, nothing is read-only; for others it shows that nothing is written.
#[cfg(unix)]
#[test]
fn a_cache_that_cannot_be_written_is_read() {
    let (folder, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    plugins(folder.path());
    engine(cache.path()).warm(folder.path(), |_| ()).unwrap();
    fs::copy(guest("pdk_c.wasm"), folder.path().join("new.wasm")).unwrap();
    set_modes(cache.path(), 0o555, 0o444);
    let engine = engine(cache.path());
    for (file, export) in [("reverse.wasm", "reverse"), ("new.wasm", "settings")] {
        let mut plugin: Plugin = PluginBuilder::new(folder.path().join(file)).with_engine(&engine).build().unwrap();
        plugin.call::<_, String>(export, "abc").unwrap();
    }
    set_modes(cache.path(), 0o755, 0o644);
}
