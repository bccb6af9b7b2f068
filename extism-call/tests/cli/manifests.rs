//! Tests manifests, and the options that extend and override them.

use crate::run::{Run, file, folder, guest, run};

/// Runs a manifest in a file of this name.
fn run_manifest(name: &str, manifest: &str, args: &[&str]) -> Run {
    let folder = folder();
    let path = file(&folder, name, manifest);
    let given = run([path.as_str()].iter().chain(args));
    Run { stderr: given.stderr.replace(&path, name), ..given }
}

const COUNT: &str = r#"{"wasm": [{"path": "examples/plugins/count_vowels.wasm"}], "config": {"vowels": "x"}}"#;

#[test]
fn a_manifest_is_json_or_toml_by_its_name_or_its_content() {
    let toml = "[[wasm]]\npath = \"examples/plugins/count_vowels.wasm\"\n[config]\nvowels = \"x\"\n";
    let expected = Run::output(r#"{"count":1,"total":1,"vowels":"x"}"#);
    for (name, manifest) in [("m.json", COUNT), ("m.toml", toml), ("json", COUNT), ("toml", toml), ("m.txt", COUNT)] {
        assert_eq!(run_manifest(name, manifest, &["count_vowels", "-i", "x-ray"]), expected, "{name}");
    }
}

#[test]
fn the_option_manifest_is_accepted_and_changes_nothing() {
    for flag in ["--manifest", "-m"] {
        let given = run_manifest("m.json", COUNT, &["count_vowels", flag]);
        assert_eq!(given, Run::output(r#"{"count":0,"total":0,"vowels":"x"}"#));
    }
    assert_eq!(run([&guest("echo.wasm"), "echo", "-i", "x", "--manifest"]), Run::output("x"));
}

#[test]
fn options_add_to_the_configuration_and_override_it() {
    let manifest = r#"{"wasm": [{"path": "examples/plugins/kitchen_sink.wasm"}], "config": {"a": "1", "b": "2"}}"#;
    let get =
        |key: &str| run_manifest("m.json", manifest, &["config_get", "-i", key, "--config", "b=3", "--config", "c=4"]);
    assert_eq!(get("a"), Run::output("\"1\""));
    assert_eq!(get("b"), Run::output("\"3\""));
    assert_eq!(get("c"), Run::output("\"4\""));
}

#[test]
fn the_manifests_timeout_holds_unless_the_option_overrides_it() {
    let manifest =
        |millis: u32| format!(r#"{{"wasm": [{{"path": "examples/plugins/traps.wat"}}], "timeout_ms": {millis}}}"#);
    let cause = |manifest: String, args: &[&str]| run_manifest("m.json", &manifest, args).cause().to_owned();
    let expected = |millis: u32| format!("error: plug-in `m`, export `spin`: timed out after {millis}ms");
    assert_eq!(cause(manifest(40), &["spin"]), expected(40));
    assert_eq!(cause(manifest(60_000), &["spin", "-t", "60"]), expected(60));
    let short = run_manifest("m.json", &manifest(1), &["divide_by_zero", "-t", "0"]);
    assert!(short.cause().contains("integer divide by zero"), "0 is no limit: {short:?}");
}

#[test]
fn the_manifests_memory_limits_hold_unless_the_options_override_them() {
    let manifest = r#"{"wasm": [{"path": "examples/plugins/kitchen_sink.wasm"}],
        "memory": {"max_pages": 5, "max_var_bytes": 0}}"#;
    let set = ["var_set", "-i", "key\nvalue"];
    assert_eq!(run_manifest("m.json", manifest, &set).code, 1);
    let given = run_manifest("m.json", manifest, &[&set[..], &["--memory-max", "100"]].concat());
    assert!(given.cause().contains("variables are disabled"), "{given:?}");
    let given = run_manifest("m.json", manifest, &[&set[..], &["--memory-max", "100", "--var-max", "99"]].concat());
    assert_eq!(given, Run::output(""));
}

#[test]
fn allowed_paths_of_both_are_allowed() {
    let (one, other) = (folder(), folder());
    file(&one, "a", "first");
    file(&other, "b", "second");
    let manifest = format!(
        r#"{{"wasm": [{{"path": "examples/plugins/wasi_files.wasm"}}], "allowed_paths": {{"{}": "/one"}}}}"#,
        one.path().display()
    );
    let allowed = format!("{}:/other", other.path().display());
    for (path, content) in [("/one/a", "first"), ("/other/b", "second")] {
        let given = run_manifest("m.json", &manifest, &["read_file", "-i", path, "--wasi", "--allow-path", &allowed]);
        assert_eq!(given, Run::output(content));
    }
}

#[test]
fn an_error_of_syntax_has_its_line_and_column() {
    let given = run_manifest("m.json", "{\n  \"wasm\": [}", &["run"]);
    let message = "error: the manifest m.json is not valid JSON: expected value (line 2, column 12)";
    assert_eq!(given, Run::failure(1, &[message]));
    let given = run_manifest("m.toml", "[[wasm]]\npath = ", &["run"]);
    assert_eq!(given.code, 1);
    assert!(
        given.cause().starts_with("error: the manifest m.toml is not valid TOML: ")
            && given.cause().contains("(line 2, column "),
        "{given:?}"
    );
}

#[test]
fn a_misspelt_field_is_compared_with_those_that_there_are() {
    let given = run_manifest("m.json", r#"{"wasm": [], "timeout": 5}"#, &["run"]);
    let message =
        "error: in the manifest m.json, `timeout`: unknown field; did you mean `timeout_ms`? (line 1, column 24)";
    assert_eq!(given, Run::failure(1, &[message]));
}

#[test]
fn a_manifest_without_modules_is_refused() {
    let given = run_manifest("m.json", r#"{"wasm": []}"#, &["run"]);
    assert_eq!(given, Run::failure(1, &["error: the manifest contains no modules: add one to `wasm`"]));
}

#[test]
fn a_module_has_the_hash_that_the_manifest_says() {
    let manifest = |hash: &str| format!(r#"{{"wasm": [{{"path": "examples/plugins/traps.wat", "hash": "{hash}"}}]}}"#);
    let wrong = "0".repeat(64);
    let given = run_manifest("m.json", &manifest(&wrong), &["divide_by_zero"]);
    assert_eq!(given.code, 1);
    let before = "error: the hash of module `main` from examples/plugins/traps.wat is ";
    let rest = given.cause().strip_prefix(before).unwrap_or_else(|| panic!("{given:?}"));
    let (right, rest) = rest.split_at(64);
    assert_eq!(rest, format!(", but the manifest expects {wrong}"));
    let given = run_manifest("m.json", &manifest(right), &["divide_by_zero"]);
    assert_eq!(given.code, 2, "the right hash loads: {given:?}");
    let given = run_manifest("m.json", &manifest("123"), &["divide_by_zero"]);
    assert_eq!(given.code, 1);
    assert!(given.cause().contains("64 hexadecimal digits"), "{given:?}");
}

#[test]
fn bytes_in_the_manifest_are_a_module_and_raw_pointers_are_refused() {
    let given = run_manifest("m.json", r#"{"wasm": [{"data": "KG1vZHVsZSAoZnVuYyAoZXhwb3J0ICJydW4iKSkp"}]}"#, &["run"]);
    assert_eq!(given, Run::output(""));
    let given = run_manifest("m.json", r#"{"wasm": [{"data": {"ptr": 1, "len": 2}}]}"#, &["run"]);
    assert_eq!(given.code, 1);
    assert!(given.cause().contains("a raw pointer is not accepted"), "{given:?}");
}
