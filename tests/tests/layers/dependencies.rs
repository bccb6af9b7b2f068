//! What Cargo compiles for a plug-in, and for the macros of a host.

use std::{collections::BTreeSet, env, path::Path, process::Command};

/// The crates that Cargo compiles when it builds a package with its default features for a target.
fn compiled(package: &str, target: &[&str]) -> BTreeSet<String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut tree = Command::new(cargo);
    tree.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    tree.args(["tree", "--offline", "--locked", "--edges", "normal,build", "--prefix", "none", "--package", package]);
    let output = tree.args(target).output().expect("Cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).expect("text");
    names.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

/// A shared crate depends on `extism-runtime` with its default features, which are the host's.
#[test]
fn a_plugin_compiles_neither_an_engine_nor_what_reads_modules() {
    let compiled = compiled("extism-runtime", &["--target", "wasm32-unknown-unknown"]);
    let expected = "base64 extism-codec extism-guest extism-macros extism-runtime itoa memchr proc-macro2 quote semver \
                    serde serde_core serde_derive serde_json syn unicode-ident zmij";
    assert_eq!(compiled.iter().map(String::as_str).collect::<Vec<_>>().join(" "), expected);
}

#[test]
fn the_macros_check_modules_without_what_reads_other_formats() {
    let compiled = compiled("extism-macros", &[]);
    assert!(compiled.contains("wasmparser") && compiled.contains("extism-interface"), "{compiled:?}");
    for foreign in ["saphyr-parser", "schemars", "extism-codec"] {
        assert!(!compiled.contains(foreign), "{foreign}");
    }
}
