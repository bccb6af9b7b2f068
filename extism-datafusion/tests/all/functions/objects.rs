//! Modules and tables by URL.

use std::sync::Arc;

use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry};
use extism_datafusion::{ExecutorPolicy, PluginStore};
use extism_runtime::Source;
use object_store::{ObjectStore, ObjectStoreExt, memory::InMemory, path::Path};
use url::Url;

use super::common::{LogsPlugin, ROWS, ScoresPlugin, cells, failure, policy, session, store, store_under};

/// A store of objects in memory, under `memory://objects`.
async fn objects(objects: &[(&str, &[u8])]) -> ExecutorPolicy {
    let store = InMemory::new();
    for (path, bytes) in objects {
        store.put(&Path::from(*path), bytes.to_vec().into()).await.unwrap();
    }
    let registry = DefaultObjectStoreRegistry::new();
    let store: Arc<dyn ObjectStore> = Arc::new(store);
    registry.register_store(&Url::parse("memory://objects").unwrap(), store);
    policy().with_object_stores(Arc::new(registry))
}

#[tokio::test]
async fn a_function_is_made_of_a_module_in_an_object_store() {
    let module = std::fs::read(ROWS).unwrap();
    let policy = objects(&[("plugins/rows.wasm", &module), ("plugins/text.wasm", b"no module")]).await;
    let store = store_under(policy.clone());
    let session = session(&store);
    session
        .register_udf(store.udf::<ScoresPlugin>("score", Source::url("memory://objects/plugins/rows.wasm")).unwrap());
    assert_eq!(cells(&session, "SELECT score('education', 2)").await, ["10.0"]);
    // What was read is what is called, so it is not fetched again.
    assert_eq!(store.modules().counts().fetched, 0);
    let create =
        "CREATE FUNCTION greet(name VARCHAR) RETURNS VARCHAR LANGUAGE wasm AS 'memory://objects/plugins/rows.wasm'";
    cells(&session, create).await;
    assert_eq!(cells(&session, "SELECT greet('Ann')").await, ["Hello, Ann!"]);

    for (store, url, expected) in [
        (&store, "memory://objects/plugins/none.wasm", "none.wasm"),
        (&store, "memory://objects/plugins/text.wasm", "is not a WebAssembly module"),
        (&store, "memory://other/rows.wasm", "no object store for memory://"),
        (
            &store_under(policy.with_max_module_bytes(1000)),
            "memory://objects/plugins/rows.wasm",
            "more than 1000 bytes",
        ),
        (&self::store(), "s3://bucket/rows.wasm", "no object store for s3://"),
    ] {
        let error = store.udf::<ScoresPlugin>("score", Source::url(url)).unwrap_err().to_string();
        assert!(error.contains("function `score`") && error.contains(expected), "{url}: {error}");
    }
}

fn logs(policy: ExecutorPolicy) -> (PluginStore, datafusion::prelude::SessionContext) {
    let store = store_under(policy);
    let session = session(&store);
    session.register_udtf("read_log", store.udtf::<LogsPlugin>("read_log", ROWS).unwrap());
    (store, session)
}

#[tokio::test]
async fn a_table_is_read_from_an_object_store_that_is_granted() {
    let log: &[u8] = b"INFO 0 started\nWARN 12 [404] not found\n";
    let policy = objects(&[("logs/server.log", log), ("secret/server.log", log)]).await;
    let sql = |url: &str| format!("SELECT level, millis FROM read_log('{url}')");
    let granted = policy.clone().with_files("memory://objects/logs");
    let (_store, session) = logs(granted.clone());
    assert_eq!(cells(&session, &sql("memory://objects/logs/server.log")).await, ["INFO|0", "WARN|12"]);
    let refused = "does not grant it (`ExecutorPolicy::with_files`)";
    for (policy, url, expected) in [
        (granted.clone(), "memory://objects/secret/server.log", refused),
        (granted.clone(), "memory://objects/logs/../secret/server.log", refused),
        (granted.clone(), "memory://objects/logs/none.log", "none.log"),
        (granted.with_max_file_bytes(10), "memory://objects/logs/server.log", "it has more than 10 bytes"),
        (policy.clone(), "memory://objects/logs/server.log", refused),
        (policy.with_files("s3://bucket"), "s3://bucket/server.log", "no object store for s3://"),
    ] {
        let (_store, session) = logs(policy);
        let error = failure(&session, &sql(url)).await;
        assert!(error.contains("function `read_log`: the file `") && error.contains(expected), "{url}: {error}");
    }
}
