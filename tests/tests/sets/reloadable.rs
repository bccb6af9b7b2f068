use extism_runtime::set::{Reloadable, SetEvent};

use super::*;

#[test]
fn one_plugin_is_replaced_when_its_file_changes() {
    let directory = Directory::new();
    directory.write("a.wat", &named("a"));
    directory.write("a.toml", "wasm = [{ path = 'a.wat' }]");
    let plugin = Reloadable::<NamedPlugin>::load(directory.join("a.toml")).unwrap();
    let answer = || plugin.get().unwrap().name().unwrap();
    assert_eq!((plugin.name(), answer().as_str(), plugin.version()), ("a", "a", 1));
    assert!(plugin.rescan().is_none());
    directory.replace("a.wat", &named("b"));
    assert!(matches!(plugin.rescan(), Some(SetEvent::Replaced { .. })));
    assert_eq!((answer().as_str(), plugin.version()), ("b", 2));
    directory.write("a.wat", "(module");
    assert!(matches!(plugin.rescan(), Some(SetEvent::Failed(_))));
    assert_eq!(answer(), "b");
    let error = plugin.error().unwrap().to_string();
    assert!(error.contains("a.toml") && error.contains("a.wat"), "{error}");
    problem(plugin.reload(), |problem| matches!(problem, SetProblem::Plugin(Error::Load(_))));
    directory.remove("a.toml");
    problem(plugin.reload(), |problem| matches!(problem, SetProblem::File(_)));
    assert_eq!(answer(), "b");
}

#[test]
fn the_first_version_must_load() {
    let directory = Directory::new();
    problem(Reloadable::<NamedPlugin>::load(directory.join("a.wat")), |problem| matches!(problem, SetProblem::File(_)));
    directory.write("a.wat", "(module");
    problem(Reloadable::<NamedPlugin>::load(directory.join("a.wat")), |problem| {
        matches!(problem, SetProblem::Plugin(Error::Load(_)))
    });
}

#[test]
fn it_is_reloaded_as_a_task() {
    let directory = Directory::with(&["a"]);
    smol::block_on(async {
        let plugin = Reloadable::<SharedNamedPlugin>::builder(directory.join("a.wat"));
        let plugin = plugin.with_plugin(|_, builder| builder.with_max_instances(2)).load_async().await.unwrap();
        directory.write("a.wat", &named("b"));
        plugin.reload_async().await.unwrap();
        assert_eq!(plugin.get_async().await.unwrap().name_async().await.unwrap(), "b");
        assert_eq!(plugin.get().unwrap().pool().max_instances(), 2);
    });
}
