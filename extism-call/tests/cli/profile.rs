//! `--profile` and `--flamegraph`.

use std::fs;

use crate::run::{command as call, guest};

#[test]
fn a_profile_and_a_picture_name_the_functions_of_the_plugin() {
    let folder = tempfile::tempdir().unwrap();
    let (json, svg) = (folder.path().join("out.json"), folder.path().join("out.svg"));
    let input = "hello ".repeat(200_000);
    fs::write(folder.path().join("input"), input).unwrap();
    let mut command = call();
    command.arg(guest("count_vowels.wasm")).args(["count_vowels", "--loop", "20"]);
    command.arg("--input-file").arg(folder.path().join("input"));
    command.arg("--profile").arg(&json).arg("--flamegraph").arg(&svg).assert().success();
    let profile: serde_json::Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    assert!(profile["threads"][0]["samples"]["stack"].as_array().is_some_and(|stacks| !stacks.is_empty()));
    let picture = fs::read_to_string(svg).unwrap();
    assert!(picture.contains("<svg") && picture.contains("count_vowels"), "{picture}");
}

#[test]
fn functions_without_names_have_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let (module, svg) = (folder.path().join("a.wat"), folder.path().join("out.svg"));
    let spin = r#"(module (func (export "spin") (local $i i32)
        (loop $again (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100000000))))))"#;
    fs::write(&module, spin).unwrap();
    call().arg(&module).arg("spin").arg("--flamegraph").arg(&svg).assert().success();
    let picture = fs::read_to_string(svg).unwrap();
    assert!(picture.contains("function 0") || picture.contains("function[0]"), "{picture}");
}

#[test]
fn a_failed_call_has_a_profile_too_and_a_short_one_an_explanation() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("out.json");
    let output = call().arg(guest("lines_c.wasm")).args(["divide", "-i", "0", "--profile"]).arg(&json).assert().code(2);
    let stderr = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(stderr.contains("lines.c:7:9"), "{stderr}");
    assert!(json.exists());
}
