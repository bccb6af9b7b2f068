//! How large plug-ins are.

use std::fs;

use extism_runtime::interface::SECTION;
use extism_tests::guest;
use wasmparser::{Parser, Payload};

/// The bytes of a module without what `strip` removes: all custom sections, apart from the one that describes it.
fn stripped(file: &str) -> usize {
    let module = fs::read(guest(file)).unwrap();
    let sections = Parser::new(0).parse_all(&module).map(Result::unwrap);
    let removed = sections.filter_map(|section| match section {
        Payload::CustomSection(custom) if custom.name() != SECTION => {
            // Its header too: the identifier, and the length.
            let length = custom.range().len();
            Some(length + 1 + (0..).take_while(|bits| length >> (7 * bits) > 0).count())
        }
        _ => None,
    });
    module.len() - removed.sum::<usize>()
}

#[test]
fn a_plug_in_has_at_most_60_percent_of_the_bytes_of_the_same_one_by_extism_pdk() {
    let (ours, theirs) = (stripped("count_vowels_typed.wasm"), stripped("count_vowels.wasm"));
    assert!(ours * 100 <= theirs * 60, "{ours} bytes of {theirs}");
}
