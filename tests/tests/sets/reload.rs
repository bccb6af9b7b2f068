use extism_runtime::set::{Lent, PluginSet, SetEvent};

use super::*;

fn shown(events: &[SetEvent]) -> Vec<String> {
    let show = |event: &SetEvent| match event {
        SetEvent::Loaded { plugin, .. } => format!("loaded {plugin}"),
        SetEvent::Replaced { plugin, .. } => format!("replaced {plugin}"),
        SetEvent::Removed { plugin, .. } => format!("removed {plugin}"),
        SetEvent::Failed(error) => format!("failed {}", error.plugin),
        _ => "?".to_owned(),
    };
    events.iter().map(show).collect()
}

#[test]
fn a_rescan_loads_what_is_new_or_changed_and_removes_what_is_gone() {
    let directory = Directory::with(&["same", "changed", "gone", "broken"]);
    let set = directory.load();
    directory.write("new.wat", &named("new"));
    directory.write("changed.wat", &named("other"));
    directory.write("broken.wat", "(module");
    directory.remove("gone.wat");
    let events = set.rescan().unwrap();
    assert_eq!(shown(&events), ["failed broken", "replaced changed", "removed gone", "loaded new"]);
    let answers: Vec<_> = ["broken", "changed", "new", "same"].map(|name| answer(&set, name)).into();
    assert_eq!(answers, ["broken", "other", "new", "same"]);
    problem(set.get("gone"), |problem| matches!(problem, SetProblem::Unknown { .. }));
    assert_eq!(shown(&set.rescan().unwrap()), [""; 0]);
}

#[test]
fn a_file_that_is_touched_or_written_with_the_same_content_reloads_nothing() {
    let directory = Directory::with(&["a"]);
    let set = directory.load();
    directory.write("a.wat", &named("a"));
    assert_eq!(shown(&set.rescan().unwrap()), [""; 0]);
    directory.replace("a.wat", &named("a"));
    assert_eq!(shown(&set.rescan().unwrap()), [""; 0]);
    assert_eq!(set.entry("a").unwrap().version(), 1);
    // Of the same length, and with the same time of change.
    let modified = fs::metadata(directory.join("a.wat")).unwrap().modified().unwrap();
    directory.write("a.wat", &named("b"));
    fs::File::options().write(true).open(directory.join("a.wat")).unwrap().set_modified(modified).unwrap();
    assert_eq!(shown(&set.rescan().unwrap()), ["replaced a"]);
    assert_eq!((answer(&set, "a").as_str(), set.entry("a").unwrap().version()), ("b", 2));
}

#[test]
fn a_bad_version_leaves_the_old_one_serving_and_says_why() {
    let directory = Directory::with(&["a"]);
    let set = PluginSet::<NamedPlugin>::builder(directory.path())
        .with_check(|_, plugin| match plugin.name()?.as_str() {
            "refused" => Err("it is refused".into()),
            _ => Ok(()),
        })
        .load()
        .unwrap();
    let bad = [
        ("(module", "a.wat"),
        (r#"(module (func (export "other")))"#, "no export `name`"),
        (r#"(module (import "extism:host/user" "kv" (func)) (func (export "name")))"#, "kv"),
        (&named("refused"), "it is refused"),
    ];
    for (content, why) in bad {
        directory.write("a.wat", content);
        assert_eq!(shown(&set.rescan().unwrap()), ["failed a"], "{content}");
        assert_eq!(answer(&set, "a"), "a");
        let error = set.errors()[0].to_string();
        assert!(error.contains("a.wat") && error.contains(why), "{error}");
        problem(set.reload("a"), |_| true);
        // It is told once.
        assert_eq!(shown(&set.rescan().unwrap()), [""; 0]);
    }
    directory.write("a.wat", &named("good"));
    assert_eq!(shown(&set.rescan().unwrap()), ["replaced a"]);
    assert!(set.errors().is_empty());
    assert_eq!(answer(&set, "a"), "good");
}

#[test]
fn a_client_that_is_lent_stays_with_its_version() {
    let directory = Directory::with(&["a"]);
    let exclusive = directory.load();
    let shared = PluginSet::<SharedNamedPlugin>::load(directory.path()).unwrap();
    let (mut old, old_shared) = (exclusive.get("a").unwrap(), shared.get("a").unwrap());
    directory.write("a.wat", &named("new"));
    exclusive.reload("a").unwrap();
    shared.reload("a").unwrap();
    // Nobody has to wait for who has the old one.
    assert_eq!(answer(&exclusive, "a"), "new");
    assert_eq!(shared.get("a").unwrap().name().unwrap(), "new");
    assert_eq!((old.name().unwrap().as_str(), Lent::version(&old)), ("a", 1));
    assert_eq!((old_shared.name().unwrap().as_str(), Lent::version(&old_shared)), ("a", 1));
    assert_eq!(Lent::version(&shared.get("a").unwrap()), 2);
    // Even if the plug-in goes altogether.
    directory.remove("a.wat");
    exclusive.rescan().unwrap();
    assert_eq!(old.name().unwrap(), "a");
}

#[test]
fn whoever_waited_gets_the_version_that_serves_then() {
    let directory = Directory::with(&["a"]);
    let set = directory.load();
    let old = set.get("a").unwrap();
    let waiting = std::thread::spawn({
        let set = set.clone();
        move || answer(&set, "a")
    });
    std::thread::sleep(std::time::Duration::from_millis(50));
    directory.write("a.wat", &named("new"));
    set.reload("a").unwrap();
    drop(old);
    assert_eq!(waiting.join().unwrap(), "new");
}

#[test]
fn a_changed_module_of_a_manifest_reloads_the_plugin() {
    let directory = Directory::new();
    directory.write("elsewhere/a.wat", &named("a"));
    directory.write("plugins/a.toml", "wasm = [{ path = '../elsewhere/a.wat' }]");
    let set = PluginSet::<NamedPlugin>::load(directory.join("plugins")).unwrap();
    directory.write("elsewhere/a.wat", &named("b"));
    assert_eq!(shown(&set.rescan().unwrap()), ["replaced a"]);
    assert_eq!(answer(&set, "a"), "b");
    directory.write("elsewhere/c.wat", &named("c"));
    directory.write("plugins/a.toml", "wasm = [{ path = '../elsewhere/c.wat' }]");
    assert_eq!(shown(&set.rescan().unwrap()), ["replaced a"]);
    assert_eq!(answer(&set, "a"), "c");
}

/// An editor has emptied the file, and not written it yet: the module beside it is still not a plug-in of its own.
#[test]
fn a_manifest_that_cannot_be_read_keeps_its_modules() {
    let directory = Directory::new();
    directory.write("library.wat", &named("a"));
    directory.write("a.toml", "wasm = [{ path = 'library.wat' }]");
    let set = directory.load();
    directory.write("a.toml", "wasm = [{ pa");
    assert_eq!(shown(&set.rescan().unwrap()), ["failed a"]);
    assert_eq!(names(&set), ["a"]);
    assert_eq!(answer(&set, "a"), "a");
}

#[test]
fn reload_loads_even_what_has_not_changed() {
    let directory = Directory::with(&["a", "b"]);
    let set = directory.load();
    set.reload("a").unwrap();
    assert_eq!((set.entry("a").unwrap().version(), set.entry("b").unwrap().version()), (2, 1));
    assert_eq!(shown(&set.reload_all().unwrap()), ["replaced a", "replaced b"]);
    directory.remove("a.wat");
    problem(
        set.reload("a"),
        |problem| matches!(problem, SetProblem::File(error) if error.kind() == std::io::ErrorKind::NotFound),
    );
    assert_eq!(answer(&set, "a"), "a");
}
