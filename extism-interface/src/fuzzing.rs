//! What the fuzz target `interface` does with an input: nothing panics, everything ends, and what is written is read again.

use std::hint::black_box;

use crate::{Description, compare, diff, json_schema, markdown, rust, section, xtp};

/// Takes an input for a module, for two descriptions that a byte 0 separates, and for an XTP document.
///
/// # Panics
///
/// Panics if what was written is not read again.
pub fn interface(input: &[u8]) {
    let _ = black_box(section(input));
    let _ = black_box(Description::from_module(input));
    let mut parts = input.splitn(2, |byte| *byte == 0);
    let [first, second] = [parts.next(), parts.next()].map(|part| Description::from_json(part.unwrap_or_default()));
    for description in [&first, &second].into_iter().flatten() {
        formats(description);
    }
    if let (Ok(host), Ok(plugin)) = (&first, &second) {
        for interface in &host.interfaces {
            black_box(compare::compare(interface, plugin));
        }
        black_box(diff::diff(host, plugin));
    }
    if let Ok(text) = std::str::from_utf8(input)
        && let Ok(description) = xtp::read(text, "Fuzzed")
    {
        formats(&description);
    }
}

fn formats(description: &Description) {
    black_box((json_schema::write(description), markdown::write(description), rust::write(description)));
    let document = xtp::write(description);
    if let Err(error) = xtp::read(&document.yaml, "Written") {
        panic!("{error}: {}", document.yaml);
    }
    let read = Description::from_json(description.to_json().as_bytes()).expect("what is written can be read");
    assert_eq!(read, *description);
    if let Ok(stamped) = description.stamp(b"\0asm\x01\0\0\0") {
        assert_eq!(Description::from_module(&stamped), Ok(Some(read)));
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    #[test]
    fn the_committed_inputs_are_taken() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds/interface");
        let mut count = 0;
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            // Identifies the input of a failure.
            println!("{}", path.display());
            super::interface(&fs::read(path).expect("a file"));
            count += 1;
        }
        assert!(count > 8);
    }
}
