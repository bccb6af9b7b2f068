//! Tests that every example runs, and prints its plug-ins' output.

use std::{env, path::PathBuf, process::Command};

/// Returns the output of an example that was built with this test.
fn output(example: &str) -> String {
    output_with(example, &[])
}

/// The same, with arguments.
fn output_with(example: &str, args: &[&str]) -> String {
    let mut folder: PathBuf = env::current_exe().unwrap();
    // From target/PROFILE/deps/run-HASH to target/PROFILE/examples.
    folder.pop();
    folder.pop();
    let program = folder.join("examples").join(example).with_extension(env::consts::EXE_EXTENSION);
    let output =
        Command::new(&program).args(args).output().unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{example}: {errors}");
    assert_eq!(errors, "", "{example}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn count_vowels_shows_the_total_growing_and_the_config_changing_what_counts() {
    let expected = r#""Hello, world!" has 3 of "aeiouAEIOU", 3 in all calls so far
"Hello, world!" has 3 of "aeiouAEIOU", 6 in all calls so far
"Hello, world!" has 5 of "lo", 11 in all calls so far
"#;
    assert_eq!(output("count_vowels"), expected);
}

#[test]
fn shop_and_plugin_call_each_other_and_errors_cross_as_values() {
    let expected = "Ada saves 3.30: 15 % of 2200 cents
buy for 1000 cents
there are only 1 pieces of `mug` left
there is no article `cup`
asked 4 times
plug-in `shop_discounts` does not satisfy the interface `Discounts`: `discount`: the plug-in's `Discount` has no field `currency`, which the host requires
";
    assert_eq!(output("shop"), expected);
}

#[test]
fn kv_store_keeps_values_beyond_the_plugins_life() {
    let output = output("kv_store");
    assert_eq!(output.lines().count(), 4);
    assert!(output.contains("run 2: \"Again\" has 3 vowels, the database's total is 12\n"), "{output}");
}

#[test]
fn dynamic_lists_calls_and_reports() {
    let output = output("dynamic");
    assert!(output.contains("count_vowels exports \"count_vowels\": func () -> i32\n"), "{output}");
    assert!(output.contains("\ndesserts\n"), "{output}");
    assert!(output.ends_with("(did you mean `count_vowels`?)\n"), "{output}");
}

#[test]
fn host_context_is_seen_in_its_call_only() {
    let output = output("host_context");
    let lines: Vec<_> = output.lines().collect();
    assert_eq!(lines[0], "Good morning, Ada (read 1)");
    assert!(lines[1].ends_with("host function `reflect`: Eve may not read"), "{output}");
    assert!(lines[2].ends_with("this function needs to know its caller"), "{output}");
}

#[test]
fn linking_shares_memory_between_modules_and_names_what_is_missing() {
    let output = output("linking");
    assert!(output.starts_with("HELLO FROM TWO MODULES\nthe library was called 1 times\n"), "{output}");
    assert!(output.contains("imports `math`.`upper` (i64) -> (), which nothing provides"), "{output}");
}

#[test]
fn plugin_set_reloads_what_changes_and_keeps_what_serves() {
    let expected = "english: loaded
wrong: cannot be loaded
plug-in `wrong` (DIRECTORY/wrong/plugin.toml): plug-in `wrong` does not satisfy the interface `Greeter`: no export `greet`
english says: Hello, World!
wrong: a new version serves
english: a new version serves
english 1.1.0: Greets people
wrong 0.2.0: Greets people
english: the new version is bad
english says: Hello, World!
english says: Hello, everybody!
";
    assert_eq!(output("plugin_set"), expected);
}

#[test]
fn http_reaches_the_allowed_host_and_no_other() {
    let output = output("http");
    assert!(output.contains("200 you asked for \"/greeting\"\n"), "{output}");
    assert!(output.contains("HTTP requests to localhost:") && output.contains("are not allowed"), "{output}");
}

#[test]
fn permissions_are_asked_for_and_a_plugin_without_them_is_not_loaded() {
    let asked = "The plug-in wants to:
- use `store.read`, which allows to call kv_read (not granted)
- use `store.write`, which allows to call kv_write (not granted)
";
    let no = output("permissions");
    assert!(no.starts_with(&format!("{asked}It is not loaded: cannot link plug-in")), "{no}");
    assert!(no.contains("imports `kv_read`, which needs the permission `store.read`"), "{no}");
    assert!(no.contains("imports `kv_write`, which needs the permission `store.write`"), "{no}");
    assert_eq!(output_with("permissions", &["yes"]), format!("{asked}It has counted 3 vowels.\n"));
}
