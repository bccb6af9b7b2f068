//! Whatever is wrong with a plug-in is an error of its own that names the file, and the others serve.

use std::ffi::OsStr;

use extism_runtime::{
    error::{LoadError, ManifestError},
    set::PluginSet,
};

use super::*;

/// Loads a directory in which `good` serves and `name` does not; returns the error's message, which names the file.
fn message(directory: &Directory, name: &str, file: &str) -> String {
    directory.write("good.wat", &named("good"));
    let set = directory.load();
    assert_eq!(answer(&set, "good"), "good");
    let errors = set.errors();
    assert_eq!(errors.iter().map(|error| error.plugin.as_str()).collect::<Vec<_>>(), [name]);
    let message = set.get(name).unwrap_err().to_string();
    assert_eq!(message, errors[0].to_string());
    assert!(message.contains(file), "{message}");
    message
}

#[test]
fn two_files_with_the_same_name() {
    for files in [
        ["twice.toml", "twice.wat"],
        ["twice.json", "twice.toml"],
        ["twice.wasm", "twice.wat"],
        ["twice.toml", "twice/plugin.toml"],
        ["twice/plugin.json", "twice/plugin.toml"],
        ["twice.wat", "twice/plugin.toml"],
    ] {
        let directory = Directory::new();
        directory.write("modules/a.wat", &named("a"));
        for file in files {
            let manifest = if file.ends_with("json") {
                format!("{{\"wasm\": [{{\"path\": {:?}}}]}}", directory.join("modules/a.wat"))
            } else {
                format!("wasm = [{{ path = {:?} }}]", directory.join("modules/a.wat"))
            };
            directory.write(file, if file.contains(".wa") { "(module)" } else { &manifest });
        }
        let message = message(&directory, "twice", files[0]);
        assert!(message.contains("several files have this name") && message.contains(files[1]), "{message}");
    }
}

#[test]
fn a_second_file_with_the_name_of_a_plugin_that_serves() {
    let directory = Directory::with(&["a"]);
    let set = directory.load();
    directory.write("a/plugin.toml", "wasm = [{ path = '../a.wasm' }]");
    assert_eq!(set.rescan().unwrap().len(), 1);
    assert!(set.errors()[0].to_string().contains("several files"), "{:?}", set.errors());
    assert_eq!(answer(&set, "a"), "a");
    directory.remove("a/plugin.toml");
    set.rescan().unwrap();
    assert!(set.errors().is_empty());
}

#[test]
fn manifests_that_name_each_others_files() {
    let directory = Directory::new();
    directory.write("a.toml", "wasm = [{ path = 'b.toml' }]");
    directory.write("b.toml", "wasm = [{ path = 'a.toml' }]");
    directory.write("good.wat", &named("good"));
    let set = directory.load();
    assert_eq!(names(&set), ["a", "b", "good"]);
    assert_eq!(answer(&set, "good"), "good");
    for (name, file) in [("a", "b.toml"), ("b", "a.toml")] {
        let message = set.get(name).unwrap_err().to_string();
        assert!(message.contains(file) && message.contains("looks like a manifest"), "{message}");
    }
    // Modules may be crossed: that is no mistake.
    directory.write("a.toml", "wasm = [{ path = 'b.wat' }]");
    directory.write("b.toml", "wasm = [{ path = 'a.wat' }]");
    directory.write("a.wat", &named("in a"));
    directory.write("b.wat", &named("in b"));
    set.rescan().unwrap();
    assert_eq!((answer(&set, "a"), answer(&set, "b")), ("in b".to_owned(), "in a".to_owned()));
}

#[test]
fn manifests_with_mistakes() {
    let directory = Directory::new();
    directory.write("bad.toml", "wasm = [{ path = 'a.wat' }]\nwsam = 1");
    let text = message(&directory, "bad", "bad.toml");
    assert!(text.contains("did you mean `wasm`?") && text.contains("line 2"), "{text}");
    directory.write("bad.toml", "wasm = [{ path = 'missing.wat' }]");
    let text = message(&directory, "bad", "bad.toml");
    assert!(text.contains("missing.wat"), "{text}");
}

/// The files have a length, but no content on the disk: reading them would take long, and the memory.
#[test]
fn modules_and_manifests_of_gigabytes() {
    let directory = Directory::with(&["good"]);
    for (file, length) in [("module.wasm", 1 << 40), ("manifest.toml", 1 << 40), ("small.wasm", 2000)] {
        fs::File::create(directory.join(file)).unwrap().set_len(length).unwrap();
    }
    let set = PluginSet::<NamedPlugin>::load(directory.path()).unwrap();
    let is_too_large = |problem: &SetProblem| match problem {
        SetProblem::Plugin(Error::Load(LoadError::TooLarge { limit, .. })) => *limit == 1 << 30,
        SetProblem::Plugin(Error::Manifest(ManifestError::TooLarge { .. })) => true,
        _ => false,
    };
    problem(set.get("module"), is_too_large);
    problem(set.get("manifest"), is_too_large);
    problem(set.get("small"), |problem| matches!(problem, SetProblem::Plugin(Error::Load(LoadError::NotWasm { .. }))));
    assert_eq!(answer(&set, "good"), "good");
    // The program's own limit is looked at before the content, too.
    let set = PluginSet::<NamedPlugin>::builder(directory.path())
        .with_plugins(|_, plugin| plugin.with_max_module_bytes(1999))
        .load()
        .unwrap();
    problem(set.get("small"), |problem| {
        matches!(problem, SetProblem::Plugin(Error::Load(LoadError::TooLarge { limit: 1999, .. })))
    });
    assert_eq!(set.rescan().unwrap().len(), 0);
}

/// What of a gigabyte is no module is not read, neither for loading it nor to see later whether it has changed.
#[cfg(target_os = "linux")]
#[test]
fn a_gigabyte_that_is_no_module_is_not_read() {
    use extism_runtime::Engine;

    let name = "bad::a_gigabyte_that_is_no_module_is_not_read";
    if std::env::var_os("EXTISM_TEST_GIGABYTE").is_none() {
        let output = extism_tests::repeated(name).env("EXTISM_TEST_GIGABYTE", "1").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        return;
    }
    let bytes_read = || {
        let io = fs::read_to_string("/proc/self/io").unwrap();
        io.lines().find_map(|line| line.strip_prefix("rchar: ")).unwrap().parse::<u64>().unwrap()
    };
    let directory = Directory::with(&["good"]);
    for (file, start) in [("zeros.wasm", ""), ("text.wat", "no module"), ("manifest.wasm", "{}")] {
        directory.write(file, start);
        fs::OpenOptions::new().write(true).open(directory.join(file)).unwrap().set_len(1 << 30).unwrap();
    }
    directory.write("named.toml", "wasm = [{ path = 'zeros.wasm', name = 'main' }]");
    let before = bytes_read();
    let set = directory.load();
    assert_eq!(set.rescan().unwrap().len(), 0);
    for name in ["text", "manifest", "named"] {
        problem(set.get(name), |problem| matches!(problem, SetProblem::Plugin(Error::Load(LoadError::NotWasm { .. }))));
    }
    assert_eq!(answer(&set, "good"), "good");
    let engine = Engine::builder().with_cache_directory(directory.join("cache")).build().unwrap();
    let warmed = engine.warm(directory.path(), |_| ()).unwrap();
    assert_eq!(warmed.iter().filter(|plugin| plugin.error.is_some()).count(), 3);
    assert!(bytes_read() - before < 256 << 20, "{} bytes", bytes_read() - before);
}

#[cfg(unix)]
#[test]
fn files_and_directories_without_permission() {
    use std::os::unix::fs::PermissionsExt as _;

    if !permissions_apply("bad::files_and_directories_without_permission") {
        return;
    }
    let directory = Directory::with(&["a", "good"]);
    directory.write("own/plugin.toml", "wasm = [{ path = 'main.wat' }]");
    directory.write("own/main.wat", &named("own"));
    let allow = |file: &str, mode| fs::set_permissions(directory.join(file), fs::Permissions::from_mode(mode)).unwrap();
    allow("a.wat", 0);
    allow("own", 0);
    let set = directory.load();
    assert_eq!(answer(&set, "good"), "good");
    for (name, file) in [("a", "a.wat"), ("own", "own")] {
        let message = set.get(name).unwrap_err().to_string();
        assert!(message.contains(file) && message.contains("ermission denied"), "{message}");
    }
    allow("a.wat", 0o600);
    allow("own", 0o700);
    assert_eq!(set.rescan().unwrap().len(), 2);
    assert!(set.errors().is_empty());
}

#[cfg(unix)]
#[test]
fn links_in_circles_and_links_that_lead_nowhere() {
    use std::os::unix::fs::symlink;

    let directory = Directory::with(&["good"]);
    let link = |to: &str, name: &str| symlink(to, directory.join(name)).unwrap();
    link("b.wasm", "a.wasm");
    link("a.wasm", "b.wasm");
    link("gone.toml", "broken.toml");
    link("itself", "itself");
    // These lead to a directory without a manifest, and to a plug-in that has another name.
    link(".", "here");
    link("good.wat", "link.wat");
    let set = directory.load();
    assert_eq!(names(&set), ["a", "b", "broken", "good", "itself", "link"]);
    assert_eq!((answer(&set, "good"), answer(&set, "link")), ("good".to_owned(), "good".to_owned()));
    for (name, file) in [("a", "a.wasm"), ("b", "b.wasm"), ("broken", "broken.toml"), ("itself", "itself")] {
        problem(set.get(name), |problem| matches!(problem, SetProblem::File(_)));
        assert!(set.get(name).unwrap_err().to_string().contains(file));
    }
}

#[cfg(unix)]
#[test]
fn pipes_and_directories_in_place_of_files() {
    let directory = Directory::with(&["good"]);
    fs::create_dir(directory.join("folder.wasm")).unwrap();
    fs::create_dir(directory.join("manifest.toml")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, directory.join("pipe.wasm"), rustix::fs::Mode::RUSR).unwrap();
    directory.write("names_a_pipe.toml", "wasm = [{ path = 'pipe.wasm' }]");
    directory.write("names_a_folder.toml", "wasm = [{ path = 'folder.wasm' }]");
    let set = directory.load();
    assert_eq!(answer(&set, "good"), "good");
    for name in ["names_a_folder", "names_a_pipe", "manifest"] {
        problem(set.get(name), |problem| matches!(problem, SetProblem::NotAFile(_)));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8() {
    use std::os::unix::ffi::OsStrExt as _;

    let directory = Directory::with(&["good"]);
    fs::write(directory.join("").join(OsStr::from_bytes(b"b\xffd.wat")), named("bad")).unwrap();
    let set = directory.load();
    assert_eq!(names(&set), ["b\\xffd", "good"]);
    assert_eq!(answer(&set, "good"), "good");
    problem(set.get("b\\xffd"), |problem| matches!(problem, SetProblem::Name));
}

#[test]
fn a_directory_that_is_missing_or_vanishes() {
    let directory = Directory::new();
    let plugins = directory.join("plugins");
    let error = PluginSet::<NamedPlugin>::load(&plugins).unwrap_err();
    assert!(error.to_string().contains("plugins"), "{error}");
    problem::<()>(Err(error), |problem| matches!(problem, SetProblem::Directory(_)));
    directory.write("plugins/a.wat", &named("a"));
    let set = PluginSet::<NamedPlugin>::load(&plugins).unwrap();
    fs::rename(&plugins, directory.join("elsewhere")).unwrap();
    problem(set.rescan(), |problem| matches!(problem, SetProblem::Directory(_)));
    problem(set.reload("a"), |problem| matches!(problem, SetProblem::Directory(_)));
    assert_eq!((set.errors().len(), answer(&set, "a").as_str()), (1, "a"));
    fs::rename(directory.join("elsewhere"), &plugins).unwrap();
    assert_eq!(set.rescan().unwrap().len(), 0);
    assert!(set.errors().is_empty());
}
