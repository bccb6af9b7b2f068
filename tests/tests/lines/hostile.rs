//! Debug information that is wrong, or made to do harm: no line, and nothing worse.

use std::{
    borrow::Cow,
    fs,
    time::{Duration, Instant},
};

use extism_runtime::{Error, Plugin};
use extism_tests::guest;
use wasm_encoder::{CustomSection, Module, RawSection};
use wasmparser::{Parser, Payload};

/// A module with its custom sections changed: `None` drops one.
fn with_sections(module: &[u8], mut change: impl FnMut(&str, &[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut changed = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.unwrap();
        if let Payload::CustomSection(section) = &payload {
            if let Some(data) = change(section.name(), section.data()) {
                changed.section(&CustomSection { name: section.name().into(), data: Cow::Owned(data) });
            }
        } else if let Some((id, range)) = payload.as_section() {
            changed.section(&RawSection { id, data: &module[range] });
        }
    }
    changed.finish()
}

/// The text of the trap of a module that is otherwise `lines_c.wasm`.
fn trap(module: Vec<u8>) -> String {
    let mut plugin = Plugin::new(module).unwrap();
    let error = plugin.call::<_, ()>("divide", "0").unwrap_err();
    assert!(matches!(error, Error::Trap { .. }));
    let began = Instant::now();
    let text = error.to_string();
    assert!(began.elapsed() < Duration::from_secs(60), "it took {:?}", began.elapsed());
    text
}

fn lines_c() -> Vec<u8> {
    fs::read(guest("lines_c.wasm")).unwrap()
}

#[test]
fn without_one_of_the_sections_there_are_the_names() {
    for missing in [".debug_info", ".debug_abbrev", ".debug_line"] {
        let text = trap(with_sections(&lines_c(), |name, data| (name != missing).then(|| data.to_vec())));
        assert!(text.contains("0: outer\n") && text.ends_with("1: divide"), "without {missing}: {text}");
    }
}

#[test]
fn sections_cut_off_anywhere_give_a_trap_all_the_same() {
    for cut in [".debug_info", ".debug_abbrev", ".debug_line", ".debug_str", ".debug_ranges"] {
        for tenth in 0..10 {
            let shorter = |name: &str, data: &[u8]| {
                let length = if name == cut { data.len() * tenth / 10 } else { data.len() };
                Some(data[..length].to_vec())
            };
            let text = trap(with_sections(&lines_c(), shorter));
            assert!(text.contains("outer") && text.contains("divide"), "{cut} {tenth}: {text}");
        }
    }
}

#[test]
fn control_characters_in_paths_are_escaped() {
    let renamed = with_sections(&lines_c(), |_, data| {
        let mut data = data.to_vec();
        while let Some(at) = data.windows(7).position(|bytes| bytes == b"lines.c") {
            data[at..at + 7].copy_from_slice(b"\x1b[31m\nc");
        }
        Some(data)
    });
    let text = trap(renamed);
    assert!(text.contains("at \\u{1b}[31m\\nc:"), "{text}");
    assert!(!text.contains('\x1b'));
}
