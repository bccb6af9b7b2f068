//! Tests several modules: who provides what to whom, in which order they start, and what they share.

use crate::run::{Run, file, folder, run};

/// Modules in files, called or linked together.
pub(crate) struct Modules {
    folder: tempfile::TempDir,
    /// The plug-in's file.
    main: String,
    /// The values of `--link`.
    links: Vec<String>,
}

impl Modules {
    /// A main module, and those that are linked to it.
    pub(crate) fn new(main: &str, linked: &[(&str, &str)]) -> Self {
        let folder = folder();
        let main = file(&folder, "plugin.wat", main);
        let links = linked.iter().map(|(name, wat)| {
            let name_of_file = format!("linked-{}.wat", name.replace(['/', ':'], "_"));
            format!("{name}={}", file(&folder, &name_of_file, wat))
        });
        let links = links.collect();
        Self { folder, main, links }
    }

    /// Calls a function of the main module.
    pub(crate) fn call(&self, name: &str, options: &[&str]) -> Run {
        let links = self.links.iter().flat_map(|link| ["--link", link]);
        run([self.main.as_str(), name].into_iter().chain(links).chain(options.iter().copied()))
    }

    /// The same with the links in the opposite order.
    fn call_reversed(&self, name: &str) -> Run {
        let links = self.links.iter().rev().flat_map(|link| ["--link", link]);
        run([self.main.as_str(), name].into_iter().chain(links))
    }

    /// Calls a function by a manifest that has the linked modules before or after the main one.
    fn call_by_manifest(&self, name: &str, main_first: bool) -> Run {
        let mut modules: Vec<_> = self.links.iter().filter_map(|link| link.split_once('=')).collect();
        let place = if main_first { 0 } else { modules.len() };
        modules.insert(place, ("main", &self.main));
        let modules: Vec<_> =
            modules.iter().map(|(name, path)| serde_json::json!({"name": name, "path": path})).collect();
        let manifest = serde_json::json!({ "wasm": modules }).to_string();
        run([file(&self.folder, "plugin.json", manifest).as_str(), name])
    }
}

/// Keeps a text in the kernel's memory: `note` adds a character, `give` sets it as the output.
const NOTES: &str = r#"(module
    (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
    (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
    (import "extism:host/env" "output_set" (func $set (param i64 i64)))
    (global $block (mut i64) (i64.const 0)) (global $length (mut i64) (i64.const 0))
    (func $begin (global.set $block (call $alloc (i64.const 100))) (call $note (i32.const 78)))
    (start $begin)
    (func $note (export "note") (param i32)
        (call $store (i64.add (global.get $block) (global.get $length)) (local.get 0))
        (global.set $length (i64.add (global.get $length) (i64.const 1))))
    (func (export "give") (call $set (global.get $block) (global.get $length))))"#;

/// Notes a letter when it starts, and another one in `go`, followed by those of `others`.
fn noting(begin: char, go: char, others: &[&str]) -> String {
    let imports =
        others.iter().map(|other| format!(r#"(import "{other}" "go" (func ${other}))"#)).collect::<Vec<_>>().concat();
    let calls = others.iter().map(|other| format!("(call ${other})")).collect::<Vec<_>>().concat();
    format!(
        r#"(module (import "notes" "note" (func $note (param i32))) (import "notes" "give" (func $give)) {imports}
            (func $begin (call $note (i32.const {}))) (start $begin)
            (func $go (export "go") (call $note (i32.const {})) {calls})
            (func (export "run") (call $go) (call $give)))"#,
        begin as u32, go as u32
    )
}

#[test]
fn a_chain_begins_at_its_end_however_it_is_ordered() {
    let (main, a, b) = (noting('M', 'm', &["a"]), noting('A', 'a', &["b"]), noting('B', 'b', &[]));
    let modules = Modules::new(&main, &[("a", &a), ("b", &b), ("notes", NOTES)]);
    let expected = Run::output("NBAMmab");
    assert_eq!(modules.call("run", &[]), expected);
    assert_eq!(modules.call_reversed("run"), expected);
    assert_eq!(modules.call_by_manifest("run", true), expected);
    assert_eq!(modules.call_by_manifest("run", false), expected);
}

#[test]
fn the_base_of_a_diamond_is_one_instance_that_begins_once() {
    let main = noting('M', 'm', &["left", "right"]);
    let (left, right) = (noting('L', 'l', &["base"]), noting('R', 'r', &["base"]));
    let base = noting('B', 'b', &[]);
    let modules = Modules::new(&main, &[("left", &left), ("right", &right), ("base", &base), ("notes", NOTES)]);
    let given = modules.call("run", &[]);
    let sorted = |text: &str| {
        let mut letters: Vec<_> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    let (begun, gone) = given.stdout.split_at(5);
    assert!(begun.starts_with("NB") && begun.ends_with('M'), "{given:?}");
    assert_eq!((sorted(begun), gone), (sorted("NBLRM"), "mlbrb"), "{given:?}");
}

#[test]
fn start_functions_run_once_and_state_stays_between_calls() {
    // Returns the letters from `A` on, which its start function sets, one per call.
    let letters = r#"(module (global $next (mut i32) (i32.const 0))
        (func $begin (global.set $next (i32.add (global.get $next) (i32.const 64)))) (start $begin)
        (func (export "next") (result i32)
            (global.set $next (i32.add (global.get $next) (i32.const 1))) (global.get $next)))"#;
    let main = r#"(module (import "letters" "next" (func $next (result i32)))
        (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
        (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
        (import "extism:host/env" "output_set" (func $set (param i64 i64)))
        (func (export "run") (local $block i64)
            (local.set $block (call $alloc (i64.const 1)))
            (call $store (local.get $block) (call $next)) (call $set (local.get $block) (i64.const 1))))"#;
    let given = Modules::new(main, &[("letters", letters)]).call("run", &["--loop", "2"]);
    assert_eq!(given, Run::output("ABC"));
}

#[test]
fn one_file_under_two_names_is_two_instances() {
    let counter = r#"(module (global $n (mut i32) (i32.const 0))
        (func (export "next") (result i32)
            (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))"#;
    let main = r#"(module (import "one" "next" (func $one (result i32))) (import "two" "next" (func $two (result i32)))
        (func (export "run") (result i32) (drop (call $one)) (drop (call $one)) (call $two)))"#;
    let given = Modules::new(main, &[("one", counter), ("two", counter)]).call("run", &[]);
    assert!(given.cause().ends_with("(code 1)"), "{given:?}");
}

#[test]
fn an_error_that_a_linked_module_sets_is_the_calls() {
    let failing = r#"(module
        (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
        (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
        (import "extism:host/env" "error_set" (func $error (param i64)))
        (func (export "fail") (local $block i64)
            (local.set $block (call $alloc (i64.const 1)))
            (call $store (local.get $block) (i32.const 33)) (call $error (local.get $block))))"#;
    let main = r#"(module (import "failing" "fail" (func $fail)) (func (export "run") (call $fail)))"#;
    let given = Modules::new(main, &[("failing", failing)]).call("run", &[]);
    assert_eq!(given, Run::failure(2, &["error: plug-in `plugin`, export `run`: ! (code 0)"]));
}

#[test]
fn a_linked_module_reads_input_configuration_and_variables_and_logs() {
    let library = r#"(module
        (import "extism:host/env" "input_offset" (func $input (result i64)))
        (import "extism:host/env" "input_length" (func $length (result i64)))
        (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
        (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
        (import "extism:host/env" "config_get" (func $config (param i64) (result i64)))
        (import "extism:host/env" "var_set" (func $var_set (param i64 i64)))
        (import "extism:host/env" "var_get" (func $var_get (param i64) (result i64)))
        (import "extism:host/env" "log_info" (func $log (param i64)))
        (func $key (result i64) (local $block i64)
            (local.set $block (call $alloc (i64.const 1)))
            (call $store (local.get $block) (i32.const 107)) (local.get $block))
        ;; The configuration's `k`, by way of a variable and the log.
        (func (export "value") (result i64)
            (call $var_set (call $key) (call $config (call $key)))
            (call $log (call $var_get (call $key)))
            (call $var_get (call $key))))"#;
    let main = r#"(module (import "library" "value" (func $value (result i64)))
        (import "extism:host/env" "length" (func $length (param i64) (result i64)))
        (import "extism:host/env" "output_set" (func $set (param i64 i64)))
        (func (export "run") (local $block i64)
            (local.set $block (call $value))
            (call $set (local.get $block) (call $length (local.get $block)))))"#;
    let given = Modules::new(main, &[("library", library)]).call("run", &["--config", "k=v!", "--log-level", "info"]);
    assert_eq!(given, Run { stderr: "INFO  plugin: v!\n".into(), ..Run::output("v!") });
}

#[test]
fn memories_globals_and_tables_are_imported_from_modules() {
    let library = r#"(module (memory (export "memory") 1) (data (i32.const 3) "\2a")
        (global (export "five") (mut i32) (i32.const 5))
        (table (export "table") 2 funcref) (elem (i32.const 1) $six) (func $six (result i32) (i32.const 6)))"#;
    let main = r#"(module (import "library" "memory" (memory 1)) (import "library" "five" (global $five (mut i32)))
        (import "library" "table" (table 2 funcref))
        (func (export "run") (result i32)
            (global.set $five (i32.add (global.get $five) (i32.load8_u (i32.const 3))))
            (i32.add (global.get $five) (call_indirect (result i32) (i32.const 1)))))"#;
    let given = Modules::new(main, &[("library", library)]).call("run", &[]);
    assert!(given.cause().ends_with("(code 53)"), "{given:?}");
}

#[test]
fn reactors_of_linked_modules_are_initialized_before_those_that_import_them() {
    let library = r#"(module (global $ready (mut i32) (i32.const 0))
        (func (export "_initialize") (global.set $ready (i32.const 7)))
        (func (export "ready") (result i32) (global.get $ready)))"#;
    let main = r#"(module (import "library" "ready" (func $ready (result i32)))
        (global $seen (mut i32) (i32.const 0))
        (func (export "_initialize") (global.set $seen (call $ready)))
        (func (export "run") (result i32) (global.get $seen)))"#;
    let given = Modules::new(main, &[("library", library)]).call("run", &[]);
    assert!(given.cause().ends_with("(code 7)"), "{given:?}");
}

#[test]
fn a_manifests_main_module_stays_the_main_one_when_others_are_linked() {
    let folder = folder();
    let first = file(&folder, "first.wat", r#"(module (func (export "run") (result i32) (i32.const 1)))"#);
    let last = r#"(module (import "extra" "four" (func $four (result i32)))
        (func (export "run") (result i32) (call $four)))"#;
    let last = file(&folder, "last.wat", last);
    let extra = file(&folder, "extra.wat", r#"(module (func (export "four") (result i32) (i32.const 4)))"#);
    let manifest = serde_json::json!({"wasm": [{"name": "a", "path": first}, {"name": "b", "path": last}]}).to_string();
    let manifest = file(&folder, "m.json", manifest);
    let given = run([manifest.as_str(), "run", "--link", &format!("extra={extra}")]);
    assert!(given.cause().ends_with("(code 4)"), "{given:?}");
}

#[test]
fn a_module_that_nobody_imports_from_begins_too() {
    let main = r#"(module (func (export "run")))"#;
    let trapping = "(module (func $begin unreachable) (start $begin))";
    let given = Modules::new(main, &[("unused", trapping)]).call("run", &[]);
    assert_eq!(given.code, 2);
    assert!(given.cause().contains("`unreachable` instruction executed"), "{given:?}");
}

#[test]
fn a_module_may_pass_on_what_it_imports() {
    let library = r#"(module
        (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
        (import "extism:host/env" "config_get" (func $config (param i64) (result i64)))
        (import "extism:host/env" "length" (func $length (param i64) (result i64)))
        (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
        (import "extism:host/env" "output_set" (func $set (param i64 i64)))
        (export "config" (func $config)) (export "length" (func $length)) (export "set" (func $set))
        (table (export "table") 2 funcref) (elem (i32.const 0) $alloc $store))"#;
    let middle = r#"(module (import "library" "set" (func $set (param i64 i64))) (export "give" (func $set)))"#;
    let main = r#"(module
        (import "library" "config" (func $config (param i64) (result i64)))
        (import "library" "length" (func $length (param i64) (result i64)))
        (import "library" "table" (table 2 funcref))
        (import "middle" "give" (func $give (param i64 i64)))
        (func (export "run") (local $block i64)
            (local.set $block (call_indirect (param i64) (result i64) (i64.const 1) (i32.const 0)))
            (call_indirect (param i64 i32) (local.get $block) (i32.const 107) (i32.const 1))
            (local.set $block (call $config (local.get $block)))
            (call $give (local.get $block) (call $length (local.get $block)))))"#;
    let given = Modules::new(main, &[("library", library), ("middle", middle)]).call("run", &["--config", "k=value"]);
    assert_eq!(given, Run::output("value"));
}
