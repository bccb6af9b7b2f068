use super::{assert_field_error, field_error};
use crate::manifest::Manifest;

#[test]
fn unknown_fields_name_the_nearest_known_one() {
    let near = |name| format!("unknown field; did you mean `{name}`?");
    assert_field_error("{\n  \"timeout\": 3}", "timeout", 2, 13, &near("timeout_ms"));
    assert_field_error(r#"{"wasm": [{"path": "a"}, {"hsah": 1}]}"#, "wasm[1].hsah", 1, 34, &near("hash"));
    assert_field_error(r#"{"memory": {"max_pagse": 1}}"#, "memory.max_pagse", 1, 25, &near("max_pages"));
    assert_field_error(r#"{"Allowed_Hosts": []}"#, "Allowed_Hosts", 1, 18, &near("allowed_hosts"));
    let all = "unknown field; known fields are `max_pages`, `max_http_response_bytes`, `max_var_bytes`";
    assert_field_error(r#"{"memory": {"x": 1}}"#, "memory.x", 1, 17, all);
}

#[test]
fn repeated_fields_and_keys_are_refused() {
    let twice = "the field occurs twice";
    assert_field_error(r#"{"timeout_ms": 1, "timeout_ms": 1}"#, "timeout_ms", 1, 32, twice);
    assert_field_error(r#"{"wasm": [{"path": "a", "path": "a"}]}"#, "wasm[0].path", 1, 32, twice);
    let twice = "the key occurs twice";
    assert_field_error(r#"{"config": {"a": "1", "a": "1"}}"#, "config.a", 1, 27, twice);
    assert_field_error(r#"{"allowed_paths": {"a": "1", "a": "1"}}"#, "allowed_paths.a", 1, 34, twice);
    assert_field_error(
        r#"{"wasm": [{"url": "u", "headers": {"a": "1", "a": "2"}}]}"#,
        "wasm[0].headers.a",
        1,
        50,
        twice,
    );
}

#[test]
fn wrong_types_and_numbers_name_the_field() {
    let cases = [
        (r#"{"timeout_ms": "5"}"#, "timeout_ms", "invalid type: string, expected u64"),
        (r#"{"timeout_ms": -1}"#, "timeout_ms", "invalid value: integer `-1`, expected u64"),
        (r#"{"timeout_ms": 1e3}"#, "timeout_ms", "invalid type: floating point `1000.0`, expected u64"),
        (
            r#"{"memory": {"max_pages": 4294967296}}"#,
            "memory.max_pages",
            "invalid value: integer `4294967296`, expected u32",
        ),
        (
            r#"{"memory": {"max_var_bytes": 18446744073709551616}}"#,
            "memory.max_var_bytes",
            "invalid type: floating point `1.8446744073709552e+19`, expected u64",
        ),
        (r#"{"memory": null}"#, "memory", "invalid type: null, expected a map of memory limits"),
        (r#"{"memory": [4, 0, 0]}"#, "memory", "invalid type: sequence, expected a map of memory limits"),
        (r#"{"config": {"a": 1}}"#, "config.a", "invalid type: integer, expected a string"),
        (r#"{"config": []}"#, "config", "invalid type: sequence, expected a map of texts"),
        (r#"{"allowed_hosts": "a"}"#, "allowed_hosts", "invalid type: string, expected a sequence"),
        (r#"{"allowed_hosts": ["a", 1]}"#, "allowed_hosts[1]", "invalid type: integer, expected a string"),
        (r#"{"allowed_paths": ["a"]}"#, "allowed_paths", "invalid type: sequence, expected a map of texts"),
        (r#"{"wasm": {"path": "a"}}"#, "wasm", "invalid type: map, expected a sequence"),
        (
            r#"{"wasm": ["a.wasm"]}"#,
            "wasm[0]",
            "invalid type: string, expected a module (a map with `path`, `data` or `url`)",
        ),
        (r#"{"wasm": [{"path": 1}]}"#, "wasm[0].path", "invalid type: integer, expected path string"),
        ("[]", "", "invalid type: sequence, expected a manifest (a map with `wasm` and other fields)"),
    ];
    for (text, path, message) in cases {
        let (found, _, _, said) = field_error(text);
        assert_eq!((found.as_str(), said.as_str()), (path, message), "{text}");
    }
}

#[test]
fn who_looks_for_wasi_in_the_manifest_is_told_where_it_is() {
    let message = "a manifest cannot enable WASI; the host enables it with `PluginBuilder::with_wasi(true)` or \
                   `extism-call --wasi`";
    for text in [r#"{"wasi": true, "wasm": []}"#, r#"{"wasm": [{"path": "a", "wasi": true}]}"#] {
        assert_eq!(field_error(text).3, message, "{text}");
    }
    let error = Manifest::from_toml("wasi = true").unwrap_err().to_string();
    assert_eq!(error, format!("in the manifest, `wasi`: {message} (line 1, column 8)"));
}

#[test]
fn messages_name_the_field() {
    let error = Manifest::from_json(r#"{"timeout": 3}"#).unwrap_err();
    let message = "in the manifest, `timeout`: unknown field; did you mean `timeout_ms`? (line 1, column 12)";
    assert_eq!(error.to_string(), message);
}

#[test]
fn what_only_resembles_a_field_is_not_taken_for_it() {
    let all = "unknown field; known fields are `path`, `data`, `url`, `headers`, `method`, `name`, `hash`";
    assert_field_error(r#"{"wasm": [{"meta": 1}]}"#, "wasm[0].meta", 1, 19, all);
}

#[test]
fn a_part_of_a_name_and_another_case_find_the_field() {
    let near = |name| format!("unknown field; did you mean `{name}`?");
    assert_field_error(r#"{"hosts": []}"#, "hosts", 1, 10, &near("allowed_hosts"));
    assert_field_error(r#"{"TIMEOUT_MS": 1}"#, "TIMEOUT_MS", 1, 15, &near("timeout_ms"));
}
