//! `extism-call stamp`, `diff`, `schema` and `generate`, and what `inspect` and `check` make of interfaces.

use crate::run::{Run, file, folder, guest, run};

const OLD: &str = r##"{"name": "Shop", "version": "1.0.0", "docs": " A shop.", "methods": [{"export": "count_vowels", "docs": " Pays.",
    "arguments": [{"name": "cart", "type": "Json<Cart>", "wire": {"format": "json", "schema": {"$ref": "#/$defs/Cart"}}}],
    "result": "String", "output": {"format": "utf8"}}],
    "$defs": {"Cart": {"type": "object", "properties": {"total": {"type": "integer", "format": "uint32"}},
        "required": ["total"]}}}"##;

/// With a field that the plug-in requires.
fn new() -> String {
    OLD.replace("uint32\"}},", "uint32\"}, \"note\": {\"type\": \"string\"}},")
        .replace(r#""required": ["total"]"#, r#""required": ["total", "note"]"#)
}

#[test]
fn a_stamped_module_describes_itself() {
    let folder = folder();
    let (module, interface) = (folder.path().join("shop.wasm"), file(&folder, "shop.json", OLD));
    let module = module.to_str().unwrap().to_owned();
    let given = run(["stamp", &guest("count_vowels.wasm"), "--interface", &interface, "-o", &module]);
    assert_eq!(given, Run::output(""));
    let given = run(["inspect", &module]);
    let expected = "  says that it implements Shop 1.0.0\n    A shop.\n    count_vowels(cart: Json<Cart>) -> String\n      Pays.\n";
    assert!(given.stdout.ends_with(expected), "{}", given.stdout);
    assert_eq!(run(["check", &module, "--interface", &interface]).code, 0);
    // The new host sends a field more, which is ignored; the new plug-in requires it.
    let new = file(&folder, "new.json", new());
    assert_eq!(run(["check", &module, "--interface", &new]).code, 0);
    assert_eq!(run(["stamp", &module, "--interface", &new]).code, 0, "in place");
    let given = run(["check", &module, "--interface", &interface]);
    let message = "error: plug-in `shop` does not satisfy the interface `Shop`: `count_vowels`: the host's `Cart` has no field \
                   `note`, which the plug-in requires";
    assert_eq!(given, Run::failure(1, &[message]));
    let other = file(&folder, "other.json", OLD.replace("count_vowels", "count_consonants"));
    let given = run(["stamp", &module, "--interface", &other]);
    assert_eq!(
        (given.code, &*given.stderr),
        (0, "note: the module lacks what it says: no export `count_consonants`\n")
    );
    assert_eq!(run(["stamp", &module, "--interface", &interface]), Run::output(""));
    // What it carries is an interface too.
    assert_eq!(run(["check", &module, "--interface", &module]).code, 0);
}

#[test]
fn a_diff_tells_what_breaks_whom() {
    let folder = folder();
    let (old, newer) = (file(&folder, "old.json", OLD), file(&folder, "new.json", new()));
    assert_eq!(run(["diff", &old, &old]), Run::output("nothing has changed\n"));
    let given = run(["diff", &old, &newer]);
    assert_eq!(given.code, 1);
    let expected = "breaks hosts of the old version\n  - `count_vowels`: an old host's `Cart` has no field `note`, which a new \
                    plug-in requires\nneeds a new major version: 2.0.0 or later after 1.0.0, not 1.0.0\n";
    assert_eq!(given.stdout, expected);
    assert_eq!(given.stderr, "error: the new version breaks hosts of the old one\n");
    let docs = file(&folder, "docs.json", OLD.replace(" Pays.", " Pays a cart.").replace("1.0.0", "1.0.1"));
    let given = run(["diff", &old, &docs]);
    let expected = "breaks neither\n  - `count_vowels`: its documentation changed\nneeds a new patch version, as 1.0.1 is after \
                    1.0.0\n";
    assert_eq!(given, Run::output(expected));
    let gone = file(&folder, "gone.json", r#"{"name": "Shop", "docs": " A shop.", "methods": [{"export": "other"}]}"#);
    let given = run(["diff", &old, &gone]);
    assert!(given.stdout.contains("`other`: was added; plug-ins of the old version lack it"), "{}", given.stdout);
    assert!(given.stdout.contains("`count_vowels`: was removed"), "{}", given.stdout);
    assert_eq!((given.code, given.cause()), (1, "error: the new version breaks plug-ins and hosts of the old one"));
    assert_eq!(run(["diff", &old, "no-such-file"]).code, 2);
    assert_eq!(run(["diff", &old]).code, 64);
}

#[test]
fn an_interface_is_shown_in_other_formats() {
    let folder = folder();
    let interface = file(&folder, "shop.json", OLD);
    let xtp = run(["schema", &interface, "--format", "xtp"]);
    assert_eq!((xtp.code, xtp.stderr.as_str()), (0, ""));
    assert!(
        xtp.stdout.starts_with("version: v1-draft\nexports:\n  count_vowels:\n    description: \"Pays.\"\n"),
        "{}",
        xtp.stdout
    );
    let markdown = run(["schema", &interface, "--format", "markdown"]).stdout;
    assert!(markdown.contains("Input: JSON, `Cart`.\n\n```json\n{\n  \"total\": 1\n}\n```\n"), "{markdown}");
    let schema = run(["schema", &interface, "--format", "json-schema"]).stdout;
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(schema["properties"]["count_vowels"]["properties"]["input"]["$ref"], "#/$defs/Cart");
    // An XTP document is an interface like any other.
    let document = file(&folder, "shop.yaml", &xtp.stdout);
    assert_eq!(run(["schema", &document, "--format", "xtp"]), xtp);
    let source = run(["generate", "rust", &document]).stdout;
    assert!(source.contains("#[plugin_interface]\npub trait Shop {\n    /// Pays.\n"), "{source}");
    assert!(source.contains("fn count_vowels(&mut self, input: Json<Cart>) -> String;"), "{source}");
    assert!(source.contains("pub struct Cart {\n    pub total: u32,\n}"), "{source}");
}

#[test]
fn what_a_format_cannot_express_is_told() {
    let folder = folder();
    let sum = OLD.replace(r##"{"$ref": "#/$defs/Cart"}"##, r#"{"oneOf": [{"type": "string"}, {"type": "boolean"}]}"#);
    let given = run(["schema", &file(&folder, "sum.json", sum), "--format", "xtp"]);
    assert_eq!((given.code, given.stdout.as_str()), (0, "version: v1-draft\nexports: {}\n"));
    assert!(
        given.stderr.starts_with("note: `count_vowels`: left out: a sum type: write a structure"),
        "{}",
        given.stderr
    );
}

#[test]
fn what_is_no_interface_is_told() {
    let folder = folder();
    let given = run(["schema", &guest("echo.wasm"), "--format", "markdown"]);
    assert_eq!(given.code, 64);
    assert!(given.cause().ends_with("does not describe itself: it has no section `extism:interface`"), "{given:?}");
    let bad = file(&folder, "bad.yaml", "version: v1-draft\nexports:\n  f:\n    input: {type: strange}\n");
    let given = run(["generate", "rust", &bad]);
    assert_eq!((given.code, given.cause().ends_with("exports.f.input: `strange` is no type")), (64, true), "{given:?}");
    let interface = file(&folder, "shop.json", OLD);
    let given = run(["stamp", &interface, "--interface", &interface]);
    let message = format!("error: {interface} cannot be stamped: this is no WebAssembly module in the binary format");
    assert_eq!(given, Run::failure(1, &[&message]));
}
