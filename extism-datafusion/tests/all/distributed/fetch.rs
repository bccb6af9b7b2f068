//! Modules that are fetched by their hashes.

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::DataType,
    execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry},
};
use datafusion_proto::physical_plan::{DefaultPhysicalExtensionCodec, PhysicalExtensionCodec};
use extism_datafusion::{ExecutorPolicy, Location, Modules, PluginScalar, ship::Shipping};
use object_store::{ObjectStore, ObjectStoreExt, memory::InMemory, path::Path};
use sha2::{Digest, Sha256};
use url::Url;

use super::support::{C, RUST, function, local, module, policy, rows, score, shout, udf};

const QUERY: &str = "SELECT sum(score(text, weight)) AS total FROM texts";
const TOTAL: &str = "\
+--------+
| total  |
+--------+
| 1152.0 |
+--------+";

/// A store in memory, under `memory://modules`.
fn memory() -> (Arc<InMemory>, ExecutorPolicy) {
    let store = Arc::new(InMemory::new());
    let registry = DefaultObjectStoreRegistry::new();
    let shared: Arc<dyn ObjectStore> = store.clone();
    registry.register_store(&Url::parse("memory://modules").unwrap(), shared);
    (store, policy().with_object_stores(Arc::new(registry)).with_modules_from("memory://modules"))
}

async fn run(location: Location, policy: ExecutorPolicy) -> (Modules, Result<String, String>) {
    let modules = Modules::new(policy).unwrap();
    let context = local();
    context.register_udf(udf(score(location), &modules));
    let result = rows(&context, QUERY).await;
    (modules, result)
}

#[tokio::test]
async fn a_module_is_fetched_from_an_object_store_once() {
    let (store, policy) = memory();
    store.put(&Path::from("a/score.wasm"), C.into()).await.unwrap();
    let modules = Modules::new(policy).unwrap();
    let context = local();
    context.register_udf(udf(score(Location::Url("memory://modules/a/score.wasm".to_owned())), &modules));
    for _ in 0..3 {
        assert_eq!(rows(&context, QUERY).await.unwrap(), TOTAL);
    }
    assert_eq!((modules.counts().fetched, modules.counts().compiled), (1, 1));
}

#[tokio::test]
async fn a_module_is_fetched_from_a_folder_by_its_url() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("score.wasm"), C).unwrap();
    let url = Url::from_file_path(folder.path().join("score.wasm")).unwrap();
    let policy = policy().with_modules_from(folder.path().display().to_string());
    assert_eq!(run(Location::Url(url.into()), policy).await.1.unwrap(), TOTAL);
}

#[tokio::test]
async fn a_module_in_a_store_that_is_not_the_hash_is_not_called() {
    let (store, policy) = memory();
    store.put(&Path::from("score.wasm"), RUST.into()).await.unwrap();
    let (modules, result) = run(Location::Url("memory://modules/score.wasm".to_owned()), policy).await;
    let error = result.unwrap_err();
    assert!(error.contains("score") && error.contains("memory://modules/score.wasm"), "{error}");
    assert!(error.contains("SHA-256"), "{error}");
    assert_eq!(modules.counts().compiled, 0);
}

#[tokio::test]
async fn what_cannot_be_fetched_is_an_error_that_says_from_where_and_why() {
    let (store, memory) = memory();
    store.put(&Path::from("large.wasm"), RUST.into()).await.unwrap();
    let small = memory.clone().with_max_module_bytes(1000);
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("such.wasm");
    let folder = folder.path().display().to_string();
    let granted = memory.clone().with_modules_from("s3://bucket").with_modules_from(folder);
    for (location, policy, expected) in [
        (Location::Url("memory://modules/none.wasm".to_owned()), memory.clone(), "memory://modules/none.wasm"),
        (Location::Url("memory://modules/large.wasm".to_owned()), small, "more than 1000"),
        (Location::Url("s3://bucket/score.wasm".to_owned()), granted.clone(), "no object store for s3://"),
        (Location::Url("score.wasm".to_owned()), memory.clone(), "relative URL"),
        (Location::File(missing), granted, "No such file"),
        (Location::Inline, memory, "the plan came without it"),
    ] {
        let (_, result) = run(location, policy).await;
        let error = result.unwrap_err();
        assert!(error.contains("score") && error.contains(expected), "{expected}: {error}");
    }
}

#[tokio::test]
async fn a_large_module_is_put_into_the_module_store_and_fetched_by_its_hash() {
    let (store, policy) = memory();
    let client = Modules::planner_with(policy.clone());
    client.provide(RUST);
    let shipping = Shipping::new(client.clone()).with_module_store("memory://modules/by-hash/");
    let codec = shipping.physical_codec(Arc::new(DefaultPhysicalExtensionCodec {}));
    let mut bytes = Vec::new();
    codec.try_encode_udf(&udf(shout(Location::Inline), &client), &mut bytes).unwrap();
    assert!(bytes.len() < 4096, "{}", bytes.len());

    let executor = Modules::new(policy).unwrap();
    let codec = Shipping::new(executor.clone()).physical_codec(Arc::new(DefaultPhysicalExtensionCodec {}));
    let received = codec.try_decode_udf("shout", &bytes).unwrap();
    let spec = received.inner().downcast_ref::<PluginScalar>().unwrap().spec();
    let hash = format!("{:x}", Sha256::digest(RUST));
    assert_eq!(spec.module.at, Location::Url(format!("memory://modules/by-hash/{hash}.wasm")));
    assert_eq!(store.head(&Path::from(format!("by-hash/{hash}.wasm"))).await.unwrap().size, RUST.len() as u64);

    let context = local();
    context.register_udf(received.as_ref().clone());
    let first = rows(&context, "SELECT shout(text) AS loud FROM texts WHERE text IS NOT NULL LIMIT 1").await.unwrap();
    assert!(first.contains("EAU DE VIE"), "{first}");
    assert_eq!((executor.counts().fetched, executor.counts().compiled), (1, 1));
}

#[tokio::test]
async fn a_failed_fetch_is_tried_again_at_the_next_query() {
    let (store, policy) = memory();
    let modules = Modules::new(policy).unwrap();
    let context = local();
    context.register_udf(udf(score(Location::Url("memory://modules/late.wasm".to_owned())), &modules));
    rows(&context, QUERY).await.unwrap_err();
    store.put(&Path::from("late.wasm"), C.into()).await.unwrap();
    assert_eq!(rows(&context, QUERY).await.unwrap(), TOTAL);
}

#[tokio::test]
async fn two_functions_of_a_module_share_its_compiled_code() {
    let (store, policy) = memory();
    store.put(&Path::from("c.wasm"), C.into()).await.unwrap();
    let modules = Modules::new(policy).unwrap();
    let at = Location::Url("memory://modules/c.wasm".to_owned());
    let context = local();
    context.register_udf(udf(score(at.clone()), &modules));
    let loud = function("shout", module("columns_c", C, at), &[DataType::Utf8], DataType::Utf8);
    context.register_udf(udf(loud, &modules));
    rows(&context, "SELECT max(shout(text)), sum(score(text, weight)) FROM texts").await.unwrap();
    assert_eq!((modules.counts().fetched, modules.counts().compiled), (1, 1));
}
