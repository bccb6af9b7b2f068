//! Calls WASI functions on two directories, one inside the other. This target needs the engine, so it belongs not to
//! the crate that contains most targets but to this one, where cargo-fuzz sets `cfg(fuzzing)`.

#![allow(unreachable_pub, reason = "public where fuzz targets are built")]

#[allow(dead_code, reason = "the hostile tests use all of it")]
mod guest;

use std::{
    fs,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU64, Ordering},
};

use crate::{Error, Manifest, Plugin, PluginBuilder, Wasm, fuzzing_numbers::Numbers};

/// The content of files outside of the directories, which must never be read or changed.
const SECRET: &[u8] = b"a secret that no call may read";
/// Maximum number of calls per input.
const MAX_CALLS: usize = 200;
/// Maximum number of files and directories per input: a plug-in may create as many as it likes.
const MAX_ENTRIES: usize = 200;

/// Calls WASI functions in any order, with any arguments, from a plug-in with write access to a directory and,
/// depending on the first number, write or read-only access to another one inside it. Nothing outside is accessed or
/// read, and the plug-in stays usable; occasionally it traps, so that what follows runs in another instance.
///
/// # Panics
///
/// Panics if something outside was accessed.
pub fn wasi(input: &[u8]) {
    let mut numbers = Numbers(input);
    let read_only = numbers.u8() % 2 == 1;
    let outer = Scratch::new();
    let (writable, secret) = (outer.0.join("w"), outer.0.join("secret"));
    fs::create_dir_all(writable.join("in")).expect("a directory");
    fs::create_dir(&secret).expect("a directory");
    for place in ["secret/f", "w/f", "w/in/f", "f"] {
        let content = if place.starts_with('w') { &b"allowed"[..] } else { SECRET };
        fs::write(outer.0.join(place), content).expect("a file");
    }
    let mut plugin = build(&writable, read_only).expect("the plug-in builds");
    for _ in 0..MAX_CALLS {
        if numbers.is_empty() {
            break;
        }
        step(&mut plugin, &mut numbers);
        assert_untouched(&outer.0);
    }
    // The granted directories stay the same, whatever has their names now; names that lead outside are refused.
    let _ = build(&writable, read_only);
    assert_untouched(&outer.0);
}

/// A directory that is removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("extism-fuzz-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).expect("a directory");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn build(writable: &Path, read_only: bool) -> Result<Plugin, Error> {
    let inner = writable.join("in");
    let prefix = if read_only { "ro:" } else { "" };
    let manifest = Manifest::new([Wasm::data(guest::wat())])
        .with_allowed_path(writable.display().to_string(), "/w")
        .with_allowed_path(format!("{prefix}{}", inner.display()), "/in")
        .with_memory_max(16);
    PluginBuilder::new(manifest).with_wasi(true).with_max_open_files(16).build()
}

/// One call.
fn step(plugin: &mut Plugin, numbers: &mut Numbers<'_>) {
    let which = usize::from(numbers.u8());
    let Some((function, types)) = guest::FUNCTIONS.get(which % (guest::FUNCTIONS.len() + 1)) else {
        plugin.call::<_, ()>("trap", ()).expect_err("it traps");
        return;
    };
    let (first, second) = (path(numbers), path(numbers));
    let arguments: Vec<_> = types.chars().enumerate().map(|(at, _)| argument(function, at, numbers)).collect();
    let arguments = with_texts(function, arguments, first.len(), second.len());
    let input = guest::input(&arguments, [first.as_bytes(), second.as_bytes()]);
    // A trap, for example because of too many open files, ends only one call.
    if let Ok(output) = plugin.call::<_, Vec<u8>>(function, input) {
        let found = output.windows(SECRET.len()).any(|window| window == SECRET);
        assert!(!found, "{function}({arguments:?}) of {first:?}, {second:?} read the secret");
    }
}

/// Puts the strings' addresses where a function takes its paths.
fn with_texts(function: &str, mut arguments: Vec<u64>, first: usize, second: usize) -> Vec<u64> {
    let places: &[usize] = match function {
        "path_open" | "path_filestat_get" | "path_filestat_set_times" => &[2],
        "path_rename" => &[1, 4],
        "path_symlink" => &[0, 3],
        "path_link" => &[2, 5],
        name if name.starts_with("path_") => &[1],
        _ => &[],
    };
    for ((place, address), length) in places.iter().zip(guest::TEXTS).zip([first, second]) {
        for (argument, value) in arguments.iter_mut().skip(*place).zip([address, length]) {
            *argument = value as u64;
        }
    }
    arguments
}

/// Returns an argument that is usually meaningful.
fn argument(function: &str, at: usize, numbers: &mut Numbers<'_>) -> u64 {
    let number = u64::from(numbers.u8());
    match (function, at, number % 8) {
        (_, _, 7) => numbers.u64(),
        (_, 0, _) | ("path_rename", 3, _) | ("path_link", 4, _) | ("path_symlink", 2, _) => 3 + number % 6,
        ("fd_read" | "fd_write" | "fd_pread" | "fd_pwrite", 1, _) => guest::VECTOR as u64,
        ("fd_read" | "fd_write" | "fd_pread" | "fd_pwrite", 2, _) => 1,
        ("path_open", 5 | 6, _) => u64::MAX >> (number % 64),
        ("path_open", 8, _) | ("fd_read" | "fd_write", 3, _) | ("fd_pread" | "fd_pwrite" | "fd_readdir", 4, _) => {
            guest::RESULT as u64
        }
        ("path_readlink", 3, _) | ("fd_readdir", 1, _) => guest::CONTENT as u64,
        ("path_readlink", 4, _) | ("fd_readdir", 2, _) => 512,
        // Files stay small: sizes and offsets are small numbers.
        _ => number % 33,
    }
}

/// Returns a path of a few components.
fn path(numbers: &mut Numbers<'_>) -> String {
    const PARTS: [&str; 12] = ["f", "in", "w", "secret", "..", ".", "a", "b", "", "f/", "../secret/f", "/"];
    let count = numbers.u8() % 4;
    let parts: Vec<_> = (0..=count).map(|_| PARTS[usize::from(numbers.u8()) % PARTS.len()]).collect();
    parts.join("/")
}

/// Asserts that everything outside of `w` is unchanged.
fn assert_untouched(outer: &Path) {
    let names = |directory: &Path| {
        let entries = fs::read_dir(directory).expect("a directory");
        let mut names: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names(outer), ["f", "secret", "w"], "something was created or removed outside");
    assert_eq!(names(&outer.join("secret")), ["f"], "something was created or removed outside");
    for secret in ["f", "secret/f"] {
        let path = outer.join(secret);
        assert_eq!(fs::read(&path).expect("the secret"), SECRET, "a file outside was written");
        // Hard links to files outside would expose them.
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::nlink(&fs::metadata(&path).expect("the secret")), 1);
    }
    let count = fs::read_dir(outer.join("w")).map_or(0, Iterator::count);
    assert!(count <= MAX_ENTRIES + 2, "more entries than calls");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Replays each committed input once.
    #[test]
    fn committed_sequences_of_wasi_calls() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds/wasi");
        let mut count = 0;
        for entry in fs::read_dir(folder).expect("the inputs") {
            let path = entry.expect("an entry").path();
            // Identifies the input of a failure.
            println!("{}", path.display());
            wasi(&fs::read(&path).expect("a file"));
            count += 1;
        }
        assert!(count > 10);
    }

    /// Runs random inputs without coverage guidance, for machines without cargo-fuzz. `EXTISM_FUZZ_SECONDS` sets for
    /// how long.
    #[test]
    fn sequences_of_wasi_calls_that_are_made_up() {
        let seconds = std::env::var("EXTISM_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
        let end = seconds.map(|seconds| std::time::Instant::now() + std::time::Duration::from_secs(seconds));
        let mut state: u64 = std::env::var("EXTISM_FUZZ_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
        let mut rounds = 0;
        while end.map_or(rounds < 40, |end| std::time::Instant::now() < end) {
            let input: Vec<u8> = (0..256)
                .flat_map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (state >> 32).to_le_bytes().into_iter().take(4)
                })
                .collect();
            println!("{input:?}");
            wasi(&input);
            rounds += 1;
        }
        eprintln!("{rounds} sequences");
    }
}
