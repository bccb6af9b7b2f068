use std::{
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use extism_runtime::set::{PluginSet, Reloadable, SetEvent, Watch, WatchOptions};

use super::*;

/// Longer than anything here takes: a limit for hangs.
const AGES: Duration = Duration::from_secs(60);
const SETTLE: Duration = Duration::from_millis(100);

fn options() -> WatchOptions {
    WatchOptions::new().with_settle_time(SETTLE)
}

/// The events of a set that is watched.
struct Events(Receiver<SetEvent>, #[allow(dead_code, reason = "dropped at the end")] Watch);

impl Events {
    fn of(set: &PluginSet<NamedPlugin>) -> Self {
        Self::with(options(), set)
    }

    fn with(options: WatchOptions, set: &PluginSet<NamedPlugin>) -> Self {
        let (sender, events) = mpsc::channel();
        Self(events, set.watch_with(options, move |event| drop(sender.send(event.clone()))).unwrap())
    }

    fn next(&self) -> SetEvent {
        self.0.recv_timeout(AGES).expect("an event")
    }

    fn replaced(&self, name: &str) {
        match self.next() {
            SetEvent::Replaced { plugin, .. } => assert_eq!(plugin, name),
            other => panic!("{other:?}"),
        }
    }

    fn loaded(&self, name: &str) {
        match self.next() {
            SetEvent::Loaded { plugin, .. } => assert_eq!(plugin, name),
            other => panic!("{other:?}"),
        }
    }

    fn failed(&self, text: &str) {
        match self.next() {
            SetEvent::Failed(error) => assert!(error.to_string().contains(text), "{error}"),
            other => panic!("{other:?}"),
        }
    }

    /// There are no other events.
    fn end(self) {
        thread::sleep(SETTLE * 3);
        let left: Vec<_> = self.0.try_iter().collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn files_that_are_added_changed_and_removed() {
    let directory = Directory::with(&["a"]);
    let set = directory.load();
    let events = Events::of(&set);
    directory.write("b.wat", &named("b"));
    events.loaded("b");
    directory.write("a.wat", &named("new"));
    events.replaced("a");
    assert_eq!((answer(&set, "a").as_str(), answer(&set, "b").as_str()), ("new", "b"));
    directory.replace("a.wat", &named("newer"));
    events.replaced("a");
    assert_eq!(answer(&set, "a"), "newer");
    directory.remove("b.wat");
    assert!(matches!(events.next(), SetEvent::Removed { plugin, .. } if plugin == "b"));
    events.end();
}

#[test]
fn a_directory_of_a_plugins_own() {
    let directory = Directory::new();
    let set = directory.load();
    let events = Events::of(&set);
    directory.write("own/main.wat", &named("own"));
    directory.write("own/plugin.toml", "wasm = [{ path = 'main.wat' }]");
    events.loaded("own");
    directory.write("own/main.wat", &named("new"));
    events.replaced("own");
    assert_eq!(answer(&set, "own"), "new");
    fs::remove_dir_all(directory.join("own")).unwrap();
    // Between the two removals, the manifest may name a module that is gone.
    while !matches!(events.next(), SetEvent::Removed { .. }) {}
    assert!(set.is_empty());
}

#[test]
fn modules_that_manifests_name_wherever_they_are() {
    let directory = Directory::new();
    directory.write("elsewhere/deep/a.wat", &named("a"));
    directory.write("plugins/a.toml", "wasm = [{ path = '../elsewhere/deep/a.wat' }]");
    let set = PluginSet::<NamedPlugin>::load(directory.join("plugins")).unwrap();
    let events = Events::of(&set);
    // Its neighbours do not matter.
    directory.write("elsewhere/deep/other.wat", "(module");
    directory.replace("elsewhere/deep/a.wat", &named("b"));
    events.replaced("a");
    assert_eq!(answer(&set, "a"), "b");
    // The directory that it is in comes back as another one.
    fs::remove_dir_all(directory.join("elsewhere")).unwrap();
    events.failed("a.wat");
    assert_eq!(answer(&set, "a"), "b");
    directory.write("elsewhere/deep/a.wat", &named("c"));
    events.replaced("a");
    assert_eq!(answer(&set, "a"), "c");
}

#[test]
fn a_burst_of_writes_is_one_reload_and_a_touch_is_none() {
    let directory = Directory::with(&["a", "b"]);
    let set = directory.load();
    // Long enough for a machine with much else to do between two writes.
    let settle = SETTLE * 20;
    let events = Events::with(options().with_settle_time(settle), &set);
    for number in 0..50 {
        directory.write("a.wat", &named(&format!("a{number}")));
        directory.write("b.wat", &named("b"));
    }
    // Half of a file, and the rest before it has settled.
    let whole = named("last");
    directory.write("a.wat", &whole[..whole.len() / 2]);
    thread::sleep(settle / 10);
    directory.write("a.wat", &whole);
    events.replaced("a");
    assert_eq!((answer(&set, "a"), answer(&set, "b")), ("last".to_owned(), "b".to_owned()));
    assert_eq!(set.entry("b").unwrap().version(), 1);
    directory.write("a.wat", &whole);
    directory.replace("b.wat", &named("b"));
    thread::sleep(settle);
    events.end();
    assert_eq!(set.entry("a").unwrap().version(), 2);
}

#[test]
fn a_bad_version_is_reported_and_the_old_one_serves() {
    let directory = Directory::with(&["a"]);
    let set = directory.load();
    let events = Events::of(&set);
    directory.write("a.wat", "(module");
    events.failed("a.wat");
    assert_eq!(answer(&set, "a"), "a");
    directory.write("a.wat", &named("good"));
    events.replaced("a");
    assert_eq!(answer(&set, "a"), "good");
    events.end();
}

#[test]
fn a_directory_that_vanishes_and_comes_back() {
    let directory = Directory::new();
    directory.write("plugins/a.wat", &named("a"));
    let set = PluginSet::<NamedPlugin>::load(directory.join("plugins")).unwrap();
    let events = Events::of(&set);
    fs::rename(directory.join("plugins"), directory.join("old")).unwrap();
    events.failed("plugins");
    assert_eq!(answer(&set, "a"), "a");
    fs::create_dir(directory.join("new")).unwrap();
    directory.write("new/a.wat", &named("b"));
    fs::rename(directory.join("new"), directory.join("plugins")).unwrap();
    events.replaced("a");
    // The new directory is watched, not the old one.
    directory.write("old/a.wat", &named("old"));
    directory.write("plugins/a.wat", &named("c"));
    events.replaced("a");
    assert_eq!(answer(&set, "a"), "c");
    events.end();
}

#[cfg(unix)]
#[test]
fn links_that_are_changed_to_another_release() {
    use std::os::unix::fs::symlink;

    let directory = Directory::new();
    directory.write("releases/1/a.wat", &named("1"));
    directory.write("releases/2/a.wat", &named("2"));
    symlink("releases/1", directory.join("current")).unwrap();
    let set = PluginSet::<NamedPlugin>::load(directory.join("current")).unwrap();
    let events = Events::of(&set);
    symlink("releases/2", directory.join("next")).unwrap();
    fs::rename(directory.join("next"), directory.join("current")).unwrap();
    events.replaced("a");
    assert_eq!(answer(&set, "a"), "2");
    directory.write("releases/2/a.wat", &named("3"));
    events.replaced("a");
    assert_eq!(answer(&set, "a"), "3");
}

#[test]
fn what_changed_before_watching_began_is_noticed() {
    let directory = Directory::with(&["a"]);
    let set = directory.load();
    directory.write("a.wat", &named("b"));
    let events = Events::of(&set);
    events.replaced("a");
    assert_eq!(answer(&set, "a"), "b");
}

#[test]
fn nothing_is_reloaded_after_the_watch_is_dropped() {
    let directory = Directory::with(&["a"]);
    let set = directory.load();
    drop(set.watch(|_| ()).unwrap());
    directory.write("a.wat", &named("b"));
    thread::sleep(SETTLE * 4);
    assert_eq!(answer(&set, "a"), "a");
}

#[test]
fn a_watch_may_be_dropped_by_the_function_that_is_told() {
    let directory = Directory::with(&["a"]);
    let set = directory.load();
    let (to_function, watches) = mpsc::channel::<Watch>();
    let (sender, events) = mpsc::channel();
    let watch = set.watch_with(options(), move |_| {
        drop(watches.recv());
        sender.send(()).unwrap();
    });
    to_function.send(watch.unwrap()).unwrap();
    directory.write("a.wat", &named("b"));
    events.recv_timeout(AGES).unwrap();
    // The thread has ended, and with it the function.
    assert!(events.recv_timeout(AGES).is_err_and(|error| error == mpsc::RecvTimeoutError::Disconnected));
}

#[test]
fn a_function_that_panics_does_not_end_the_watch() {
    let directory = Directory::with(&["a"]);
    let set = directory.load();
    let (sender, events) = mpsc::channel();
    let _watch = set.watch_with(options(), move |event| {
        sender.send(()).unwrap();
        panic!("told of {event:?}");
    });
    for content in ["b", "c"] {
        directory.write("a.wat", &named(content));
        events.recv_timeout(AGES).unwrap();
        assert_eq!(answer(&set, "a"), content);
    }
}

#[test]
fn a_reloadable_is_watched_too() {
    let directory = Directory::with(&["a"]);
    let plugin = Reloadable::<NamedPlugin>::load(directory.join("a.wat")).unwrap();
    let (sender, events) = mpsc::channel();
    let watch = plugin.watch_with(options(), move |event| drop(sender.send(event.clone()))).unwrap();
    directory.write("b.wat", &named("another"));
    directory.replace("a.wat", &named("b"));
    assert!(matches!(events.recv_timeout(AGES).unwrap(), SetEvent::Replaced { .. }));
    assert_eq!(plugin.get().unwrap().name().unwrap(), "b");
    drop(watch);
}

#[test]
fn polling_notices_what_the_system_does_not_tell() {
    let directory = Directory::with(&["a"]);
    let set = directory.load();
    let (sender, events) = mpsc::channel();
    let options = options().with_poll_interval(Duration::from_millis(20));
    let _watch = set.watch_with(options, move |event| drop(sender.send(event.clone()))).unwrap();
    let began = Instant::now();
    directory.write("a.wat", &named("b"));
    events.recv_timeout(AGES).unwrap();
    assert!(began.elapsed() < AGES);
}
