//! Ten thousand reloads under load.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{CompiledPlugin, Manifest, Source, Wasm, set::PluginSet};

use super::*;

const RELOADS: usize = 5000;
const VERSIONS: u8 = 10;
const CALLERS: usize = 2;

/// A manifest of two modules, in one file. Each has the version's digit, and the output is both of them.
fn version(number: u8) -> String {
    let digit = b'0' + number;
    let library = format!(r#"(module (func (export "digit") (result i32) (i32.const {digit})))"#);
    let main = module(&[
        r#"(import "library" "digit" (func $digit (result i32)))"#,
        &environment(&["alloc", "store_u8", "length", "output_set"]),
        GIVE,
        &format!(
            r#"(func (export "name") (export "name_async") (local $block i64)
                (local.set $block (call $alloc (i64.const 2)))
                (call $store_u8 (local.get $block) (i32.const {digit}))
                (call $store_u8 (i64.add (local.get $block) (i64.const 1)) (call $digit))
                (call $give (local.get $block)))"#
        ),
    ]);
    let binary = |text: &str| Wasm::data(wat::parse_str(text).unwrap());
    Manifest::new([binary(&library).with_name("library"), binary(&main).with_name("main")]).to_json().unwrap()
}

/// Reloads a plug-in again and again while threads call it; returns how many calls there were.
fn storm<C>(name: impl Fn(&PluginSet<C>) -> Result<String, Error> + Sync) -> usize
where
    C: extism_runtime::plugin::FromPlugin + Send + Sync + 'static,
{
    let versions: Vec<_> = (0..VERSIONS).map(version).collect();
    // As long as these exist, compiling a version again takes no time.
    let compiled: Vec<_> = versions.iter().map(|text| CompiledPlugin::new(Source::text(text)).unwrap()).collect();
    let directory = Directory::new();
    directory.write("a.json", &versions[0]);
    let set = PluginSet::<C>::load(directory.path()).unwrap();
    let (ended, calls) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                while !ended.load(Ordering::Relaxed) {
                    let digits = name(&set).expect("no call is lost").into_bytes();
                    assert!(digits.len() == 2 && digits[0] == digits[1], "a mixture: {digits:?}");
                    calls.fetch_add(1, Ordering::Relaxed);
                    // So that the reloads get their part of the processors.
                    thread::sleep(Duration::from_micros(100));
                }
            });
        }
        for reload in 1..=RELOADS {
            let number = reload % usize::from(VERSIONS);
            directory.replace("a.json", &versions[number]);
            set.reload("a").expect("it can be loaded");
            // Whoever asks now gets this version.
            assert_eq!(name(&set).expect("no call is lost"), format!("{number}{number}"));
        }
        ended.store(true, Ordering::Relaxed);
    });
    assert_eq!(set.entry("a").unwrap().version(), RELOADS as u64 + 1);
    drop(compiled);
    calls.into_inner()
}

#[test]
fn no_call_of_a_shared_client_is_lost_or_mixed_while_it_is_reloaded() {
    let calls = storm::<SharedNamedPlugin>(|set| set.get("a")?.name());
    eprintln!("{RELOADS} reloads, {calls} calls");
    assert!(calls > 100, "{calls}");
}

#[test]
fn no_call_of_an_exclusive_client_is_lost_or_mixed_while_it_is_reloaded() {
    let calls = storm::<NamedPlugin>(|set| set.get("a")?.name());
    eprintln!("{RELOADS} reloads, {calls} calls");
    assert!(calls > 100, "{calls}");
}

/// The same while watching: each version that was there long enough is loaded, and calls go on.
#[test]
fn calls_go_on_while_a_watched_file_changes() {
    let directory = Directory::new();
    directory.write("a.json", &version(0));
    let set = PluginSet::<SharedNamedPlugin>::load(directory.path()).unwrap();
    let reloads = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&reloads);
    let options = extism_runtime::set::WatchOptions::new().with_settle_time(Duration::from_millis(5));
    let watch = set
        .watch_with(options, move |event| {
            assert!(event.error().is_none(), "{event:?}");
            counted.fetch_add(1, Ordering::Relaxed);
        })
        .unwrap();
    for number in 1..=20 {
        directory.replace("a.json", &version(number % VERSIONS));
        let digits = format!("{0}{0}", number % VERSIONS);
        let began = Instant::now();
        while set.get("a").unwrap().name().unwrap() != digits {
            assert!(began.elapsed().as_secs() < 60, "it is never loaded");
        }
    }
    drop(watch);
    assert_eq!(reloads.load(Ordering::Relaxed), 20);
}

/// A manifest that is replaced after it was read, but before what it names is loaded.
#[test]
fn a_manifest_that_changes_while_it_is_loaded_is_read_again() {
    let directory = Directory::new();
    directory.write("a.json", &version(1));
    let (path, left) = (directory.path().to_owned(), AtomicUsize::new(0));
    let left = Arc::new(left);
    let changes = Arc::clone(&left);
    let set = PluginSet::<SharedNamedPlugin>::builder(directory.path())
        .with_plugins(move |_, plugin| {
            let number = changes.load(Ordering::Relaxed);
            if number > 0 {
                changes.store(number - 1, Ordering::Relaxed);
                std::fs::write(path.join(".new"), version(u8::try_from(number).unwrap() + 1)).unwrap();
                std::fs::rename(path.join(".new"), path.join("a.json")).unwrap();
            }
            plugin
        })
        .load()
        .unwrap();
    let name = || set.get("a").unwrap().name().unwrap();
    assert_eq!(name(), "11");
    // Once: what is there at the end is loaded at once, and only that.
    directory.replace("a.json", &version(3));
    left.store(1, Ordering::Relaxed);
    assert_eq!(set.rescan().unwrap().len(), 1);
    assert_eq!(name(), "22");
    assert!(set.rescan().unwrap().is_empty());
    // All the time: what is loaded may be old, but then it is loaded again later.
    directory.replace("a.json", &version(9));
    left.store(7, Ordering::Relaxed);
    while !set.rescan().unwrap().is_empty() {}
    assert_eq!((left.load(Ordering::Relaxed), name().as_str()), (0, "22"));
    assert!(set.rescan().unwrap().is_empty());
}
