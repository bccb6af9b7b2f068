use std::collections::BTreeMap;

use serde::Deserialize;

use crate::manifest::{Manifest, ManifestError, PluginInfo};

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Metadata {
    version: String,
    priority: i8,
    ratio: f64,
    stable: bool,
    kind: Kind,
    tags: Vec<String>,
    range: (u8, u8),
    author: Option<Author>,
    homepage: Option<String>,
    #[serde(default)]
    links: BTreeMap<String, String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    TextFilter,
    Other(u8),
}

#[derive(Debug, PartialEq, Deserialize)]
struct Author {
    name: String,
}

fn full() -> Manifest {
    Manifest::default()
        .with_metadata("version", "1.0")
        .with_metadata("priority", "-3")
        .with_metadata("ratio", "0.5")
        .with_metadata("stable", "true")
        .with_metadata("kind", "text_filter")
        .with_metadata("tags", r#"["a", "b"]"#)
        .with_metadata("range", "[1, 2]")
        .with_metadata("author.name", "A. Person")
        .with_metadata("links.home", "https://example.com")
        .with_config_key("other", "1")
        .with_config_key("plugins.x", "1")
}

/// The key and the message of what is wrong.
fn failure(manifest: &Manifest) -> (String, String) {
    match manifest.metadata::<Metadata>() {
        Err(ManifestError::Value { file: None, key, message }) => (key, message),
        other => panic!("{other:?}"),
    }
}

#[test]
fn texts_become_values_of_all_types() {
    let metadata: Metadata = full().metadata().unwrap();
    let expected = Metadata {
        version: "1.0".into(),
        priority: -3,
        ratio: 0.5,
        stable: true,
        kind: Kind::TextFilter,
        tags: vec!["a".into(), "b".into()],
        range: (1, 2),
        author: Some(Author { name: "A. Person".into() }),
        homepage: None,
        links: BTreeMap::from([("home".into(), "https://example.com".into())]),
    };
    assert_eq!(metadata, expected);
    let other: Metadata = full().with_metadata("kind", r#"{"other": 3}"#).metadata().unwrap();
    assert_eq!(other.kind, Kind::Other(3));
    let whole: BTreeMap<String, serde_json::Value> = full().metadata().unwrap();
    assert_eq!((whole["priority"].as_str(), whole["author"]["name"].as_str()), (Some("-3"), Some("A. Person")));
    assert_eq!(full().table::<BTreeMap<String, u8>>("plugins").unwrap(), BTreeMap::from([("x".to_owned(), 1)]));
    assert_eq!(Manifest::default().metadata::<PluginInfo>().unwrap(), PluginInfo::default());
}

#[test]
fn errors_name_the_key_and_hide_the_value() {
    let with = |key: &str, value: &str| failure(&full().with_metadata(key, value));
    let of_type = |expected: &str| format!("invalid type: text, expected {expected}");
    assert_eq!(with("priority", "secret"), ("plugin.priority".into(), of_type("i8")));
    let (key, message) = with("priority", "300");
    assert_eq!((key.as_str(), message.as_str()), ("plugin.priority", "invalid value: integer, expected i8"));
    assert_eq!(with("tags", "a, b"), ("plugin.tags".into(), of_type("a sequence")));
    let (key, message) = with("kind", "third");
    assert!(key == "plugin.kind" && message.contains("text_filter"), "{key}: {message}");
    let (key, message) = with("colour", "red");
    assert!(key == "plugin.colour" && message.contains("unknown field"), "{key}: {message}");
    let (key, message) = with("author", "A. Person");
    assert_eq!((key.as_str(), message.as_str()), ("plugin.author.name", "the key is a value and a table at once"));
    let mut manifest = full();
    manifest.config.remove("plugin.version");
    assert_eq!(failure(&manifest), ("plugin".into(), "missing field `version`".into()));
    manifest = full();
    manifest.config.remove("plugin.author.name");
    assert_eq!(failure(&manifest.with_metadata("author.age", "1")).0, "plugin.author");
}

#[test]
fn errors_name_the_file_that_the_manifest_was_read_from() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.toml");
    std::fs::write(&file, "wasm = []\n[config]\n'plugin.version' = '1'").unwrap();
    let manifest = Manifest::from_file(&file).unwrap();
    let error = manifest.metadata::<Metadata>().unwrap_err().to_string();
    let expected = format!("in the manifest {}, `config`, `plugin`: missing field `priority`", file.display());
    assert_eq!(error, expected);
    // Where a manifest comes from makes no difference to what it is.
    assert_eq!(manifest, Manifest::default().with_metadata("version", "1"));
}

#[test]
fn a_table_of_the_programs_own_is_refused_with_a_hint() {
    for (text, path, hint) in [
        ("[plugin]\nname = 'a'", "plugin", "plugin.name"),
        ("version = '1'", "version", "plugin.version"),
        ("description = 'a'", "description", "plugin.description"),
    ] {
        match Manifest::from_toml(text) {
            Err(ManifestError::Field { path: at, message, .. }) => {
                assert!(at == path && message.contains(hint) && message.contains("Manifest::metadata"), "{message}");
            }
            other => panic!("{other:?}"),
        }
    }
    // Elsewhere, such a field is a mistake like any other.
    match Manifest::from_toml("[memory]\nversion = 1") {
        Err(ManifestError::Field { message, .. }) => assert!(message.contains("max_pages"), "{message}"),
        other => panic!("{other:?}"),
    }
}
