use std::{path::Path, time::Duration};

use super::{FULL_JSON, full};
use crate::manifest::{AllowedPath, Manifest, ManifestError, Wasm};

#[test]
fn a_built_manifest_is_written_as_json() {
    assert_eq!(full().to_json().unwrap(), FULL_JSON);
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
fn allowed_paths_are_taken_apart() {
    let manifest = Manifest::default().with_allowed_paths([("ro:ro:x", "/a"), ("x", "/b")]);
    let entry = |host, guest, read_only| AllowedPath { host: Path::new(host), guest: Path::new(guest), read_only };
    let entries: Vec<_> = manifest.allowed_path_entries().collect();
    assert_eq!(entries, [entry("ro:x", "/a", true), entry("x", "/b", false)]);
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
