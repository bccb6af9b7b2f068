mod fields;
mod manifest;
mod table;
mod text;
mod wasm;

use std::time::Duration;

use super::{HttpRequest, Manifest, ManifestError, MemoryOptions, Wasm};

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
