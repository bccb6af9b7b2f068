//! Tests endless growth of memories, tables and garbage.

use extism_runtime::{Engine, Error, Manifest, PluginBuilder, Wasm, engine::Features, error::LinkProblem};

use crate::{assert_works, builder, error_of, failure, limited, manifest, number, plugin, small};

/// Returns the error of an instance that cannot be created.
fn not_made(body: &str, max_pages: Option<u32>) -> String {
    let manifest = max_pages.into_iter().fold(manifest(body), Manifest::with_memory_max);
    let error = builder(manifest).build().expect_err("no instance is made");
    let Error::Engine { context, source, .. } = error else { panic!("{error}") };
    assert_eq!(context, "cannot create an instance of plug-in `hostile`");
    source.to_string()
}

#[test]
fn growing_without_end_ends_at_the_limit() {
    let body = r#"(memory $m 1) (memory $n 1)
        (func (export "f") (local $pages i64)
            (block $full (loop $next
                (br_if $full (i32.eq (memory.grow $m (i32.const 1)) (i32.const -1)))
                (local.set $pages (i64.add (local.get $pages) (i64.const 1)))
                (br_if $full (i32.eq (memory.grow $n (i32.const 1)) (i32.const -1)))
                (local.set $pages (i64.add (local.get $pages) (i64.const 1)))
                (br $next)))
            (call $give (call $number (local.get $pages))))
        (func (export "at_once") (drop (memory.grow $m (i32.const 65535))) (unreachable))
        (func (export "give_up") (drop (memory.grow $m (i32.const 1))) (unreachable))"#;
    let mut plugin = small(body, 50);
    assert_eq!(number(&mut plugin, "f"), 50, "both memories together");
    assert_eq!(number(&mut plugin, "f"), 0, "what was used up stays so");
    let expected = "out of memory: a memory cannot grow to 27 pages: all memories together may grow by 50 pages, and 0 \
                    are left; raise the manifest's `memory.max_pages` if it may use more";
    assert_eq!(failure(&mut plugin, "give_up", b""), expected);
    assert_eq!(number(&mut plugin, "f"), 50, "a new instance");
    let expected = "out of memory: a memory cannot grow to 65536 pages: all memories together may grow by 50 pages, \
                    and 50 are left; raise the manifest's `memory.max_pages` if it may use more";
    assert_eq!(failure(&mut small(body, 50), "at_once", b""), expected);
}

#[test]
fn a_growth_that_was_refused_before_is_not_blamed_for_a_later_trap() {
    let mut plugin = small(
        r#"(memory 1)
           (func (export "grow") (drop (memory.grow (i32.const 1000))))
           (func (export "trap") (unreachable))"#,
        4,
    );
    plugin.call::<_, ()>("grow", ()).expect("the guest lives with it");
    let error = error_of(&mut plugin, "trap", b"");
    assert!(matches!(&error, Error::Trap { trap, .. } if trap.message.ends_with("`unreachable` instruction executed")));
}

#[test]
fn growing_past_its_own_maximum_is_what_a_memorys_or_tables_trap_is_about() {
    let mut plugin = plugin(
        r#"(memory 1 2) (table 1 2 funcref)
           (func (export "memory") (drop (memory.grow (i32.const 5))) (unreachable))
           (func (export "table") (drop (table.grow (ref.null func) (i32.const 5))) (unreachable))"#,
    );
    let expected = "out of memory: a memory cannot grow to 6 pages, which exceeds its own maximum; raise the \
                    manifest's \
                    `memory.max_pages` if it may use more";
    assert_eq!(failure(&mut plugin, "memory", b""), expected);
    let error = error_of(&mut plugin, "table", b"");
    assert!(matches!(&error, Error::Trap { trap, .. } if trap.message.ends_with("`unreachable` instruction executed")));
}

#[test]
fn memories_that_start_above_the_limit_are_refused_when_the_plugin_is_built() {
    for (body, needed) in [
        ("(memory 17)".to_owned(), 17),
        ("(memory 65536)".to_owned(), 65_536),
        ("(memory 1)".repeat(90), 90),
        ("(memory 65536)".repeat(90), 90 * 65_536),
        ("(memory i64 0x1000000000000)".to_owned(), 1 << 48),
    ] {
        let builder = builder(manifest(&body).with_memory_max(16)).with_max_memories(100);
        let error = builder.build().expect_err("too much memory");
        let Error::Link(error) = error else { panic!("{error}") };
        let [LinkProblem::Memory { module, needed: found, limit: 16, .. }] = &error.problems[..] else {
            panic!("{error}")
        };
        assert_eq!((module.as_str(), *found), ("main", needed));
    }
}

#[test]
fn more_memories_than_there_may_be_are_an_error() {
    let error = builder(manifest(&"(memory 1)".repeat(100))).build().expect_err("one is the kernel's");
    let expected = "cannot compile module `main`: the module leaves no room for the kernel: a module can have at most 100 \
         memories";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn memories_and_tables_of_a_module_are_bounded() {
    let refused = |builder: PluginBuilder| builder.compile().expect_err("too many").to_string();
    for (field, what, method, default) in
        [("(memory 0)", "memories", "with_max_memories", 16), ("(table 0 funcref)", "tables", "with_max_tables", 64)]
    {
        let body = |count: usize| manifest(&field.repeat(count));
        let expected = |count: usize, limit: usize| {
            format!(
                "cannot compile module `main`: it has {count} {what}, but the limit is {limit}; raise it with \
                 `PluginBuilder::{method}`"
            )
        };
        assert_eq!(refused(builder(body(default + 1))), expected(default + 1, default));
        builder(body(default)).build().expect("as many as it may have");
        let more = builder(body(98)).with_max_memories(98).with_max_tables(98);
        more.build().expect("as many as it may have");
        let untrusted = PluginBuilder::untrusted(body(default)).with_features(Features::all());
        assert_eq!(refused(untrusted), expected(default, default / 4));
    }
    // Those of other plug-ins count too.
    let library = Wasm::data(r#"(module (memory (export "m") 1))"#).with_name("lib");
    let imports = r#"(import "lib" "m" (memory 1))"#.repeat(5);
    let main = Wasm::data(format!("(module {imports})")).with_name("main");
    let error = refused(PluginBuilder::new(Manifest::new([library, main])).with_max_memories(4));
    assert!(error.contains("module `main`: it has 5 memories, but the limit is 4"), "{error}");
}

#[test]
fn a_memory_that_no_machine_has_is_an_error() {
    let expected = "memory minimum size of 281474976710656 pages exceeds memory limits";
    assert_eq!(not_made("(memory i64 0x1000000000000)", None), expected);
    let mut plugin = plugin(
        r#"(memory i64 1)
           (func (export "f") (call $give (call $number (memory.grow (i64.const 0xffffffffffff)))))
           (func (export "g") (call $give (call $number (memory.grow (i64.const -1)))))"#,
    );
    assert_eq!((number(&mut plugin, "f"), number(&mut plugin, "g")), (-1, -1));
}

#[test]
fn a_data_segment_at_the_end_of_a_memory_does_not_make_it_whole() {
    let body = r#"(memory 65536) (data (i32.const 0) "start") (data (i32.const 0xffffffff) "x")"#;
    let used = || {
        let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux tells it");
        let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).expect("a number");
        pages * 4096
    };
    let before = used();
    let compiled = builder(manifest(body)).compile().expect("the plug-in compiles");
    let mut plugins: Vec<_> = (0..10).map(|_| compiled.instantiate().expect("an instance")).collect();
    plugins.iter_mut().for_each(assert_works);
    let grown = used().saturating_sub(before);
    assert!(grown < 1 << 30, "{grown} bytes for what needs a few pages");
}

#[test]
fn tables_are_bounded_together() {
    let expected = "table minimum size of 5000001 elements exceeds table limits";
    assert_eq!(not_made("(table 5000000 funcref) (table 5000001 funcref)", None), expected);
    assert_eq!(not_made(&"(table 5000001 externref)".repeat(50), None), expected);
    let mut plugin = plugin(
        r#"(table $a 1 funcref) (table $b 1 externref)
           (func (export "f") (param) (call $give (call $number (i64.extend_i32_s
               (table.grow $a (ref.null func) (i32.const 0x7fffffff))))))
           (func (export "all") (local $rounds i64)
               (block $full (loop $next
                   (br_if $full (i32.eq (table.grow $a (ref.null func) (i32.const 100000)) (i32.const -1)))
                   (br_if $full (i32.eq (table.grow $b (ref.null extern) (i32.const 100000)) (i32.const -1)))
                   (local.set $rounds (i64.add (local.get $rounds) (i64.const 1)))
                   (br $next)))
               (call $give (call $number (local.get $rounds))))
           (func (export "trap") (drop (table.grow $a (ref.null func) (i32.const 10000000))) (unreachable))"#,
    );
    assert_eq!(number(&mut plugin, "f"), -1);
    assert_eq!(number(&mut plugin, "all"), 49);
    let expected = "out of memory: a table cannot have 15000001 elements: all tables together may have 10000000; \
                    raise the manifest's `memory.max_pages` if it may use more";
    assert_eq!(failure(&mut plugin, "trap", b""), expected);
    assert_works(&mut plugin);
}

#[test]
fn tables_take_no_more_than_memories_may_grow_by_and_a_mebibyte() {
    let table = |elements: u32| format!("(table $t {elements} funcref)");
    let grow = |by: u32| {
        format!(
            r#"(func (export "grow") (call $give (call $number (i64.extend_i32_s
                   (table.grow $t (ref.null func) (i32.const {by}))))))
               (func (export "trap") (drop (table.grow $t (ref.null func) (i32.const {by}))) (unreachable))"#
        )
    };
    // 8 bytes each.
    const FREE: u32 = (1 << 20) / 8;
    const PAGE: u32 = (64 << 10) / 8;
    for (max_pages, elements) in [(0, FREE), (1, FREE + PAGE), (256, FREE + 256 * PAGE)] {
        assert_eq!(number(&mut small(&[table(10), grow(elements - 10)].concat(), max_pages), "grow"), 10);
        let mut plugin = small(&[table(10), grow(elements - 9)].concat(), max_pages);
        assert_eq!(number(&mut plugin, "grow"), -1);
        let expected = format!(
            "out of memory: a table cannot have {} elements: all tables together may have {elements}; raise the \
             manifest's `memory.max_pages` if it may use more",
            elements + 1
        );
        assert_eq!(failure(&mut plugin, "trap", b""), expected);
        builder(manifest(&table(elements)).with_memory_max(max_pages)).build().expect("within the limit");
        let expected = format!("table minimum size of {} elements exceeds table limits", elements + 1);
        assert_eq!(not_made(&table(elements + 1), Some(max_pages)), expected);
        // The limit applies to all tables together.
        let two = table(elements / 2).replace("$t", "$s") + &table(elements / 2 + 1);
        not_made(&two, Some(max_pages));
    }
}

#[test]
fn a_place_in_the_pool_changes_nothing_that_a_plugin_can_see() {
    let bodies = [
        ("a table", "(table $t 10 funcref)", "(i64.extend_i32_s (table.grow $t (ref.null func) (i32.const 30000)))"),
        ("a table", "(table $t 10 funcref)", "(i64.extend_i32_s (table.grow $t (ref.null func) (i32.const 9999990)))"),
        ("a table", "(table $t 10 funcref)", "(i64.extend_i32_s (table.grow $t (ref.null func) (i32.const 9999991)))"),
        (
            "a large table",
            "(table $t 30000 funcref)",
            "(i64.extend_i32_s (table.grow $t (ref.null func) (i32.const 10)))",
        ),
        ("a memory", "(memory 1)", "(i64.extend_i32_s (memory.grow (i32.const 65535)))"),
        ("a memory", "(memory 1)", "(i64.extend_i32_s (memory.grow (i32.const 65536)))"),
        ("a memory of 64 bits", "(memory i64 1)", "(memory.grow (i64.const 65535))"),
        ("a memory of 64 bits", "(memory i64 1)", "(memory.grow (i64.const 65536))"),
        ("a memory of 64 bits with a maximum", "(memory i64 1 65537)", "(memory.grow (i64.const 65536))"),
        ("a memory of 64 bits with a low maximum", "(memory i64 1 3)", "(memory.grow (i64.const 2))"),
    ];
    for (what, body, grow) in bodies {
        let body = format!(r#"{body} (func (export "f") (call $give (call $number {grow})))"#);
        let grown = [1, 0].map(|pool| {
            let engine = Engine::builder().with_pool_size(pool).with_cache(false).build().expect("an engine");
            number(&mut builder(manifest(&body)).with_engine(&engine).build().expect("an instance"), "f")
        });
        assert_eq!(grown[0], grown[1], "{what}: {grow}");
    }
}

#[test]
fn garbage_counts_as_memory() {
    let array = "(type $a (array (mut i64)))";
    let list = "(type $n (struct (field (ref null $n)) (field i64)))";
    for (what, body) in [
        ("a large array", format!(r#"{array} (func (export "f") (drop (array.new_default $a (i32.const 500000))))"#)),
        (
            "a list",
            format!(
                r#"{list} (func (export "f") (local (ref null $n)) (loop $next
                       (local.set 0 (struct.new $n (local.get 0) (i64.const 1))) (br $next)))"#
            ),
        ),
        (
            "kept in a table",
            format!(
                r#"{array} (table $t 100 (ref null $a)) (func (export "f") (local $i i32) (loop $next
                       (table.set $t (local.get $i) (array.new_default $a (i32.const 5000)))
                       (local.set $i (i32.add (local.get $i) (i32.const 1)))
                       (br_if $next (i32.lt_u (local.get $i) (i32.const 100)))))"#
            ),
        ),
    ] {
        let mut plugin = small(&body, 16);
        let error = error_of(&mut plugin, "f", b"");
        assert!(matches!(error, Error::OutOfMemory { .. }), "{what}: {error}");
        assert!(error.to_string().contains("all memories together may grow by 16 pages"), "{what}: {error}");
        assert_works(&mut plugin);
    }
}

#[test]
fn garbage_that_is_dropped_is_collected() {
    let mut plugin = small(
        r#"(type $a (array (mut i64)))
           (func (export "f") (local $i i32) (loop $next
               (drop (array.new_default $a (i32.const 1000)))
               (local.set $i (i32.add (local.get $i) (i32.const 1)))
               (br_if $next (i32.lt_u (local.get $i) (i32.const 10000)))))"#,
        16,
    );
    plugin.call::<_, ()>("f", ()).expect("8 KB at a time, 80 MB in all");
}

#[test]
fn arrays_larger_than_any_memory_are_an_error() {
    let mut plugin = plugin(
        r#"(type $a (array (mut i64)))
           (func (export "f") (drop (array.new $a (i64.const 0) (i32.const -1))))
           (func (export "g") (drop (array.new_default $a (i32.const -1))))"#,
    );
    for export in ["f", "g"] {
        let expected = "out of memory: wasm trap: allocation size too large; raise the manifest's `memory.max_pages` if it \
                        may use more";
        assert_eq!(failure(&mut plugin, export, b""), expected);
    }
}

#[test]
fn initial_values_count_as_memory_too() {
    let body = "(type $a (array (mut i64))) (global (ref $a) (array.new_default $a (i32.const 500000)))";
    let text = not_made(body, Some(16));
    assert_eq!(text, "GC heap out of memory: no capacity for allocation of 4000032 bytes");
    builder(manifest(body).with_memory_max(256)).build().expect("within the limit");
    // The initial pages of memories cannot be used for this.
    let body = format!("{body} (memory 16)");
    assert_eq!(not_made(&body, Some(16)), "GC heap out of memory: no capacity for allocation of 4000032 bytes");
}

#[test]
fn an_exception_that_nobody_catches_is_a_trap() {
    let mut plugin = plugin(r#"(tag $t (param i64)) (func (export "f") (throw $t (i64.const 1)))"#);
    let text = failure(&mut plugin, "f", b"");
    assert!(text.starts_with("thrown Wasm exception\nwasm backtrace:"), "{text}");
    assert_works(&mut plugin);
}

#[test]
fn exceptions_without_end_end_at_the_deadline() {
    let mut plugin = limited(
        r#"(tag $t (param i64))
           (func (export "f") (loop $again
               (block $caught (try_table (catch_all $caught) (throw $t (i64.const 1)))) (br $again)))"#,
    );
    let expected = "timed out after 100ms; raise the manifest's `timeout_ms` if it may take longer";
    assert_eq!(failure(&mut plugin, "f", b""), expected);
    assert_works(&mut plugin);
}

#[test]
fn memories_of_libraries_are_bounded_together_when_they_grow() {
    let library = r#"(module (memory (export "m") 1)
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#;
    let main = crate::wat(
        r#"(memory 1) (func (export "f") (call $give (call $number (i64.extend_i32_s (i32.add
               (memory.grow (i32.const 6)) (call $grow (i32.const 6)))))))"#,
    )
    .replacen("(module", r#"(module (import "lib" "grow" (func $grow (param i32) (result i32)))"#, 1);
    let modules = [Wasm::data(library).with_name("lib"), Wasm::data(main).with_name("main")];
    let mut plugin = builder(Manifest::new(modules).with_memory_max(10)).build().expect("the plug-in builds");
    // Its own memory had one page, and has grown; the library's is refused.
    assert_eq!(number(&mut plugin, "f"), 0);
}
