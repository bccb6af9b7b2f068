//! Tests `Source`'s constructors, which do not guess the kind of a text.

use std::fs;

use extism_runtime::{Error, Manifest, Plugin, Source, Wasm, error::LoadError};

const WAT: &str = r#"(module (func (export "f")))"#;

#[test]
fn a_file_is_one_whatever_its_path_looks_like() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["(module).wat", ";;.wat", "{}.wat", "a\nb.wat"] {
        let path = folder.path().join(name);
        fs::write(&path, WAT).unwrap();
        let mut plugin = Plugin::new(Source::file(&path)).unwrap();
        plugin.call::<_, ()>("f", ()).unwrap();
    }
    // Relative paths that start like a text.
    for path in ["(module).wat", "{\"wasm\": []}"] {
        let error = Plugin::new(Source::file(path)).unwrap_err();
        assert!(
            matches!(&error, Error::Load(LoadError::File { path: found, .. }) if found.to_str() == Some(path)),
            "{error}"
        );
    }
}

#[test]
fn a_text_is_never_the_path_of_a_file() {
    for text in [
        WAT,
        "  (module (func (export \"f\")))",
        "{\"wasm\": [{\"data\": \"KG1vZHVsZSAoZnVuYyAoZXhwb3J0ICJmIikpKQ==\"}]}",
    ] {
        assert!(Plugin::new(Source::text(text)).unwrap().function_exists("f"), "{text}");
    }
    let error = Plugin::new(Source::text("../examples/plugins/echo.wasm")).unwrap_err();
    assert!(matches!(error, Error::Load(LoadError::NotWasm { .. })), "{error}");
    let error = Plugin::new(Source::text("")).unwrap_err();
    assert!(matches!(error, Error::Load(LoadError::NotWasm { .. })), "{error}");
}

#[test]
fn bytes_and_urls_are_modules_or_manifests() {
    assert!(Plugin::new(Source::bytes(WAT)).unwrap().function_exists("f"));
    assert!(Plugin::new(Source::bytes(WAT.as_bytes().to_vec())).unwrap().function_exists("f"));
    let url = "https://example.com/plugin.wasm";
    assert_eq!(Source::url(url).into_manifest().unwrap(), Manifest::new([Wasm::url(url)]));
}
