//! Tests the loops of guests that compilers produced.

use std::{collections::BTreeMap, fs, path::Path};

use super::lifted;

/// How many loops are lifted, by guest.
const EXPECTED: &[(&str, usize)] = &[
    // Only reads its input.
    ("consume", 0),
    ("count_vowels", 3),
    // AssemblyScript stores to its shadow stack in each iteration.
    ("count_vowels_as", 0),
    ("count_vowels_kvstore", 3),
    ("count_vowels_typed", 3),
    ("echo", 1),
    ("echo_pdk", 2),
    ("host_calls", 3),
    ("kitchen_sink", 3),
    ("lines_c", 0),
    ("lines_rust", 2),
    ("lines_zig", 0),
    ("pdk_as", 0),
    // Put words together from bytes, and the reverse.
    ("pdk_c", 0),
    // A dispatcher by `br_table`.
    ("pdk_go", 0),
    ("pdk_moonbit", 0),
    ("pdk_orders", 0),
    ("pdk_rust", 3),
    // Puts words together from bytes; the loops over the last few bytes stay as they are.
    ("pdk_zig", 0),
    ("price_cart", 3),
    ("reflect", 3),
    // Copies backwards.
    ("reverse", 0),
    ("shop_c", 0),
    ("shop_discounts", 3),
    ("sides", 3),
    ("wasi_command", 1),
    ("wasi_files", 22),
];

#[test]
fn the_copy_loops_of_pdks_are_lifted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/plugins");
    let mut counts = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            counts.insert(name, lifted(&fs::read(&path).unwrap()));
        }
    }
    let expected: BTreeMap<_, _> = EXPECTED.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    assert_eq!(counts, expected);
}
