use super::*;
use crate::fuse::Given;

const KEY: Key = Key { sha256: [7; 32], defines_memory: true, given: Given::NONE, lift: true, headroom: 0 };
/// A module without exports.
const WASM: &[u8] = b"\0asm\x01\0\0\0";

fn cache(directory: &Path) -> (CheckedCache, wasmtime::Engine) {
    let mut files = wasmtime::CacheConfig::new();
    files.with_directory(directory.join("cache"));
    let files = wasmtime::Cache::new(files).unwrap();
    let records = FusedCache::beside(files.directory(), u64::MAX).unwrap();
    let cache = CheckedCache::new(files.directory(), records);
    let engine = wasmtime::Engine::new(wasmtime::Config::new().cache(Some(files))).unwrap();
    (cache, engine)
}

#[test]
fn what_was_compiled_is_loaded_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let (cache, engine) = cache(directory.path());
    assert!(cache.load(&engine, &KEY).unwrap().is_none());
    let compiled = cache.compile(&engine, &KEY, WASM).unwrap();
    let loaded = cache.load(&engine, &KEY).unwrap().expect("it was compiled");
    assert_eq!((compiled.exports().count(), loaded.exports().count()), (0, 0));
    assert!(cache.load(&engine, &Key { lift: false, ..KEY }).unwrap().is_none());
}

#[test]
fn code_of_the_stand_in_is_never_taken_for_the_modules() {
    let directory = tempfile::tempdir().unwrap();
    let (cache, engine) = cache(directory.path());
    // As if the file had been removed, and made by wasmtime, after it was checked.
    let file = cache.make_file(&engine, &KEY).unwrap();
    let place = file.strip_prefix(&cache.modules).unwrap().to_string_lossy().into_owned();
    let record = Record { file: place, sha256: sha256_of(&file).unwrap() };
    let path = cache.records.record_path(&KEY, &cache.fingerprint(&engine));
    cache.records.write_whole(&path, &record.write()).unwrap();
    assert!(cache.is_intact(&path, &file_name(&engine, &cache.stand_in(&KEY))));
    assert!(cache.load(&engine, &KEY).unwrap().is_none());
    let compiled = cache.compile(&engine, &KEY, WASM).unwrap();
    assert_eq!(compiled.exports().count(), 0);
}

#[test]
fn a_cache_that_cannot_be_written_to_compiles_all_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let (cache, engine) = cache(directory.path());
    // Where wasmtime makes a directory for its version.
    fs::write(directory.path().join("cache/modules"), "a file").unwrap();
    let compiled = cache.compile(&engine, &KEY, WASM).unwrap();
    assert_eq!(compiled.exports().count(), 0);
    assert!(cache.load(&engine, &KEY).unwrap().is_none());
}
