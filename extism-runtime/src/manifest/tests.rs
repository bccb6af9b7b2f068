use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{AllowedPath, HttpRequest, Manifest, ManifestError, ManifestFormat, MemoryOptions, Wasm};

const HASH: &str = "93898457953d30d016f712ccf4336ce7e9971db5f7f3aff1edd252764f75d5d7";

/// A manifest with every field set to something other than its default.
fn full() -> Manifest {
    Manifest::new([
        Wasm::file("dir/lib.wasm").with_name("lib").with_hash(HASH),
        Wasm::data(b"\0asm\x01\0\0\0").with_name("inline"),
        HttpRequest::new("https://example.com/p.wasm").with_method("POST").with_header("X-Key", "k").into(),
    ])
    .with_memory_options(MemoryOptions::new().with_max_pages(4).with_max_http_response_bytes(5).with_max_var_bytes(0))
    .with_config_key("a", "1")
    .with_config([("b", "2")])
    .with_allowed_host("example.com")
    .with_allowed_host("*.example.org")
    .with_allowed_path("ro:/data", "/in")
    .with_allowed_path("out", "/out")
    .with_timeout(Duration::from_micros(1500))
}

const FULL_JSON: &str = concat!(
    r#"{"wasm":[{"path":"dir/lib.wasm","name":"lib","hash":"#,
    r#""93898457953d30d016f712ccf4336ce7e9971db5f7f3aff1edd252764f75d5d7"},"#,
    r#"{"data":"AGFzbQEAAAA=","name":"inline"},"#,
    r#"{"url":"https://example.com/p.wasm","headers":{"X-Key":"k"},"method":"POST"}],"#,
    r#""memory":{"max_pages":4,"max_http_response_bytes":5,"max_var_bytes":0},"#,
    r#""config":{"a":"1","b":"2"},"allowed_hosts":["example.com","*.example.org"],"#,
    r#""allowed_paths":{"out":"/out","ro:/data":"/in"},"timeout_ms":2}"#,
);

const FULL_TOML: &str = r#"
timeout_ms = 2
allowed_hosts = ["example.com", "*.example.org"]

[[wasm]]
path = "dir/lib.wasm"
name = "lib"
hash = "93898457953d30d016f712ccf4336ce7e9971db5f7f3aff1edd252764f75d5d7"

[[wasm]]
data = "AGFzbQEAAAA="
name = "inline"

[[wasm]]
url = "https://example.com/p.wasm"
method = "POST"
headers = { X-Key = "k" }

[memory]
max_pages = 4
max_http_response_bytes = 5
max_var_bytes = 0

[config]
a = "1"
b = "2"

[allowed_paths]
"ro:/data" = "/in"
out = "/out"
"#;

/// The error of `from_json`: path, line, column, message.
fn field_error(text: &str) -> (String, usize, usize, String) {
    match Manifest::from_json(text) {
        Err(ManifestError::Field { file: None, path, line, column, message }) => (path, line, column, message),
        other => panic!("{text}: {other:?}"),
    }
}

fn assert_field_error(text: &str, path: &str, line: usize, column: usize, message: &str) {
    let expected = (path.to_owned(), line, column, message.to_owned());
    assert_eq!(field_error(text), expected, "{text}");
}

#[test]
fn a_built_manifest_is_written_as_json() {
    assert_eq!(full().to_json().unwrap(), FULL_JSON);
}

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
fn nulls_and_absent_fields_are_defaults() {
    let text = r#"{"wasm": [{"url": "u", "method": null, "name": null, "hash": null}], "memory": {"max_pages": null,
        "max_http_response_bytes": null, "max_var_bytes": null}, "allowed_hosts": null, "allowed_paths": null,
        "timeout_ms": null}"#;
    assert_eq!(Manifest::from_json(text).unwrap(), Manifest::new([Wasm::url("u")]));
    assert_eq!(Manifest::from_json("{}").unwrap(), Manifest::default());
    assert_eq!(Manifest::from_toml("").unwrap(), Manifest::default());
    assert_eq!(Manifest::default().to_json().unwrap(), r#"{"wasm":[]}"#);
}

#[test]
fn an_empty_list_of_hosts_comes_back_as_one() {
    let none = Manifest::default().with_allowed_host("a").disallow_all_hosts();
    assert_eq!(none.to_json().unwrap(), r#"{"wasm":[],"allowed_hosts":[]}"#);
    assert_eq!(Manifest::from_json(none.to_json().unwrap()).unwrap(), none);
}

#[test]
fn the_largest_numbers_are_read() {
    let text = r#"{"timeout_ms": 18446744073709551615, "memory": {"max_pages": 4294967295}}"#;
    let manifest = Manifest::from_json(text).unwrap();
    assert_eq!((manifest.timeout_ms, manifest.memory.max_pages), (Some(u64::MAX), Some(u32::MAX)));
    assert_eq!(Manifest::default().with_timeout(Duration::MAX).timeout_ms, Some(u64::MAX));
}

#[test]
fn unknown_fields_name_the_nearest_known_one() {
    let near = |name| format!("unknown field; did you mean `{name}`?");
    assert_field_error("{\n  \"timeout\": 3}", "timeout", 2, 13, &near("timeout_ms"));
    assert_field_error(r#"{"wasm": [{"path": "a"}, {"hsah": 1}]}"#, "wasm[1].hsah", 1, 34, &near("hash"));
    assert_field_error(r#"{"memory": {"max_pagse": 1}}"#, "memory.max_pagse", 1, 25, &near("max_pages"));
    assert_field_error(r#"{"Allowed_Hosts": []}"#, "Allowed_Hosts", 1, 18, &near("allowed_hosts"));
    let all = "unknown field; there are `max_pages`, `max_http_response_bytes`, `max_var_bytes`";
    assert_field_error(r#"{"memory": {"x": 1}}"#, "memory.x", 1, 17, all);
}

#[test]
fn repeated_fields_and_keys_are_refused() {
    let twice = "the field is given twice";
    assert_field_error(r#"{"timeout_ms": 1, "timeout_ms": 1}"#, "timeout_ms", 1, 32, twice);
    assert_field_error(r#"{"wasm": [{"path": "a", "path": "a"}]}"#, "wasm[0].path", 1, 32, twice);
    let twice = "the key is given twice";
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
fn a_module_comes_from_one_place() {
    let cases = [
        (r#"{"wasm": [{}]}"#, "a module needs `path`, `data` or `url`"),
        (r#"{"wasm": [{"name": "a"}]}"#, "a module needs `path`, `data` or `url`"),
        (r#"{"wasm": [{"path": "a", "url": "b"}]}"#, "a module has only one of `path`, `data` and `url`"),
        (r#"{"wasm": [{"path": "a", "data": ""}]}"#, "a module has only one of `path`, `data` and `url`"),
        (r#"{"wasm": [{"path": "a", "headers": {}}]}"#, "`headers` and `method` go with `url` only"),
        (r#"{"wasm": [{"data": "", "method": null}]}"#, "`headers` and `method` go with `url` only"),
    ];
    for (text, message) in cases {
        let (path, _, _, said) = field_error(text);
        assert_eq!((path.as_str(), said.as_str()), ("wasm[0]", message), "{text}");
    }
}

#[test]
fn raw_pointers_are_refused() {
    let message = "a raw pointer is not accepted; give the module's bytes as base64 text";
    for data in [r#"{"ptr": 4096, "len": 8}"#, "{}"] {
        let (path, line, _, said) = field_error(&format!("{{\"wasm\": [\n{{\"data\": {data}}}]}}"));
        assert_eq!((path.as_str(), line, said.as_str()), ("wasm[0].data", 2, message), "{data}");
    }
}

#[test]
fn wrong_base64_is_refused() {
    for data in ["AA", "AAAA\\n", "A AA", "====", "AAAA-", "\u{e9}"] {
        let (path, _, _, said) = field_error(&format!(r#"{{"wasm": [{{"data": "{data}"}}]}}"#));
        assert_eq!(path, "wasm[0].data", "{data}");
        assert!(said.starts_with("not base64 text: "), "{data}: {said}");
    }
}

#[test]
fn a_hash_is_64_hexadecimal_digits() {
    let upper = HASH.to_uppercase();
    let manifest = Manifest::from_json(format!(r#"{{"wasm": [{{"path": "a", "hash": "{upper}"}}]}}"#)).unwrap();
    assert_eq!(manifest, Manifest::new([Wasm::file("a").with_hash(upper)]));

    let expected = "not a SHA-256: 64 hexadecimal digits are expected, not";
    let odd = HASH.replace('9', "g");
    let wide = "\u{ff11}".repeat(64);
    let cases = [
        ("", "0 characters"),
        (&HASH[1..], "63 characters"),
        (&format!("{HASH}0"), "65 characters"),
        (&odd, "64 characters of which some are no digits"),
        (&wide, "64 characters of which some are no digits"),
    ];
    for (hash, rest) in cases {
        let (path, _, _, said) = field_error(&format!(r#"{{"wasm": [{{"path": "a", "hash": "{hash}"}}]}}"#));
        assert_eq!((path, said), ("wasm[0].hash".to_owned(), format!("{expected} {rest}")), "{hash}");
    }
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
fn bytes_are_base64_text_or_a_list_of_numbers() {
    let data = |manifest: Manifest| match &manifest.wasm[0] {
        Wasm::Data { data, .. } => data.clone(),
        other => panic!("{other:?}"),
    };
    for (list, bytes) in [("[0, 97, 115, 255]", &b"\0as\xff"[..]), ("[]", b"")] {
        let json = Manifest::from_json(format!(r#"{{"wasm": [{{"data": {list}}}]}}"#)).unwrap();
        assert_eq!(data(Manifest::from_json(json.to_json().unwrap()).unwrap()), bytes);
        assert_eq!(data(json), bytes);
        assert_eq!(data(Manifest::from_toml(format!("[[wasm]]\ndata = {list}")).unwrap()), bytes);
    }
    let expected = "expected a byte, from 0 to 255";
    for (wrong, found) in [
        ("256", "invalid value: integer `256`"),
        ("-1", "invalid value: integer `-1`"),
        ("1.5", "invalid type: floating point `1.5`"),
        ("\"a\"", "invalid type: string"),
        ("[1]", "invalid type: sequence"),
    ] {
        let (path, line, _, said) = field_error(&format!("{{\"wasm\": [{{\"data\": [0,\n1, {wrong}]}}]}}"));
        assert_eq!((path.as_str(), line, said), ("wasm[0].data[2]", 2, format!("{found}, {expected}")));
    }
    let error = Manifest::from_toml("[[wasm]]\ndata = [0, 256]").unwrap_err().to_string();
    let toml =
        format!("in the manifest, `wasm[0].data[1]`: invalid value: integer `256`, {expected} (line 2, column 12)");
    assert_eq!(error, toml);
}

#[test]
fn who_looks_for_wasi_in_the_manifest_is_told_where_it_is() {
    let message = "a manifest does not switch WASI on, its host does: by `PluginBuilder::with_wasi(true)`, or \
                   `extism-call --wasi`";
    for text in [r#"{"wasi": true, "wasm": []}"#, r#"{"wasm": [{"path": "a", "wasi": true}]}"#] {
        assert_eq!(field_error(text).3, message, "{text}");
    }
    let error = Manifest::from_toml("wasi = true").unwrap_err().to_string();
    assert_eq!(error, format!("in the manifest, `wasi`: {message} (line 1, column 8)"));
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
    assert_eq!(message, "a raw pointer is not accepted; give the module's bytes as base64 text");
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

#[test]
fn messages_name_the_field() {
    let error = Manifest::from_json(r#"{"timeout": 3}"#).unwrap_err();
    let message = "in the manifest, `timeout`: unknown field; did you mean `timeout_ms`? (line 1, column 12)";
    assert_eq!(error.to_string(), message);
}

#[test]
fn allowed_paths_are_taken_apart() {
    let manifest = Manifest::default().with_allowed_paths([("ro:ro:x", "/a"), ("x", "/b")]);
    let entry = |host, guest, read_only| AllowedPath { host: Path::new(host), guest: Path::new(guest), read_only };
    let entries: Vec<_> = manifest.allowed_path_entries().collect();
    assert_eq!(entries, [entry("ro:x", "/a", true), entry("x", "/b", false)]);
}

#[test]
fn methods_of_a_module_change_it() {
    let mut wasm = Wasm::url("u").with_header("a", "1");
    wasm.meta_mut().name = Some("n".into());
    assert_eq!(wasm, Wasm::http(HttpRequest::new("u").with_header("a", "1")).with_name("n"));
    assert_eq!(Wasm::file("p").with_header("a", "1"), PathBuf::from("p").into());
}

#[test]
fn debug_hides_what_may_be_secret() {
    let text = format!("{:?}", full().with_config_key("token", "hunter2").with_wasm(Wasm::url("http://me:hunter2@a/")));
    assert!(!text.contains("hunter2") && !text.contains("\"k\""), "{text}");
    assert!(text.contains("\"token\": ..") && text.contains("\"X-Key\": ..") && text.contains("[8 bytes]"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_path_that_is_not_utf8_cannot_be_written() {
    use std::os::unix::ffi::OsStrExt as _;
    let path = Path::new(std::ffi::OsStr::from_bytes(b"\xff"));
    let error = Manifest::new([Wasm::file(path)]).to_json().unwrap_err();
    assert!(matches!(error, ManifestError::Write { .. }), "{error:?}");
}
