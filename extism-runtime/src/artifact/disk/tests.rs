use std::{
    fs::{self, File},
    path::Path,
    time::{Duration, SystemTime},
};

use tempfile::TempDir;

use super::{FusedCache, Properties, Room, SOURCES};
use crate::{
    artifact::Key,
    fuse::{CodeMap, Cost, FunctionCost, Fused, Given},
};

const KEY: Key = Key { sha256: [7; 32], defines_memory: true, given: Given::NONE, lift: true, headroom: 0 };

fn fused() -> Fused {
    let cost = Cost { micros: 3, worst: FunctionCost { index: Some(5), ..FunctionCost::default() } };
    Fused {
        wasm: b"\0asm\n{}\n".to_vec(),
        memory_export: Some("m".into()),
        start: None,
        initial_pages: 17,
        memories: 2,
        tables: 4,
        cost,
        map: CodeMap::from_bytes(b"\n\0map\n".to_vec()),
    }
}

fn cache(directory: &TempDir) -> FusedCache {
    FusedCache::beside(&directory.path().join("cache"), u64::MAX).expect("it has a name")
}

/// Returns the only file.
fn file(cache: &FusedCache) -> std::path::PathBuf {
    let mut files: Vec<_> = fs::read_dir(&cache.directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

#[test]
fn what_is_put_can_be_had_by_its_key_alone() {
    let directory = tempfile::tempdir().unwrap();
    let cache = cache(&directory);
    assert!(cache.get(&KEY).is_none() && cache.properties(&KEY).is_none());
    cache.put(&KEY, &fused());
    assert_eq!(cache.properties(&KEY), Some(Properties::of(&fused())));
    let Fused { wasm, memory_export, start, initial_pages, memories, tables, cost, map } =
        cache.get(&KEY).expect("it was put there");
    assert_eq!((wasm, memory_export.as_deref(), start, initial_pages), (fused().wasm, Some("m"), None, 17));
    assert_eq!((memories, tables, cost, map), (2, 4, fused().cost, fused().map));
    assert!(cache.get(&Key { defines_memory: false, ..KEY }).is_none());
    assert!(cache.get(&Key { sha256: [8; 32], ..KEY }).is_none());
    let mut given = Given::NONE;
    given.add("env", "extism_alloc");
    assert!(cache.get(&Key { given, ..KEY }).is_none());
    assert!(cache.get(&Key { lift: false, ..KEY }).is_none());
    assert_eq!(file(&cache).parent(), Some(&*directory.path().join("cache-fused")));
}

#[test]
fn what_is_damaged_is_as_if_it_were_not_there() {
    let directory = tempfile::tempdir().unwrap();
    let cache = cache(&directory);
    cache.put(&KEY, &fused());
    let path = file(&cache);
    let whole = fs::read(&path).unwrap();
    let before = fused().wasm.len() + fused().map.as_bytes().len();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(cache.get(&KEY).is_none() && cache.properties(&KEY).is_none(), "cut off at {length}");
    }
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(&path, &bytes).unwrap();
        assert!(cache.get(&KEY).is_none(), "damaged at {at}");
        // The properties are read without what comes before them.
        let known = cache.properties(&KEY);
        assert!(known.is_none_or(|known| known == Properties::of(&fused())), "damaged at {at}");
        assert_eq!(cache.properties(&KEY).is_some(), at < before, "damaged at {at}");
    }
    fs::write(&path, &whole).unwrap();
    assert!(cache.get(&KEY).is_some());
}

#[test]
fn the_properties_of_a_large_module_are_at_its_end() {
    let directory = tempfile::tempdir().unwrap();
    let cache = cache(&directory);
    let large = Fused { wasm: b"\0asm\n".repeat(10_000), ..fused() };
    cache.put(&KEY, &large);
    assert_eq!(cache.properties(&KEY), Some(Properties::of(&large)));
    assert_eq!(cache.get(&KEY).expect("it was put there").wasm, large.wasm);
}

#[test]
fn a_directory_that_cannot_be_made_is_no_error() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("cache-fused"), "a file").unwrap();
    let cache = cache(&directory);
    cache.put(&KEY, &fused());
    assert!(cache.get(&KEY).is_none());
}

fn set_age(path: &Path, hours: u64) {
    let time = SystemTime::now() - Duration::from_secs(3600 * hours);
    File::options().append(true).open(path).unwrap().set_modified(time).unwrap();
}

#[test]
fn those_that_were_not_used_for_the_longest_time_make_room() {
    let directory = tempfile::tempdir().unwrap();
    let cache = cache(&directory);
    let keys = [1, 2, 3, 4].map(|number| Key { sha256: [number; 32], ..KEY });
    for (key, hours) in keys.iter().zip([2, 4, 3, 5]) {
        cache.put(key, &fused());
        set_age(&cache.path(key), hours);
    }
    // Reading the oldest file makes it the most recently used.
    assert!(cache.get(&keys[3]).is_some());
    let each = fs::metadata(cache.path(&keys[0])).unwrap().len();

    let there = || keys.each_ref().map(|key| cache.path(key).exists());
    cache.make_room(4 * each, 0);
    assert_eq!(there(), [true; 4], "there was room");
    cache.make_room(4 * each - 1, 2 * each);
    assert_eq!(there(), [true, false, false, true]);
}

#[test]
fn a_cache_keeps_what_fits_into_its_own_limit() {
    let directory = tempfile::tempdir().unwrap();
    let roomy = cache(&directory);
    let keys = [1, 2, 3, 4, 5].map(|number| Key { sha256: [number; 32], ..KEY });
    let there = || keys.iter().filter(|key| roomy.path(key).exists()).count();
    for key in &keys[1..] {
        roomy.put(key, &fused());
    }
    assert_eq!(there(), 4);
    let each = fs::metadata(roomy.path(&keys[1])).unwrap().len();
    let small = FusedCache { max_bytes: 3 * each, room: Room::default(), ..roomy.clone() };
    small.put(&keys[0], &fused());
    assert_eq!(there(), 2);
}

/// Looking at it means to ask the system about each file.
#[test]
fn a_directory_is_looked_at_again_after_a_quarter_of_what_fits() {
    let directory = tempfile::tempdir().unwrap();
    let large = cache(&directory);
    let keys: Vec<_> = (0..30).map(|number| Key { sha256: [number; 32], ..KEY }).collect();
    large.put(&keys[0], &fused());
    let each = fs::metadata(large.path(&keys[0])).unwrap().len();
    let cache = FusedCache { max_bytes: 102 * each, room: Room::default(), ..large };
    // 100 more fit in, so the next 25 are written without looking.
    cache.put(&keys[1], &fused());
    let of_another_process = directory.path().join("cache-fused/another");
    File::create(&of_another_process).unwrap().set_len(200 * each).unwrap();
    set_age(&of_another_process, 1);
    for key in &keys[2..27] {
        cache.put(key, &fused());
        assert!(of_another_process.exists(), "{:?}", key.sha256[0]);
    }
    cache.put(&keys[27], &fused());
    assert!(!of_another_process.exists());
    assert!(keys[..28].iter().all(|key| cache.path(key).exists()));
}

#[test]
fn all_that_makes_fused_modules_is_part_of_their_names() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let in_folder = |folder: &'static str| {
        let entries = fs::read_dir(source.join(folder)).unwrap();
        entries.map(move |entry| format!("{folder}/{}", entry.unwrap().file_name().to_str().unwrap()))
    };
    let files = in_folder("fuse").chain(in_folder("fuse/lift"));
    let mut files: Vec<_> = files.filter(|name| name != "fuse/tests" && name != "fuse/lift").collect();
    files.extend(["kernel/kernel.wat", "kernel/layout.rs", "kernel/source.rs"].map(String::from));
    files.sort();
    assert_eq!(SOURCES.iter().map(|(name, _)| *name).collect::<Vec<_>>(), files);
}

#[cfg(feature = "cache")]
#[test]
fn code_of_another_version_or_machine_is_noticed() {
    let directory = tempfile::tempdir().unwrap();
    let cache = cache(&directory);
    let own = ["0123".to_owned()];
    assert!(!cache.has_ignored(&KEY, &own));
    cache.put(&KEY, &fused());
    let file = |suffix: &str| {
        let mut path = cache.path(&KEY).into_os_string();
        path.push(suffix);
        std::path::PathBuf::from(path)
    };
    fs::write(file("-compiled-0123"), "").unwrap();
    assert!(!cache.has_ignored(&KEY, &own), "it is this process's");
    fs::write(file("-compiled-4567"), "").unwrap();
    assert!(cache.has_ignored(&KEY, &own), "it is another machine's");
    assert!(!cache.has_ignored(&Key { sha256: [8; 32], ..KEY }, &own), "it is another module's");
    fs::remove_file(file("-compiled-4567")).unwrap();
    let name = cache.path(&KEY).file_name().unwrap().to_string_lossy().into_owned();
    fs::write(cache.directory.join(format!("{}0123456789abcdef", &name[..name.len() - 16])), "").unwrap();
    assert!(cache.has_ignored(&KEY, &own), "it is another version's");
}
