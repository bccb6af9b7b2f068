//! The loops of guests that compilers made.

use std::{collections::BTreeMap, fs, path::Path};

use super::lifted;

/// How many loops are lifted, by guest.
const EXPECTED: &[(&str, usize)] = &[];

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
