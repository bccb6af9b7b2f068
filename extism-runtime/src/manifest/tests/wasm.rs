use std::path::PathBuf;

use super::{HASH, field_error};
use crate::manifest::{HttpRequest, Manifest, Wasm};

#[test]
fn a_module_comes_from_one_place() {
    let cases = [
        (r#"{"wasm": [{}]}"#, "a module needs `path`, `data` or `url`"),
        (r#"{"wasm": [{"name": "a"}]}"#, "a module needs `path`, `data` or `url`"),
        (r#"{"wasm": [{"path": "a", "url": "b"}]}"#, "a module must have only one of `path`, `data` and `url`"),
        (r#"{"wasm": [{"path": "a", "data": ""}]}"#, "a module must have only one of `path`, `data` and `url`"),
        (r#"{"wasm": [{"path": "a", "headers": {}}]}"#, "`headers` and `method` are allowed only with `url`"),
        (r#"{"wasm": [{"data": "", "method": null}]}"#, "`headers` and `method` are allowed only with `url`"),
    ];
    for (text, message) in cases {
        let (path, _, _, said) = field_error(text);
        assert_eq!((path.as_str(), said.as_str()), ("wasm[0]", message), "{text}");
    }
}

#[test]
fn raw_pointers_are_refused() {
    let message = "a raw pointer is not accepted; write the module's bytes as base64 text";
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

    let expected = "not a SHA-256: expected 64 hexadecimal digits, got";
    let odd = HASH.replace('9', "g");
    let wide = "\u{ff11}".repeat(64);
    let cases = [
        ("", "0 characters"),
        (&HASH[1..], "63 characters"),
        (&format!("{HASH}0"), "65 characters"),
        (&odd, "64 characters that are not all hexadecimal digits"),
        (&wide, "64 characters that are not all hexadecimal digits"),
    ];
    for (hash, rest) in cases {
        let (path, _, _, said) = field_error(&format!(r#"{{"wasm": [{{"path": "a", "hash": "{hash}"}}]}}"#));
        assert_eq!((path, said), ("wasm[0].hash".to_owned(), format!("{expected} {rest}")), "{hash}");
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
fn methods_of_a_module_change_it() {
    let mut wasm = Wasm::url("u").with_header("a", "1");
    wasm.meta_mut().name = Some("n".into());
    assert_eq!(wasm, Wasm::http(HttpRequest::new("u").with_header("a", "1")).with_name("n"));
    assert_eq!(Wasm::file("p").with_header("a", "1"), PathBuf::from("p").into());
}
