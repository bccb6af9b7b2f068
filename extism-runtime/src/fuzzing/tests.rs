//! Replays each committed input once.

use std::{fs, path::Path};

/// Runs a target with its inputs; returns how many there are.
fn replay(target: &str, run: fn(&[u8])) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds").join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut count = 0;
    for entry in entries {
        let path = entry.expect("an entry").path();
        let input = fs::read(&path).expect("a file");
        // Identifies the input of a failure.
        println!("{}", path.display());
        run(&input);
        count += 1;
    }
    count
}

#[test]
fn manifests() {
    assert!(replay("manifest", super::manifest) > 10);
}

#[test]
fn modules() {
    assert!(replay("fusion", super::fusion) > 10);
}

#[test]
fn sequences_of_kernel_calls() {
    assert!(replay("kernel", super::kernel) > 10);
}

#[test]
fn encoded_values() {
    assert!(replay("codecs", super::codecs) > 10);
}

#[test]
#[cfg(feature = "http")]
fn hosts_and_patterns() {
    assert!(replay("hosts", super::hosts) > 10);
}

#[test]
fn debug_information() {
    assert!(replay("dwarf", super::dwarf) > 10);
    for file in ["lines_c.wasm", "lines_zig.wasm", "echo.wasm"] {
        super::dwarf(&fs::read(format!("{}/../examples/plugins/{file}", env!("CARGO_MANIFEST_DIR"))).expect("a file"));
    }
}
