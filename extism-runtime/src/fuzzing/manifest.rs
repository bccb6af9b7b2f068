use crate::manifest::{Manifest, ManifestError};

/// Parses a manifest in each format. If that succeeds, writing it and parsing it again returns the same manifest.
pub fn manifest(input: &[u8]) {
    for result in [Manifest::parse(input), Manifest::from_json(input), Manifest::from_toml(input)] {
        match result {
            Ok(manifest) => {
                for text in [manifest.to_json(), manifest.to_json_pretty()] {
                    let text = text.expect("paths that were read can be written");
                    assert_eq!(Manifest::from_json(&text).expect("written text can be read"), manifest);
                }
            }
            Err(error) => check(&error, input),
        }
    }
}

/// Checks that an error refers to a position in the text.
fn check(error: &ManifestError, input: &[u8]) {
    assert!(!error.to_string().is_empty());
    if let ManifestError::Syntax { line, .. } | ManifestError::Field { line, .. } = error {
        let lines = input.split(|byte| *byte == b'\n').count();
        assert!((1..=lines).contains(line), "line {line} of {lines}: {error}");
    }
}
