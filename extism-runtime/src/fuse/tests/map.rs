//! Where the instructions of fused modules were.

use wasmparser::{Operator, Parser, Payload};

use super::super::{CodeMap, KernelMemory, MEMORY_MODULE, fuse};

/// The instructions of a module's functions: the offset of each in the module, and in the contents of the code section,
/// and its name.
fn instructions(wasm: &[u8]) -> Vec<Vec<(u64, u64, String)>> {
    let (mut functions, mut start) = (Vec::new(), 0);
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.unwrap() {
            Payload::CodeSectionStart { range, .. } => start = range.start as u64,
            Payload::CodeSectionEntry(body) => {
                let instruction = |read: wasmparser::Result<(Operator<'_>, usize)>| {
                    let (operator, offset) = read.unwrap();
                    let name = format!("{operator:?}").split([' ', '{']).next().unwrap().to_owned();
                    (offset as u64, offset as u64 - start, name)
                };
                functions
                    .push(body.get_operators_reader().unwrap().into_iter_with_offsets().map(instruction).collect());
            }
            _ => {}
        }
    }
    functions
}

/// Checks the places of all instructions of a fused guest that has a `.debug_line` section.
fn check(guest: &[u8], memory: KernelMemory<'_>) -> usize {
    let fused = fuse(guest, memory).unwrap();
    let (old, new) = (instructions(guest), instructions(&fused.wasm));
    let added = new.len() - old.len();
    let mut moved = 0;
    let offsets: Vec<u64> = new.iter().flatten().map(|(offset, ..)| *offset).collect();
    let mut places = fused.map.find(&fused.wasm, &offsets).into_iter();
    let mut mapped = 0;
    for function in &new {
        let places: Vec<_> = places.by_ref().take(function.len()).collect();
        if places.iter().all(Option::is_none) {
            moved += 1;
            continue;
        }
        // The guest's functions are in order, one after the other.
        let old = &old[mapped];
        mapped += 1;
        let mut last = 0;
        let mut seen = 0;
        for ((_, _, name), place) in function.iter().zip(places) {
            let place = place.expect("all of the guest's functions are mapped");
            assert!(last <= place.in_section, "places follow each other");
            let original = old.binary_search_by_key(&place.in_section, |(_, in_section, _)| *in_section);
            let (_, _, original) = &old[original.expect("an instruction")];
            seen += usize::from(original == name && last < place.in_section);
            last = place.in_section;
        }
        assert_eq!(last, old.last().unwrap().1, "both end with the same `end`");
        // Few instructions are replaced.
        assert!(2 * seen >= old.len(), "{seen} of {}", old.len());
    }
    assert_eq!((mapped, moved), (old.len(), added));
    mapped
}

/// The bundled guests, each with an empty `.debug_line` section if it has none.
fn guests() -> Vec<(String, Vec<u8>)> {
    let folder = format!("{}/../examples/plugins", env!("CARGO_MANIFEST_DIR"));
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let modules = paths.filter(|path| path.extension().is_some_and(|extension| extension == "wasm"));
    let read = |path: std::path::PathBuf| {
        let mut wasm = std::fs::read(&path).unwrap();
        wasm.extend([0, 12, 11]);
        wasm.extend(b".debug_line");
        (path.display().to_string(), wasm)
    };
    modules.map(read).collect()
}

#[test]
fn each_instruction_has_the_place_of_the_one_that_it_comes_from() {
    let imports = KernelMemory::Import { module: MEMORY_MODULE, name: "memory" };
    for (file, guest) in guests() {
        println!("{file}");
        assert!(check(&guest, KernelMemory::Define) > 0);
        assert!(check(&guest, imports) > 0);
    }
}

#[test]
fn a_module_without_debug_information_has_no_map() {
    let guest = wat::parse_str("(module (func (export \"f\")))").unwrap();
    assert_eq!(fuse(&guest, KernelMemory::Define).unwrap().map, CodeMap::default());
}
