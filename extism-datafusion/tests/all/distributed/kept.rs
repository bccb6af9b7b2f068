//! What a process keeps of modules.

use std::{fs, sync::Arc};

use datafusion::arrow::datatypes::DataType;
use datafusion_proto::physical_plan::{DefaultPhysicalExtensionCodec, PhysicalExtensionCodec};
use extism_datafusion::{FunctionSpec, Location, ModuleRef, Modules, ship::Shipping};

use super::support::{C, RUST, caller, function, local, module, policy, rows, score, udf};

/// The same module with another hash: with a custom section.
fn another(number: u8) -> Vec<u8> {
    [C, &[0, 3, 2, b'n', number]].concat()
}

#[tokio::test]
async fn modules_beyond_the_limit_are_compiled_again_when_they_are_used_again() {
    for (limit, expected) in [(1, [1, 2, 3, 3]), (2, [1, 2, 2, 2])] {
        let modules = Modules::new(policy().with_max_kept_modules(limit)).unwrap();
        let context = local();
        for number in [0, 1] {
            let bytes = another(number);
            let module = module(&format!("copy{number}"), &bytes, Location::Inline);
            modules.provide(bytes);
            let name = format!("score{number}");
            let spec = FunctionSpec { name, module, ..score(Location::Inline) };
            context.register_udf(udf(spec, &modules));
        }
        for (number, compiled) in [0, 1, 0, 0].into_iter().zip(expected) {
            rows(&context, &format!("SELECT score{number}(text, weight) FROM texts")).await.unwrap();
            assert_eq!(modules.counts().compiled, compiled, "at most {limit}");
        }
        // Both at once, as they are in use.
        rows(&context, "SELECT score0(text, score1(text, weight)) FROM texts").await.unwrap();
    }
}

#[tokio::test]
async fn the_bytes_of_kept_modules_are_limited() {
    let modules = Modules::new(policy().with_max_kept_module_bytes(C.len() as u64 + 100)).unwrap();
    let context = local();
    for (name, bytes) in [("columns_c", C), ("columns_rust", RUST)] {
        modules.provide(bytes);
        let module = module(name, bytes, Location::Inline);
        context.register_udf(udf(function("shout", module, &[DataType::Utf8], DataType::Utf8), &modules));
        rows(&context, "SELECT shout(text) FROM texts").await.unwrap();
    }
    assert_eq!(modules.counts().compiled, 2);
    context.register_udf(udf(score(Location::Inline), &modules));
    rows(&context, "SELECT score(text, weight) FROM texts").await.unwrap();
    assert_eq!(modules.counts().compiled, 3, "the first one had to go");
}

#[test]
fn a_module_that_came_with_a_plan_is_kept_as_long_as_its_functions() {
    let sender = Modules::planner();
    sender.provide(C);
    let encode = |modules: &Modules, spec: FunctionSpec| {
        let codec = Shipping::new(modules.clone()).physical_codec(Arc::new(DefaultPhysicalExtensionCodec {}));
        let mut plan = Vec::new();
        codec.try_encode_udf(&udf(spec, modules), &mut plan).map(|()| plan)
    };
    let plan = encode(&sender, score(Location::Inline)).unwrap();
    let receiver = caller();
    let codec = Shipping::new(receiver.clone()).physical_codec(Arc::new(DefaultPhysicalExtensionCodec {}));
    let function = codec.try_decode_udf("score", &plan).unwrap();
    let another = codec.try_decode_udf("score", &plan).unwrap();
    let there = |module: &ModuleRef| receiver.bytes("score", module).is_ok();
    let module = module("columns_c", C, Location::Inline);
    assert!(there(&module));
    drop(function);
    assert!(there(&module), "the other one has it");
    drop(another);
    assert!(!there(&module));
}

#[test]
fn a_function_that_a_program_makes_keeps_its_module() {
    let store = extism_datafusion::PluginStore::new(caller());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("columns.wasm");
    fs::write(&path, C).unwrap();
    let fields = [Arc::new(datafusion::arrow::datatypes::Field::new("text", DataType::Utf8, true))];
    let made = store.batch_udtf("shout", path.as_path(), fields).unwrap();
    fs::remove_file(&path).unwrap();
    let module = made.spec().module.clone();
    assert_eq!(store.modules().bytes("shout", &module).unwrap(), C);
    drop(made);
    let error = store.modules().bytes("shout", &module).unwrap_err().to_string();
    assert!(error.contains("with_modules_from"), "{error}");
}
