//! `--profile` and `--flamegraph`.

use std::fs;

use serde_json::Value;

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
    let profile: Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    is_as_firefox_reads_it(&profile);
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
    // The failure of the call does not hide that of the profile.
    let nowhere = folder.path().join("no/out.json");
    let output =
        call().arg(guest("lines_c.wasm")).args(["divide", "-i", "0", "--profile"]).arg(nowhere).assert().code(2);
    let stderr = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(
        stderr.contains("lines.c:7:9") && stderr.contains("cannot write") && stderr.contains("no/out.json"),
        "{stderr}"
    );
}

#[test]
fn one_file_cannot_be_both_profile_and_picture() {
    let folder = tempfile::tempdir().unwrap();
    let same = folder.path().join("out");
    let (one, other) = (folder.path().join("./out"), &same);
    let mut command = call();
    command.arg(guest("lines_c.wasm")).args(["divide", "-i", "1", "--profile"]).arg(one).arg("--flamegraph").arg(other);
    let output = command.assert().code(64);
    let stderr = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(stderr.contains("--profile and --flamegraph cannot both write") && !same.exists(), "{stderr}");
}

/// Checks a profile by the rules of Firefox's processed format, as they are for its version 55
/// (<https://github.com/firefox-devtools/profiler/blob/main/docs-developer/CHANGELOG-formats.md>): versions that the
/// profiler knows how to upgrade, columns as long as their table, and indexes within the tables that they are of.
fn is_as_firefox_reads_it(profile: &Value) {
    let meta = &profile["meta"];
    assert_eq!((meta["preprocessedProfileVersion"].as_u64(), meta["version"].as_u64()), (Some(55), Some(24)));
    assert_eq!(meta["interval"].as_f64(), Some(2.0));
    assert!(meta["product"].is_string() && meta["startTime"].is_number(), "{meta}");
    let categories = meta["categories"].as_array().unwrap().len();
    let threads = profile["threads"].as_array().unwrap();
    assert_eq!(threads.len(), 1);
    let thread = &threads[0];
    assert!(["name", "processName", "processType"].iter().all(|field| thread[*field].is_string()), "{thread}");
    let strings = thread["stringArray"].as_array().unwrap();
    assert!(strings.iter().all(Value::is_string));
    let length = |table: &str| {
        let table = &thread[table];
        let length = table["length"].as_u64().unwrap();
        let columns = table.as_object().unwrap().iter().filter(|(_, column)| column.is_array());
        for (name, column) in columns {
            assert_eq!(column.as_array().unwrap().len() as u64, length, "{name}");
        }
        length
    };
    let refers = |table: &str, column: &str, to: u64| {
        let indexes = thread[table][column].as_array().unwrap();
        let refers = indexes.iter().all(|index| index.is_null() || index.as_u64().is_some_and(|index| index < to));
        assert!(refers, "{table}.{column}: {indexes:?}");
    };
    let (strings, libraries) = (strings.len() as u64, profile["libs"].as_array().unwrap().len() as u64);
    let (samples, stacks, frames) = (length("samples"), length("stackTable"), length("frameTable"));
    let (functions, symbols, resources) = (length("funcTable"), length("nativeSymbols"), length("resourceTable"));
    assert_eq!((samples > 0, length("markers")), (true, 0));
    refers("samples", "stack", stacks);
    refers("stackTable", "frame", frames);
    refers("frameTable", "func", functions);
    refers("frameTable", "nativeSymbol", symbols);
    refers("frameTable", "category", categories as u64);
    refers("funcTable", "name", strings);
    refers("funcTable", "resource", resources);
    refers("nativeSymbols", "name", strings);
    refers("nativeSymbols", "libIndex", libraries);
    refers("resourceTable", "lib", libraries);
    refers("resourceTable", "name", strings);
    // What a stack is on top of comes before it.
    let prefixes = thread["stackTable"]["prefix"].as_array().unwrap();
    assert!((0..).zip(prefixes).all(|(stack, prefix)| prefix.as_u64().is_none_or(|prefix| prefix < stack)));
    for column in ["weight", "timeDeltas", "threadCPUDelta"] {
        let numbers = thread["samples"][column].as_array().unwrap();
        assert!(numbers.iter().all(|number| number.as_f64().is_some_and(|number| number >= 0.0)), "{column}");
    }
    assert_eq!(thread["samples"]["weightType"], "samples");
}
