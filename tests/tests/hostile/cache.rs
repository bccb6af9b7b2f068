//! Tests the cache of compiled code, which the host executes: contents that are damaged, left over, or
//! writable by others.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown},
    path::{Path, PathBuf},
};

use extism_runtime::{Engine, Error, Manifest, Plugin, PluginBuilder, Wasm};

use crate::paths::guest;

/// `sum` of a number: the sum of all numbers up to it.
const WAT: &str = r#"(module
    (import "extism:host/env" "input_load_u8" (func $input (param i64) (result i32)))
    (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
    (import "extism:host/env" "store_u64" (func $store (param i64 i64)))
    (import "extism:host/env" "output_set" (func $output (param i64 i64)))
    (memory 1)
    (func (export "sum") (local $n i64) (local $sum i64) (local $at i64)
        (local.set $n (i64.extend_i32_u (call $input (i64.const 0))))
        (loop $next
            (local.set $sum (i64.add (local.get $sum) (local.get $n)))
            (local.set $n (i64.sub (local.get $n) (i64.const 1)))
            (br_if $next (i64.gt_s (local.get $n) (i64.const 0))))
        (local.set $at (call $alloc (i64.const 8)))
        (call $store (local.get $at) (local.get $sum))
        (call $output (local.get $at) (i64.const 8))))"#;

fn engine(directory: &Path) -> Engine {
    Engine::builder().with_cache_directory(directory).with_pool_size(0).build().expect("an engine")
}

/// Loads the plug-in, and checks its results.
fn works(engine: &Engine) -> Result<(), String> {
    let mut plugin = PluginBuilder::new(WAT).with_engine(engine).build().map_err(|error| error.to_string())?;
    for (number, sum) in [(1_u8, 1_i64), (10, 55), (200, 20100)] {
        match plugin.call::<_, i64>("sum", vec![number]) {
            Ok(found) if found == sum => {}
            other => return Err(format!("{number}: {other:?}")),
        }
    }
    Ok(())
}

/// Returns the files below a directory, except wasmtime's statistics on their use.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false if path.extension().is_some() || path.ends_with(".cleanup") => {}
            false => found.push(path),
        }
    }
    found.sort();
    found
}

/// The file of compiled code.
fn code(directory: &Path) -> PathBuf {
    let found = files(&directory.join("code/modules"));
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

/// A cache with the plug-in in it.
fn filled() -> (tempfile::TempDir, Engine) {
    let directory = tempfile::tempdir().expect("a directory");
    let engine = engine(directory.path());
    works(&engine).expect("it works");
    (directory, engine)
}

#[test]
fn a_bit_that_flips_changes_no_answer_and_crashes_nothing() {
    let (directory, engine) = filled();
    let files: Vec<_> =
        files(directory.path()).into_iter().map(|path| (fs::read(&path).expect("a file"), path)).collect();
    assert_eq!(files.len(), 3, "the fused module, its compiled code, and the checksum of that");
    let bits: usize = files.iter().map(|(content, _)| 8 * content.len()).sum();
    // A linear congruential generator: the same bits each time.
    let mut random = 1_u64;
    for _ in 0..2000 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut bit = (random >> 16) as usize % bits;
        let (content, path) = files
            .iter()
            .find(|(content, _)| match bit.checked_sub(8 * content.len()) {
                Some(rest) => {
                    bit = rest;
                    false
                }
                None => true,
            })
            .expect("one of the files");
        let mut damaged = content.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        fs::write(path, &damaged).expect("it can be written");
        works(&engine).unwrap_or_else(|error| panic!("bit {bit} of {}: {error}", path.display()));
        // Of the fused module, only the end is read when its code is there.
        if content.starts_with(b"\0asm") && bit / 8 < fused_bytes(content) {
            fs::write(path, content).expect("it can be written");
            continue;
        }
        assert!(fs::read(path).expect("a file") == *content, "bit {bit} of {} is not mended", path.display());
    }
}

/// The bytes of the module in a file of the cache; its properties and their checksums follow.
fn fused_bytes(file: &[u8]) -> usize {
    let end = file.len() - 64;
    file[..end].iter().rposition(|byte| *byte == b'\n').expect("a line feed")
}

#[test]
fn a_damaged_module_is_mended_when_it_is_needed() {
    let (directory, engine) = filled();
    let fused = files(&directory.path().join("code-fused"));
    let path = fused.iter().find(|path| fs::read(path).unwrap().starts_with(b"\0asm")).expect("the fused module");
    let whole = fs::read(path).expect("a file");
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 1;
    fs::write(path, &damaged).expect("it can be written");
    works(&engine).expect("its code is in the cache");
    assert!(fs::read(path).expect("a file") == damaged, "it was read");
    // This engine's code has to be compiled.
    let other = Engine::builder().with_cache_directory(directory.path()).with_interruptible(false).with_pool_size(0);
    works(&other.build().expect("an engine")).expect("it works");
    assert!(fs::read(path).expect("a file") == whole, "it is not mended");
}

/// Loads a plug-in from a file, whose code is in the cache for instances of a pool of one.
fn one_in_a_pool(directory: &Path) -> (PathBuf, extism_runtime::CompiledPlugin) {
    let path = directory.join("sum.wat");
    fs::write(&path, WAT).expect("it can be written");
    let compile = || {
        let engine = Engine::builder().with_cache_directory(directory.join("cache")).with_pool_size(1).build()?;
        PluginBuilder::new(&path).with_engine(&engine).compile()
    };
    compile().expect("it is compiled");
    (path.clone(), compile().expect("it is loaded"))
}

fn empty_the_cache(directory: &Path) {
    for file in files(&directory.join("cache")) {
        fs::remove_file(file).expect("it can be removed");
    }
}

#[test]
fn a_plugin_whose_cache_is_emptied_reads_its_file_again_when_its_pool_is_used_up() {
    let directory = tempfile::tempdir().expect("a directory");
    let (_, compiled) = one_in_a_pool(directory.path());
    empty_the_cache(directory.path());
    let mut plugins = [compiled.instantiate(), compiled.instantiate()].map(|plugin| plugin.expect("an instance"));
    for plugin in &mut plugins {
        assert_eq!(plugin.call::<_, i64>("sum", vec![10]).expect("it works"), 55);
    }
}

#[test]
fn if_the_file_has_changed_too_the_error_says_so() {
    let directory = tempfile::tempdir().expect("a directory");
    let (path, compiled) = one_in_a_pool(directory.path());
    empty_the_cache(directory.path());
    fs::write(&path, WAT.replace("i64.add", "i64.mul")).expect("it can be written");
    let mut first = compiled.instantiate().expect("an instance");
    let error = compiled.instantiate().expect_err("there is no code for it").to_string();
    assert!(error.contains("sum.wat") && error.contains("has changed since it was loaded"), "{error}");
    assert_eq!(first.call::<_, i64>("sum", vec![10]).expect("it works"), 55);
    drop(first);
    let mut next = compiled.instantiate().expect("an instance");
    assert_eq!(next.call::<_, i64>("sum", vec![10]).expect("it works"), 55);
}

#[test]
fn what_is_cut_off_emptied_or_swapped_is_compiled_again() {
    let (directory, engine) = filled();
    let path = code(directory.path());
    let whole = fs::read(&path).expect("a file");
    let damaged = [&[][..], &whole[..1], &whole[..whole.len() / 2], &whole[..whole.len() - 1], &[0; 4096], b"\x7fELF"];
    for content in damaged {
        fs::write(&path, content).expect("it can be written");
        works(&engine).expect("it is compiled again");
        assert_eq!(fs::read(&path).expect("a file"), whole);
    }
    // Another plug-in's code, undamaged.
    PluginBuilder::new("(module (func (export \"f\")))").with_engine(&engine).build().expect("a plug-in");
    let other = files(&directory.path().join("code/modules")).into_iter().find(|file| *file != path).expect("its code");
    fs::copy(&other, &path).expect("it can be written");
    works(&engine).expect("it is compiled again");
    assert_eq!(fs::read(&path).expect("a file"), whole);
}

#[test]
fn code_without_its_checksum_is_compiled_again() {
    let (directory, engine) = filled();
    let path = code(directory.path());
    let whole = fs::read(&path).expect("a file");
    for file in files(&directory.path().join("code-fused")) {
        fs::remove_file(file).expect("it can be removed");
    }
    fs::write(&path, &whole[..100]).expect("it can be written");
    works(&engine).expect("it is compiled again");
    assert_eq!(fs::read(&path).expect("a file"), whole);
}

#[test]
fn what_a_killed_process_left_over_keeps_nothing_from_being_cached() {
    let (directory, engine) = filled();
    let path = code(directory.path());
    let left = path.with_extension("wip-atomic-write-mod");
    fs::rename(&path, &left).expect("it can be renamed");
    works(&engine).expect("it is compiled again");
    assert!(path.exists() && !left.exists());
    works(&engine).expect("it is read");
}

fn refused(directory: &Path) -> String {
    match Engine::builder().with_cache_directory(directory).build() {
        Err(error @ Error::Engine { .. }) => error.to_string(),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it was not refused"),
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the mode can be changed");
}

#[test]
fn a_cache_that_others_may_write_to_is_refused() {
    let (directory, engine) = filled();
    drop(engine);
    let version = code(directory.path()).parent().expect("a directory").to_owned();
    let inside = ["", "code", "code/modules", "code-fused"].map(|inside| directory.path().join(inside));
    for place in inside.iter().chain([&version]) {
        let mode = fs::metadata(place).expect("a directory").mode() & 0o777;
        for open in [mode | 0o020, mode | 0o002] {
            set_mode(place, open);
            let text = refused(directory.path());
            assert!(text.contains(&format!("(mode {open:04o})")) && text.contains("chmod go-w"), "{text}");
        }
        set_mode(place, mode);
    }
    Engine::builder().with_cache_directory(directory.path()).build().expect("nobody else may write to it");
    // Owned by others. Only the superuser can change owners.
    if chown(&version, Some(12345), None).is_ok() {
        let text = refused(directory.path());
        assert!(text.contains("belongs to another user (12345)"), "{text}");
    }
}

#[test]
fn what_is_made_in_a_cache_is_for_its_owner() {
    let directory = tempfile::tempdir().expect("a directory");
    let cache = directory.path().join("new/cache");
    works(&engine(&cache)).expect("it works");
    for made in ["", "code", "code-fused"] {
        let mode = fs::metadata(cache.join(made)).expect("a directory").mode();
        assert_eq!(mode & 0o777, 0o700, "{made}");
    }
}

/// A plug-in that may write to a directory.
fn writer(directory: &Path) -> Result<Plugin, Error> {
    let manifest = Manifest::new([Wasm::data(guest::wat())]).with_allowed_path(directory.display().to_string(), "/w");
    PluginBuilder::new(manifest).with_wasi(true).build()
}

#[test]
fn no_plugin_may_write_to_where_code_is_kept() {
    let (directory, _engine) = filled();
    let inside = ["", "code", "code/modules", "code-fused"].map(|inside| directory.path().join(inside));
    for place in inside {
        let Err(Error::Engine { source, .. }) = writer(&place) else { panic!("{}", place.display()) };
        assert!(source.to_string().contains("the cache of compiled code"), "{source}");
    }
    let beside = directory.path().join("beside");
    fs::create_dir(&beside).expect("a directory");
    let _plugin = writer(&beside).expect("a directory beside it is no harm");
    for cache in [beside.join("cache"), beside.clone()] {
        let text = refused(&cache);
        assert!(text.contains("plug-ins may write to"), "{text}");
    }
}
