use super::{FULL_JSON, FULL_TOML, full};
use crate::manifest::{Manifest, ManifestError, ManifestFormat};

#[test]
fn json_reads_every_field() {
    assert_eq!(Manifest::from_json(FULL_JSON).unwrap(), full());
    assert_eq!(Manifest::parse(format!("\u{feff} {FULL_JSON}")).unwrap(), full());
    assert_eq!(FULL_JSON.parse::<Manifest>().unwrap(), full());
    assert_eq!(Manifest::from_json(full().to_json_pretty().unwrap()).unwrap(), full());
}

#[test]
fn toml_reads_every_field() {
    assert_eq!(Manifest::from_toml(FULL_TOML).unwrap(), full());
    assert_eq!(Manifest::parse(FULL_TOML).unwrap(), full());
}

#[test]
fn syntax_errors_name_line_and_column() {
    let json = |text: &str, line: usize, column: usize, message: &str| match Manifest::from_json(text) {
        Err(ManifestError::Syntax { file: None, format: ManifestFormat::Json, line: l, column: c, message: m }) => {
            assert_eq!((l, c, m.as_str()), (line, column, message), "{text}");
        }
        other => panic!("{text}: {other:?}"),
    };
    json("", 1, 0, "EOF while parsing a value");
    json("{\n  \"wasm\": [}", 2, 12, "expected value");
    json("{\"wasm\": [", 1, 10, "EOF while parsing a list");
    json("{} x", 1, 4, "trailing characters");

    match Manifest::from_toml("timeout_ms = 1\n[memory\n") {
        Err(ManifestError::Syntax { file: None, format: ManifestFormat::Toml, line: 2, column: 8, .. }) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn toml_errors_name_the_field_and_its_place() {
    let toml = |text: &str| match Manifest::from_toml(text) {
        Err(ManifestError::Field { file: None, path, line, column, message }) => (path, line, column, message),
        other => panic!("{text}: {other:?}"),
    };
    let unknown = "unknown field; did you mean `hash`?".to_owned();
    assert_eq!(toml("[[wasm]]\npath = 'a'\nhsah = 'x'"), ("wasm[0].hsah".into(), 3, 8, unknown));
    let negative = "invalid value: integer `-1`, expected u32".to_owned();
    assert_eq!(toml("[memory]\nmax_pages = -1"), ("memory.max_pages".into(), 2, 13, negative));
    let (path, line, _, message) = toml("[[wasm]]\ndata = {ptr = 1, len = 2}");
    assert_eq!((path.as_str(), line), ("wasm[0].data", 2));
    assert_eq!(message, "a raw pointer is not accepted; write the module's bytes as base64 text");
}

#[test]
fn toml_refuses_repeated_keys() {
    for text in ["timeout_ms = 1\ntimeout_ms = 2", "[config]\na = '1'\na = '2'", "[memory]\n[memory]"] {
        let result = Manifest::from_toml(text);
        assert!(matches!(result, Err(ManifestError::Syntax { .. })), "{text}: {result:?}");
    }
}

#[test]
fn deep_nesting_is_an_error() {
    for (open, close) in [("[", "]"), ("{\"wasm\":[", "]}")] {
        let text = format!("{{\"wasm\": {}{}}}", open.repeat(100_000), close.repeat(100_000));
        assert!(Manifest::from_json(text).is_err());
    }
    assert!(Manifest::from_toml(format!("wasm = {}", "[".repeat(100_000))).is_err());
}

#[test]
fn text_that_is_not_utf8_is_refused() {
    match Manifest::parse(b"{\"config\": {\"a\": \"\xff\"}}") {
        Err(ManifestError::NotUtf8 { file: None, offset: 18 }) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_is_read_by_its_name_or_content() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    for (name, text) in [("a.json", FULL_JSON), ("a.TOML", FULL_TOML), ("a", FULL_JSON), ("b.txt", FULL_TOML)] {
        assert_eq!(Manifest::from_file(write(name, text)).unwrap(), full(), "{name}");
    }

    let wrong = write("b.json", "x = 1");
    let error = Manifest::from_file(&wrong).unwrap_err();
    let message = format!("the manifest {} is not valid JSON: expected value (line 1, column 1)", wrong.display());
    assert_eq!(error.to_string(), message);

    let missing = dir.path().join("missing.json");
    match Manifest::from_file(&missing) {
        Err(ManifestError::Read { path, source }) => {
            assert_eq!((path, source.kind()), (missing, std::io::ErrorKind::NotFound));
        }
        other => panic!("{other:?}"),
    }
}
