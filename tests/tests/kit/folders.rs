use std::time::{Duration, UNIX_EPOCH};

use extism_runtime::{
    PluginBuilder,
    test::{TestClock, TestFolder},
};
use extism_tests::{GIVE, NUMBER, environment, guest, module};

#[test]
fn a_folder_has_files_that_a_manifest_allows() {
    let folder = TestFolder::new().unwrap().with_file("a/b.txt", "content").unwrap();
    assert_eq!(folder.read("a/b.txt").unwrap(), "content");
    assert!(folder.join("a/b.txt").is_file());
    let manifest = folder.manifest(guest("wasi_files.wasm"), "/data");
    let paths = manifest.allowed_paths.as_ref().unwrap();
    assert_eq!(paths[folder.path().to_str().unwrap()].to_str(), Some("/data"));
    PluginBuilder::new(manifest).with_wasi(true).build().unwrap();
    let read_only = folder.read_only_manifest(guest("wasi_files.wasm"), "/data");
    assert!(read_only.allowed_paths.unwrap().keys().all(|path| path.starts_with("ro:")));
    let path = folder.path().to_owned();
    drop(folder);
    assert!(!path.exists());
}

#[test]
fn a_clock_moves_when_the_test_moves_it() {
    let wasm = module(&[
        r#"(import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))"#,
        &environment(&["alloc", "store_u64", "length", "output_set"]),
        "(memory (export \"memory\") 1)",
        NUMBER,
        GIVE,
        r#"(func (export "now")
            (drop (call $clock (i32.const 0) (i64.const 1) (i32.const 0)))
            (call $give (call $number (i64.load (i32.const 0)))))"#,
    ]);
    let clock = TestClock::new(UNIX_EPOCH + Duration::from_secs(1000));
    let mut plugin = PluginBuilder::new(wasm).with_wasi(true).with_clock(clock.clone()).build().unwrap();
    let mut now = || Duration::from_nanos(plugin.call::<_, u64>("now", ()).unwrap());
    assert_eq!((now(), now()), (Duration::from_secs(1000), Duration::from_secs(1000)));
    clock.advance(Duration::from_secs(5));
    assert_eq!(now(), Duration::from_secs(1005));
    assert_eq!(clock.now(), UNIX_EPOCH + Duration::from_secs(1005));
}
