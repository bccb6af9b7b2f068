//! Tests untrusted plug-ins.

use std::time::Duration;

use extism_runtime::{
    Engine, Error, Manifest, PluginBuilder, Wasm,
    engine::{Features, Proposal},
    error::{LinkProblem, ModuleLimitError},
    manifest::MemoryOptions,
    test::MockHost,
};

use crate::guest;

/// A module for each proposal, and whether untrusted plug-ins may use the proposal.
const PROPOSALS: &[(Proposal, &str, bool)] = &[
    (Proposal::Simd, "(func (result v128) (v128.const i64x2 1 2))", true),
    (Proposal::TailCalls, "(func $f (return_call $f))", true),
    (Proposal::ExtendedConst, "(global i32 (i32.add (i32.const 1) (i32.const 2)))", true),
    (Proposal::Threads, "(memory 1) (func (drop (i32.atomic.load (i32.const 0))))", true),
    (
        Proposal::RelaxedSimd,
        "(func (param v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 0)))",
        false,
    ),
    (Proposal::MultiMemory, "(memory 1) (memory 1)", false),
    (Proposal::Memory64, "(memory i64 1)", false),
    (Proposal::Memory64, "(table i64 1 funcref)", false),
    (Proposal::Exceptions, "(tag $t) (func (block $b (try_table (catch $t $b) (throw $t))))", false),
    (Proposal::FunctionReferences, "(type $f (func)) (func (param (ref $f)) (call_ref $f (local.get 0)))", false),
    (Proposal::Gc, "(func (param i31ref) (result i32) (i31.get_s (local.get 0)))", false),
    (Proposal::Gc, "(type $a (array i8)) (func (param (ref null $a)) (drop (array.len (local.get 0))))", false),
    (
        Proposal::WideArithmetic,
        "(func (param i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 0)))",
        false,
    ),
];

fn missing(result: Result<extism_runtime::CompiledPlugin, Error>) -> Option<(Vec<Proposal>, String)> {
    let error = result.err()?;
    let text = error.to_string();
    let Error::Compile { source, .. } = error else { panic!("{text}") };
    match source.downcast_ref() {
        Some(ModuleLimitError::Features { proposals, .. }) => Some((proposals.clone(), text)),
        _ => panic!("{text}"),
    }
}

#[test]
fn each_proposal_is_allowed_or_named() {
    for (proposal, fields, allowed) in PROPOSALS {
        let wasm = format!("(module {fields})");
        let strict = missing(PluginBuilder::untrusted(&*wasm).compile());
        assert_eq!(strict.is_none(), *allowed, "{fields}");
        assert_eq!(Features::conservative().allow(*proposal), *allowed, "{fields}");
        if let Some((proposals, _)) = strict {
            assert!(proposals.contains(proposal), "{fields}: {proposals:?}");
            let features = proposals.iter().fold(Features::conservative(), |features, more| features.with(*more));
            assert_eq!(missing(PluginBuilder::untrusted(&*wasm).with_features(features).compile()), None, "{fields}");
        }
        assert_eq!(missing(PluginBuilder::new(&*wasm).compile()), None, "{fields}");
    }
    let (_, text) = missing(PluginBuilder::untrusted("(module (memory 1) (memory i64 1))").compile()).expect("two");
    assert_eq!(
        text,
        "cannot compile module `main`: it uses several memories (multi-memory), 64-bit memories or tables (memory64), which \
         this plug-in may not use; allow it with `PluginBuilder::with_features(Features::conservative()\
         .with(Proposal::MultiMemory).with(Proposal::Memory64))`"
    );
}

#[test]
fn an_engines_features_bound_those_of_its_plugins() {
    let engine = Engine::builder().with_features(Features::all().without(Proposal::Gc)).build().unwrap();
    let wasm = "(module (type $s (struct)) (func (result (ref $s)) (struct.new $s)))";
    let plugin = PluginBuilder::new(wasm).with_engine(&engine).with_features(Features::all());
    assert!(missing(plugin.compile()).expect("no garbage collection").0.contains(&Proposal::Gc));
}

#[test]
fn what_every_pdk_makes_runs() {
    for (file, export, input) in [
        ("count_vowels.wasm", "count_vowels", "hello"),
        ("count_vowels_as.wasm", "count_vowels", "hello"),
        ("count_vowels_kvstore.wasm", "count_vowels", "hello"),
        ("echo.wasm", "echo", "x"),
        ("echo_pdk.wasm", "echo", "x"),
        ("kitchen_sink.wasm", "echo", "x"),
        ("reflect.wasm", "reflect", "x"),
        ("reverse.wasm", "reverse", "x"),
        ("consume.wasm", "consume", "x"),
    ] {
        let functions = MockHost::new().lenient().functions(guest(file)).unwrap();
        let mut plugin = PluginBuilder::untrusted(guest(file))
            .with_wasi(true)
            .with_functions(functions)
            .build()
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        plugin.call::<_, Vec<u8>>(export, input).unwrap_or_else(|error| panic!("{file}: {error}"));
    }
    for file in ["host_calls.wasm", "wasi_command.wasm", "wasi_files.wasm"] {
        let wasm = PluginBuilder::untrusted(guest(file)).with_wasi(true).compile();
        assert!(!matches!(wasm, Err(Error::Compile { .. })), "{file}: {wasm:?}");
    }
}

/// Limits memory and time in a manifest; one call never ends, and one grows the memory by 10 pages.
fn manifest() -> Manifest {
    let wasm = r#"(module
        (memory 1)
        (func (export "spin") (loop (br 0)))
        (func (export "grow") (if (i32.eq (memory.grow (i32.const 10)) (i32.const -1)) (then (unreachable)))))"#;
    Manifest::new([Wasm::data(wasm)])
}

#[test]
fn a_manifest_lowers_limits_and_the_builder_sets_them() {
    let limit = |builder: PluginBuilder| match builder.build().unwrap().call::<_, ()>("spin", ()) {
        Err(Error::Timeout { limit, .. }) => limit,
        other => panic!("{other:?}"),
    };
    let (soon, later) = (Duration::from_millis(50), Duration::from_millis(60));
    assert_eq!(limit(PluginBuilder::untrusted(manifest().with_timeout(soon))), soon);
    assert_eq!(limit(PluginBuilder::untrusted(manifest().with_timeout(soon)).with_timeout(later)), later);

    let grows = |builder: PluginBuilder| builder.build().unwrap().call::<_, ()>("grow", ()).is_ok();
    let pages = |pages| manifest().with_memory_options(MemoryOptions::new().with_max_pages(pages));
    assert!(grows(PluginBuilder::untrusted(pages(10))));
    assert!(!grows(PluginBuilder::untrusted(pages(9))));
    assert!(grows(PluginBuilder::untrusted(pages(9)).with_max_pages(10)));
    assert!(!grows(PluginBuilder::new(pages(10)).with_max_pages(9)));

    let large = Manifest::new([Wasm::data("(module (memory 300))")]).with_memory_max(1000);
    let Err(Error::Link(error)) = PluginBuilder::untrusted(large).compile() else {
        panic!("a manifest raised a limit")
    };
    assert!(
        matches!(&error.problems[..], [LinkProblem::Memory { module, needed: 300, limit: 256, .. }] if module == "main")
    );
}

#[test]
fn a_module_of_too_many_bytes_is_not_read() {
    let module = format!("(module (memory 1) (data (i32.const 0) \"{}\"))", "x".repeat(20 << 20));
    let wasm = wat::parse_str(module).unwrap();
    let error = PluginBuilder::untrusted(wasm.clone()).compile().expect_err("too large").to_string();
    assert!(error.contains("is larger than the limit of 16777216 bytes"), "{error}");
    let error = PluginBuilder::untrusted(wasm).inspect().expect_err("too large").to_string();
    assert!(error.contains("is larger than the limit of 16777216 bytes"), "{error}");
}
