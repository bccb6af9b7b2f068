use std::{
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use extism_runtime::set::{Lent, PluginSet};

use super::*;

#[test]
fn call_all_answers_by_name_sorted_and_leaves_disabled_plugins_out() {
    let directory = Directory::with(&["c", "a", "b", "d"]);
    directory.write("broken.wat", "(module");
    let set = directory.load();
    set.disable("b").unwrap();
    let mut order = Vec::new();
    let answers = set.call_all(|plugin| {
        let name = plugin.name()?;
        order.push(name.clone());
        if name == "d" { Err(extism_runtime::Plugin::new("(module").unwrap_err()) } else { Ok(name) }
    });
    assert_eq!(order, ["a", "c", "d"]);
    let shown: Vec<_> = answers.iter().map(|(name, answer)| (name.as_str(), answer.as_deref().ok())).collect();
    assert_eq!(shown, [("a", Some("a")), ("broken", None), ("c", Some("c")), ("d", None)]);
    let error = answers["broken"].as_ref().unwrap_err().to_string();
    assert!(error.contains("broken.wat"), "{error}");
}

#[test]
fn call_all_async_calls_all_at_the_same_time() {
    let directory = Directory::with(&["a", "b", "c"]);
    directory.write("broken.wat", "(module");
    let set = PluginSet::<SharedNamedPlugin>::load(directory.path()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let barrier = std::sync::Arc::new(tokio::sync::Barrier::new(3));
    // Spawned: the future is `Send`.
    let calling = runtime.spawn(async move {
        set.call_all_async(|client| {
            let barrier = barrier.clone();
            async move {
                // Passes only if all three are here.
                barrier.wait().await;
                client.name_async().await
            }
        })
        .await
    });
    let answers = runtime.block_on(async { tokio::time::timeout(Duration::from_secs(60), calling).await });
    let answers = answers.expect("all at the same time").unwrap();
    let shown: Vec<_> = answers.iter().map(|(name, answer)| (name.as_str(), answer.as_deref().ok())).collect();
    assert_eq!(shown, [("a", Some("a")), ("b", Some("b")), ("broken", None), ("c", Some("c"))]);
}

#[test]
fn exclusive_clients_are_called_as_tasks_too() {
    let directory = Directory::with(&["a", "b"]);
    let set = Untyped::load(directory.path()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let calling = runtime.spawn(async move {
        set.call_all_async(|mut plugin: Lent<Plugin>| async move { plugin.call_async::<_, String>("name", ()).await })
            .await
    });
    let answers = runtime.block_on(calling).unwrap();
    assert_eq!(answers.into_values().map(Result::unwrap).collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn an_exclusive_client_is_lent_to_one_user_at_a_time() {
    let directory = Directory::with(&["a"]);
    let set = directory.load();
    let first = set.get("a").unwrap();
    let (sender, receiver) = mpsc::channel();
    let (waiting, to_send) = (set.clone(), sender.clone());
    let second = thread::spawn(move || {
        let mut client = waiting.get("a").unwrap();
        to_send.send("second").unwrap();
        client.name().unwrap()
    });
    thread::sleep(Duration::from_millis(50));
    sender.send("first").unwrap();
    drop(first);
    assert_eq!(second.join().unwrap(), "a");
    assert_eq!(receiver.try_iter().collect::<Vec<_>>(), ["first", "second"]);
}

#[test]
fn waiting_for_an_exclusive_client_ends() {
    let directory = Directory::with(&["a"]);
    let builder = PluginSet::<NamedPlugin>::builder(directory.path());
    let set = builder.with_max_wait(Duration::from_millis(50)).load().unwrap();
    let client = set.get("a").unwrap();
    let began = Instant::now();
    problem(set.get("a"), |problem| matches!(problem, SetProblem::Busy { .. }));
    // Here the thread that waits runs tasks, whose executor has nothing to do with the lock.
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        problem(set.get("a"), |problem| matches!(problem, SetProblem::Busy { .. }));
        problem(set.get_async("a").await, |problem| matches!(problem, SetProblem::Busy { .. }));
    });
    smol::block_on(async {
        problem(set.get_async("a").await, |problem| matches!(problem, SetProblem::Busy { .. }));
    });
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    drop(client);
    assert_eq!(answer(&set, "a"), "a");
}

#[test]
fn shared_clients_are_lent_to_many_at_the_same_time() {
    let directory = Directory::with(&["a"]);
    let set = PluginSet::<SharedNamedPlugin>::load(directory.path()).unwrap();
    let (one, two) = (set.get("a").unwrap(), set.get("a").unwrap());
    assert_eq!((one.name().unwrap(), two.name().unwrap()), ("a".to_owned(), "a".to_owned()));
}

#[test]
fn a_disabled_plugin_is_not_lent_until_it_is_enabled() {
    let directory = Directory::with(&["a"]);
    let set = directory.load();
    let mut lent = set.get("a").unwrap();
    set.disable("a").unwrap();
    assert_eq!(lent.name().unwrap(), "a");
    drop(lent);
    problem(set.get("a"), |problem| matches!(problem, SetProblem::Disabled));
    // It is reloaded all the same, and stays disabled even if its file comes and goes.
    directory.write("a.wat", &named("new"));
    set.rescan().unwrap();
    problem(set.get("a"), |problem| matches!(problem, SetProblem::Disabled));
    directory.remove("a.wat");
    set.rescan().unwrap();
    directory.write("a.wat", &named("newer"));
    set.rescan().unwrap();
    assert!(!set.entry("a").unwrap().is_enabled());
    set.enable("a").unwrap();
    assert_eq!(answer(&set, "a"), "newer");
}

#[test]
fn an_unknown_name_is_an_error_with_the_nearest_one() {
    let directory = Directory::with(&["greeter"]);
    let set = directory.load();
    let error = set.get("greter").unwrap_err().to_string();
    assert!(error.contains("`greter`") && error.ends_with("did you mean `greeter`?"), "{error}");
    problem(set.disable("greter"), |problem| matches!(problem, SetProblem::Unknown { .. }));
    problem(set.enable("x"), |problem| matches!(problem, SetProblem::Unknown { nearest: None, .. }));
    problem(set.reload("x"), |problem| matches!(problem, SetProblem::Unknown { .. }));
}
