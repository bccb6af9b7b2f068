use std::{fs, sync::Mutex};

use extism::{DebugOptions, Plugin, PluginBuilder, ProfilingStrategy};

use crate::guest;

#[test]
fn a_failed_call_leaves_a_memory_dump() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("extism.mem");
    let mut plugin = PluginBuilder::new(guest("kitchen_sink")).with_wasi(true).with_memdump(&path).build().unwrap();
    plugin.call::<_, ()>("panic", "no luck").unwrap_err();
    assert!(fs::metadata(&path).unwrap().len() > 0);
}

/// So does one that a host function sets.
#[test]
fn an_error_of_the_plug_in_leaves_a_memory_dump() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("extism.mem");
    let mut plugin = PluginBuilder::new(guest("kitchen_sink")).with_wasi(true).with_memdump(&path).build().unwrap();
    plugin.call::<_, ()>("greet", "World").unwrap();
    assert!(!path.exists() || fs::read(&path).unwrap().is_empty());
    plugin.call::<_, ()>("fail", r#"{"message": "no luck", "code": 3}"#).unwrap_err();
    assert!(fs::read(&path).unwrap().windows(7).any(|bytes| bytes == b"no luck"));
}

#[test]
fn a_timeout_leaves_a_core_dump() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("extism.core");
    let manifest = guest("kitchen_sink").with_timeout(std::time::Duration::from_millis(100));
    let mut plugin = PluginBuilder::new(manifest).with_wasi(true).with_coredump(&path).build().unwrap();
    plugin.call::<_, ()>("loop_forever", "").unwrap_err();
    assert!(fs::read(&path).unwrap().starts_with(b"\0asm"));
}

#[test]
fn a_trap_leaves_a_core_dump() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("extism.core");
    let mut plugin = PluginBuilder::new(guest("kitchen_sink"))
        .with_wasi(true)
        .with_debug_info()
        .with_coredump(&path)
        .build()
        .unwrap();
    plugin.call::<_, ()>("panic", "no luck").unwrap_err();
    assert!(fs::read(&path).unwrap().starts_with(b"\0asm"));
}

#[test]
fn options_of_debugging_are_set_together() {
    let options = DebugOptions { memdump: None, profiling_strategy: ProfilingStrategy::None, ..Default::default() };
    PluginBuilder::new("(module)")
        .with_profiling_strategy(ProfilingStrategy::None)
        .with_debug_options(options.clone())
        .build()
        .unwrap();
}

/// The cache has no influence on what a plug-in does. (The official test measures that the first build takes longer
/// without a cache; here plug-ins of an engine share compiled code in memory, so nothing takes longer.)
#[test]
fn a_cache_may_be_configured_or_switched_off() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("cache.toml");
    let directory = folder.path().join("cache");
    fs::create_dir(&directory).unwrap();
    fs::write(&config, format!("[cache]\ndirectory = {directory:?}\n")).unwrap();
    let text = r#"(module (func (export "f")))"#;
    let mut plugin = PluginBuilder::new(text).with_cache_config(&config).build().unwrap();
    plugin.call::<(), ()>("f", ()).unwrap();
    let mut plugin = PluginBuilder::new(text).with_cache_disabled().build().unwrap();
    plugin.call::<(), ()>("f", ()).unwrap();
    assert!(PluginBuilder::new(text).with_cache_config(folder.path().join("absent")).build().is_err());
}

static LOGS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn keep(line: &str) {
    LOGS.lock().unwrap().push(line.to_owned());
}

#[test]
fn a_callback_gets_the_lines_that_plug_ins_log() {
    extism::set_log_callback(keep, "info").unwrap();
    let mut plugin = Plugin::new(guest("kitchen_sink"), [], true).unwrap();
    plugin.call::<_, ()>("log_text", "hello").unwrap();
    let logs = LOGS.lock().unwrap().concat();
    assert!(logs.contains("warn hello") && logs.contains("info hello"), "{logs}");
    assert!(!logs.contains("debug hello"), "{logs}");
    assert!(extism::set_log_callback(keep, "info").is_err(), "it is set up once");
}
