use extism_runtime::{Engine, Error, PluginBuilder, engine::Profiling};

use crate::{TRAP, builder, wat};

#[test]
fn a_trap_leaves_a_core_dump_and_the_memory() {
    let folder = tempfile::tempdir().unwrap();
    let (core, memory) = (folder.path().join("core"), folder.path().join("memory"));
    let mut plugin = builder(TRAP).with_coredump(&core).with_memdump(&memory).build().unwrap();
    plugin.call::<_, ()>("echo", "fine").unwrap();
    assert!(!core.exists() && !memory.exists());
    let error = plugin.call::<_, ()>("trap", "in the memory").unwrap_err();
    assert!(matches!(error, Error::Trap { .. }), "{error}");
    let core = std::fs::read(core).unwrap();
    assert!(core.starts_with(b"\0asm"), "a core dump is in the format of a module");
    let memory = std::fs::read(memory).unwrap();
    assert!(memory.windows(13).any(|window| window == b"in the memory"));
}

#[test]
fn a_dump_that_cannot_be_written_changes_nothing_for_the_call() {
    let mut plugin = builder(TRAP).with_memdump("/no/such/folder/dump").build().unwrap();
    let error = plugin.call::<_, ()>("trap", ()).unwrap_err();
    assert!(matches!(error, Error::Trap { .. }), "{error}");
}

#[test]
fn an_engine_that_lacks_what_is_asked_for_says_how_to_make_one() {
    let engine = Engine::builder().with_pool_size(0).with_cache(false).build().unwrap();
    let refused = |builder: PluginBuilder| builder.with_engine(&engine).build().unwrap_err().to_string();
    assert!(refused(PluginBuilder::new(wat("")).with_coredump("core")).contains("coredump(true)"));
    assert!(refused(PluginBuilder::new(wat("")).with_profiling(Profiling::PerfMap)).contains("profiling"));
}

#[test]
fn compiled_code_is_kept_in_the_cache_directory() {
    let folder = tempfile::tempdir().unwrap();
    let engine = || Engine::builder().with_cache_directory(folder.path()).build().unwrap();
    for _ in 0..2 {
        let mut plugin = PluginBuilder::new(wat(TRAP)).with_engine(&engine()).build().unwrap();
        assert_eq!(plugin.call::<_, &str>("echo", "cached").unwrap(), "cached");
    }
    let mut kept: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    kept.sort();
    assert_eq!(kept, ["code", "code-fused"]);
}

#[test]
fn a_damaged_cache_is_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let call = || {
        let engine = Engine::builder().with_cache_directory(folder.path()).build().unwrap();
        let mut plugin = PluginBuilder::new(wat(TRAP)).with_engine(&engine).build().unwrap();
        assert_eq!(plugin.call::<_, &str>("echo", "cached").unwrap(), "cached");
    };
    call();
    let fused = folder.path().join("code-fused");
    let kept = std::fs::read_dir(fused).unwrap().map(|entry| entry.unwrap().path());
    // The checksum of the compiled code is next to it.
    let modules: Vec<_> = kept.filter(|path| !path.to_string_lossy().contains("-compiled-")).collect();
    let [file] = &modules[..] else { panic!("one module, one file: {modules:?}") };
    let whole = std::fs::read(file).unwrap();
    for damaged in [&whole[..whole.len() / 2], &[0; 1000], b""] {
        std::fs::write(file, damaged).unwrap();
        call();
        assert_eq!(std::fs::read(file).unwrap(), whole);
    }
}

#[test]
fn a_cache_that_cannot_be_had_is_named() {
    let error = Engine::builder().with_cache_config("/no/such/file").build().unwrap_err();
    assert!(error.to_string().starts_with("cannot use `/no/such/file` for the cache of compiled code"), "{error}");
}

#[test]
fn an_engine_of_ones_own_counts_fuel_dumps_cores_and_bounds_the_stack() {
    const DOWN: &str = r#"(func $down (export "down") (param i32) (result i32)
        (if (result i32) (local.get 0)
            (then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))
            (else (i32.const 0))))
        (func (export "deep") (drop (call $down (i32.const 5000))))"#;
    let folder = tempfile::tempdir().unwrap();
    let core = folder.path().join("core");
    let engine = Engine::builder()
        .with_pool_size(1)
        .with_fuel(true)
        .with_coredump(true)
        .with_max_stack(64 << 10)
        .build()
        .unwrap();
    let own = PluginBuilder::new(wat(&[TRAP, DOWN].concat())).with_engine(&engine).with_fuel_limit(1 << 20);
    let mut plugin = own.with_coredump(&core).build().unwrap();
    let error = plugin.call::<_, ()>("deep", ()).unwrap_err();
    assert!(matches!(&error, Error::Trap { trap, .. } if trap.message.contains("stack")), "{error}");
    plugin.call::<_, ()>("echo", "x").unwrap();
    assert!(plugin.fuel_consumed().is_some_and(|fuel| fuel > 0));
    plugin.call::<_, ()>("trap", ()).unwrap_err();
    assert!(std::fs::read(core).unwrap().starts_with(b"\0asm"));
    let mut plugin = builder(DOWN).build().unwrap();
    plugin.call::<_, ()>("deep", ()).expect("it fits the usual stack");
}
