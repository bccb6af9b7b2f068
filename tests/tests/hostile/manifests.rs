//! Tests manifests with invalid contents.

use extism_runtime::{Error, Manifest, Plugin, PluginBuilder, Wasm, error::ManifestError};

fn refused(text: &str) -> String {
    match Plugin::new(text) {
        Err(error @ (Error::Manifest(_) | Error::Load(_))) => error.to_string(),
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("it is refused: {text}"),
    }
}

#[test]
fn wrong_fields_are_errors_with_their_place() {
    for (text, expected) in [
        ("{", "the manifest is not valid JSON: EOF while parsing an object (line 1, column 1)"),
        (r#"{"wasm": []}"#, "the manifest contains no modules: add one to `wasm`"),
        (
            r#"{"wasm": [{"path": "a"}], "wasm": [{"path": "b"}]}"#,
            "in the manifest, `wasm`: the field occurs twice (line 1, column 34)",
        ),
        (
            r#"{"wasm": [{"path": "a", "path": "b"}]}"#,
            "in the manifest, `wasm[0].path`: the field occurs twice (line 1, column 32)",
        ),
        (
            r#"{"wasm": [{"path": "a", "data": "AA=="}]}"#,
            "in the manifest, `wasm[0]`: a module must have only one of `path`, `data` and `url` (line 1, column 40)",
        ),
        (
            r#"{"wasm": [{"data": {"ptr": 1, "len": 2}}]}"#,
            "in the manifest, `wasm[0].data`: a raw pointer is not accepted; write the module's bytes as base64 text \
             (line 1, column 20)",
        ),
        (
            r#"{"wasm": [{"data": "AA"}]}"#,
            "in the manifest, `wasm[0].data`: not base64 text: Invalid padding (line 1, column 23)",
        ),
        (
            r#"{"wasm": [{"path": "a"}], "config": {"a": "1", "a": "2"}}"#,
            "in the manifest, `config.a`: the key occurs twice (line 1, column 52)",
        ),
        (
            r#"{"wasm": [{"path": "a"}], "config": {"a": 1}}"#,
            "in the manifest, `config.a`: invalid type: integer, expected a string (line 1, column 43)",
        ),
        (
            r#"{"wasm": [{"path": "a"}], "memory": {"max_pages": 4294967296}}"#,
            "in the manifest, `memory.max_pages`: invalid value: integer `4294967296`, expected u32 (line 1, column 60)",
        ),
        (
            r#"{"wasm": [{"path": "a"}], "memory": {"max_pages": -1}}"#,
            "in the manifest, `memory.max_pages`: invalid value: integer `-1`, expected u32 (line 1, column 52)",
        ),
        (
            r#"{"wasm": [{"path": "a"}], "memory": {"max_pages": 1e99}}"#,
            "in the manifest, `memory.max_pages`: invalid type: floating point `1e+99`, expected u32 (line 1, column 54)",
        ),
        (
            r#"{"wasm": [{"path": "a"}], "timeout_ms": 18446744073709551616}"#,
            "in the manifest, `timeout_ms`: invalid type: floating point `1.8446744073709552e+19`, expected u64 (line 1, \
             column 60)",
        ),
        (
            r#"{"wasm": [{"path": "a"}], "timeout_ms": 1.5}"#,
            "in the manifest, `timeout_ms`: invalid type: floating point `1.5`, expected u64 (line 1, column 43)",
        ),
        (
            r#"{"wasm": [{"path": "a"}], "allowed_hosts": "*"}"#,
            "in the manifest, `allowed_hosts`: invalid type: string, expected a sequence (line 1, column 46)",
        ),
        (
            r#"{"wasm": [{"path": "a"}]} trailing"#,
            "the manifest is not valid JSON: trailing characters (line 1, column 27)",
        ),
        (
            "{\"wasm\": [{\"path\": \"a\u{0}\"}]}",
            "the manifest is not valid JSON: control character (\\u0000-\\u001F) found while parsing a string (line 1, \
             column 22)",
        ),
        (
            r#"{"wasm": [{"path": "a\u0000\u001b[31mb"}]}"#,
            r"cannot read module `main` from a\u{0}\u{1b}[31mb: file name contained an unexpected NUL byte",
        ),
        (
            r#"{"wasm": [{"path": "/no/such/file"}]}"#,
            "cannot read module `main` from /no/such/file: No such file or directory (os error 2)",
        ),
        (
            r#"{"wasm": [{"data": "AA==", "hash": "00"}]}"#,
            "in the manifest, `wasm[0].hash`: not a SHA-256: expected 64 hexadecimal digits, got 2 characters (line \
             1, column 39)",
        ),
        (
            r#"{"wasm": [{"data": "AA=="}, {"data": "AA=="}]}"#,
            "two modules in the manifest are named `main` (the default name is `main`); give each a unique `name`",
        ),
        (
            r#"{"wasm": [{"data": "AA==", "name": "extism:host/env"}]}"#,
            "module name `extism:host/env` is reserved for the runtime; choose another `name` in the manifest",
        ),
    ] {
        assert_eq!(refused(text), expected, "{text}");
    }
}

#[test]
fn deep_and_long_manifests_are_errors() {
    for (text, expected) in [
        (
            format!(r#"{{"wasm": {}"#, "[".repeat(1_000_000)),
            "in the manifest, `wasm[0]`: invalid type: sequence, expected a module (a map with `path`, `data` or `url`) \
             (line 1, column 10)",
        ),
        (
            format!(r#"{{"config": {}"#, "{\"a\":".repeat(1_000_000)),
            "in the manifest, `config.a`: invalid type: map, expected a string (line 1, column 16)",
        ),
        (
            format!(r#"{{"wasm": [{{"url": {}"#, "\"a\",\"headers\":".repeat(100_000)),
            "in the manifest, `wasm[0].headers`: invalid type: string, expected a map of texts (line 1, column 35)",
        ),
    ] {
        assert_eq!(refused(&text), expected);
    }
    let toml = "the manifest is not valid TOML: ";
    for (text, expected) in [
        (
            format!("wasm = {}", "[".repeat(1_000_000)),
            "cannot recurse further; max recursion depth met (line 1, column 88)",
        ),
        (
            format!("a = {}", "{a=".repeat(1_000_000)),
            "cannot recurse further; max recursion depth met (line 1, column 245)",
        ),
        (format!("[{}a", "a.".repeat(1_000_000)), "unclosed table, expected `]` (line 1, column 2000003)"),
        (format!("{}a = 1", "a.".repeat(1_000_000)), "recursion limit (line 1, column 1)"),
    ] {
        let error = Manifest::from_toml(&text).expect_err("it is no manifest");
        assert!(matches!(error, ManifestError::Syntax { .. }), "{error:?}");
        assert_eq!(error.to_string(), format!("{toml}{expected}"));
    }
}

#[test]
fn very_many_modules_are_told_apart_in_linear_time() {
    let names = (0..300_000).map(|at| format!("a module with a name, which is number {at}"));
    let names = names.chain(["a module with a name, which is number 1".to_owned()]);
    let manifest = Manifest::new(names.map(|name| Wasm::data("none").with_name(name)));
    let error = PluginBuilder::new(manifest).build().expect_err("two have one name").to_string();
    let expected = "two modules in the manifest are named `a module with a name, which is number 1` (the default name \
                    is \
                    `main`); give each a unique `name`";
    assert_eq!(error, expected);
}
