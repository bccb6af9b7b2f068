//! `extism-call check`.

use crate::run::{Run, file, folder, guest, run, run_with_stdin};

const COUNTER: &str = r#"{"name": "Counter", "methods": [
    {"export": "count_vowels"}, {"export": "reset", "optional": true}]}"#;

#[test]
fn a_plug_in_that_has_all_satisfies_the_interface() {
    let folder = folder();
    let interface = file(&folder, "i.json", COUNTER);
    let given = run(["check", &guest("count_vowels.wasm"), "--interface", &interface]);
    assert_eq!(given, Run::output("plug-in `count_vowels` satisfies the interface `Counter`\n"));
}

#[test]
fn host_functions_need_not_be_there() {
    let given = run_with_stdin(["check", &guest("count_vowels_kvstore.wasm"), "--interface", "-"], COUNTER);
    assert_eq!(given, Run::output("plug-in `count_vowels_kvstore` satisfies the interface `Counter`\n"));
}

#[test]
fn one_mismatch_is_the_cause() {
    let interface = r#"{"name": "Counter", "methods": [{"export": "count_vowel"}]}"#;
    let given = run_with_stdin(["check", &guest("count_vowels.wasm"), "--interface", "-"], interface);
    let message = "error: plug-in `count_vowels` does not satisfy the interface `Counter`: \
                   no export `count_vowel` (did you mean `count_vowels`?)";
    assert_eq!(given, Run::failure(1, &[message]));
}

#[test]
fn all_mismatches_are_told() {
    let folder = folder();
    let wat = r#"(module (memory (export "memory") 1) (func (export "add") (param i32)) (func (export "run")))"#;
    let plugin = file(&folder, "plugin.wat", wat);
    let interface = r#"{"name": "Many", "docs": "", "methods": [
        {"export": "run"}, {"export": "gone"}, {"export": "memory", "optional": true}, {"export": "add"}]}"#;
    let interface = file(&folder, "i.json", interface);
    let given = run(["check", "--interface", &interface, &plugin]);
    let expected = [
        "error: plug-in `plugin` does not satisfy the interface `Many`:",
        "  - no export `gone`",
        "  - the export `memory` is not a function",
        "  - the export `add` has the signature (i32) -> (); a plug-in's functions must have () -> i32 or () -> ()",
    ];
    assert_eq!(given, Run::failure(1, &expected));
}

#[test]
fn an_interface_that_is_none_is_wrong_usage() {
    let folder = folder();
    let check = |interface: &str| run(["check", &guest("echo.wasm"), "--interface", interface]);
    let message = "error: cannot read the interface from gone.json: No such file or directory (os error 2)";
    assert_eq!(check("gone.json"), Run::failure(64, &[message]));
    let path = file(&folder, "i.json", "{\n\"name\": }");
    let message = format!("error: {path} is not an interface: expected value at line 2 column 9");
    assert_eq!(check(&path), Run::failure(64, &[&message]));
    let path = file(&folder, "i.json", r#"{"name": "x"}"#);
    let message = format!("error: {path} is not an interface: missing field `methods` at line 1 column 13");
    assert_eq!(check(&path), Run::failure(64, &[&message]));
    assert_eq!(run(["check", &guest("echo.wasm")]).code, 64, "the option is required");
    assert_eq!(run(["check", "-", "--interface", "-"]).code, 64);
}

#[test]
fn a_plug_in_that_cannot_be_read_is_told_apart() {
    let given = run_with_stdin(["check", "gone.wasm", "--interface", "-"], COUNTER);
    let message = "error: cannot read module `main` from gone.wasm: No such file or directory (os error 2)";
    assert_eq!(given, Run::failure(1, &[message]));
}
