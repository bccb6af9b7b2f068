//! Queries on Ballista: a scheduler and executors in this process.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use ballista::prelude::SessionConfigExt;
use datafusion::{arrow::datatypes::DataType, prelude::SessionConfig};
use extism_datafusion::{FunctionSpec, Location, Modules, ship::Shipping, spec::Volatility};

use super::support::{
    C, Cluster, RUST, caller, function, local, module, policy, register_texts, rows, score, shout, udf,
};

/// `score` before the rows are sent to the second stage, and `shout` after that.
const BOTH_STAGES: &str = "SELECT shout(kind) AS loud, count(s) AS scored, sum(s) AS total \
                           FROM (SELECT kind, score(text, weight) AS s FROM texts WHERE score(text, weight) > 1) \
                           GROUP BY kind ORDER BY loud";

/// A client that sends everything with the plan, and runs no plug-ins.
fn client() -> Modules {
    let modules = Modules::planner_with(policy().with_max_inline_bytes(2 << 20));
    modules.provide(C);
    modules.provide(RUST);
    modules
}

async fn context(cluster: &Cluster) -> (datafusion::prelude::SessionContext, tempfile::TempDir) {
    // The small module goes with the plan, the large one by a folder.
    let modules = Modules::planner();
    modules.provide(C);
    modules.provide(RUST);
    let store = tempfile::tempdir().unwrap().keep();
    let shipping = Shipping::new(modules.clone()).with_module_store(format!("file://{}", store.display()));
    let context = cluster.client(&shipping).await;
    context.register_udf(udf(score(Location::Inline), &modules));
    context.register_udf(udf(shout(Location::Inline), &modules));
    let folder = register_texts(&context).await;
    (context, folder)
}

/// The result in this process, without Ballista.
async fn expected(sql: &str) -> String {
    let modules = caller();
    modules.provide(C);
    modules.provide(RUST);
    let context = local();
    context.register_udf(udf(score(Location::Inline), &modules));
    context.register_udf(udf(shout(Location::Inline), &modules));
    rows(&context, sql).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_run_in_both_stages_and_only_on_executors() {
    let cluster = Cluster::start(vec![caller(), caller()]).await;
    let (context, _folder) = context(&cluster).await;
    for _ in 0..3 {
        assert_eq!(rows(&context, BOTH_STAGES).await.unwrap(), expected(BOTH_STAGES).await);
    }
    // Each executor that had tasks has compiled each of the two modules once, and fetched the one that was not sent.
    let compiled = cluster.executors.iter().map(|executor| executor.counts().compiled).collect::<Vec<_>>();
    assert!(compiled.iter().all(|compiled| *compiled <= 2) && compiled.iter().sum::<u64>() >= 2, "{compiled:?}");
    assert!(cluster.executors.iter().all(|executor| executor.counts().fetched <= 1));
    let scheduler = cluster.scheduler.counts();
    assert_eq!((scheduler.fetched, scheduler.compiled), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn constant_arguments_are_evaluated_by_executors() {
    let cluster = Cluster::start(vec![caller()]).await;
    let (context, _folder) = context(&cluster).await;
    for sql in [
        "SELECT score('banana', 2.0) + weight AS s FROM texts WHERE weight IS NOT NULL ORDER BY s DESC LIMIT 3",
        "SELECT count(*) AS n FROM texts WHERE shout(text) = shout('banana')",
        "SELECT CASE WHEN weight > score('xyz', 1.0) THEN 1 ELSE 0 END AS c, count(*) AS n FROM texts GROUP BY c ORDER BY c",
    ] {
        assert_eq!(rows(&context, sql).await.unwrap(), expected(sql).await, "{sql}");
    }
    assert_eq!(cluster.scheduler.counts().compiled, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_are_arguments_filters_keys_and_orders() {
    let cluster = Cluster::start(vec![caller()]).await;
    let (context, _folder) = context(&cluster).await;
    for sql in [
        "SELECT kind, max(shout(text)) AS m FROM texts GROUP BY kind HAVING sum(score(text, weight)) > 10 ORDER BY kind",
        "SELECT shout(text) AS loud, count(*) AS n FROM texts GROUP BY shout(text) ORDER BY loud",
        "SELECT DISTINCT score(shout(text), weight) AS s FROM texts ORDER BY s",
        "SELECT count(*) AS n FROM texts a JOIN texts b ON shout(a.text) = shout(b.text) WHERE a.weight > 3",
        "SELECT score(text, weight) AS s, text, kind FROM texts ORDER BY s DESC NULLS LAST, text, kind LIMIT 5",
    ] {
        assert_eq!(rows(&context, sql).await.unwrap(), expected(sql).await, "{sql}");
    }
}

/// Ballista writes these keys with a codec of its own, which does not know the function; README.md says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_ballista_does_not_send_is_an_error_and_not_a_wrong_result() {
    let cluster = Cluster::start(vec![caller()]).await;
    let (context, _folder) = context(&cluster).await;
    let sql =
        "SELECT kind, text, weight FROM texts ORDER BY score(text, weight) DESC NULLS LAST, text, kind, weight LIMIT 5";
    match rows(&context, sql).await {
        Ok(found) => assert_eq!(found, expected(sql).await),
        Err(error) => assert!(error.contains("score"), "{error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_executors_policy_limits_calls_and_the_executor_lives_on() {
    let endless =
        wat::parse_str(r#"(module (func (export "endless") (result i32) (loop (br 0)) (i32.const 0)))"#).unwrap();
    let executor = Modules::new(policy().with_timeout(Duration::from_millis(300))).unwrap();
    let cluster = Cluster::start(vec![executor]).await;
    // The client would wait for an hour.
    let modules = Modules::planner_with(policy().with_timeout(Duration::from_hours(1)));
    modules.provide(endless.clone());
    modules.provide(C);
    let context = cluster.client(&Shipping::new(modules.clone())).await;
    let spec =
        function("endless", module("endless_wat", &endless, Location::Inline), &[DataType::Utf8], DataType::Utf8);
    context.register_udf(udf(spec, &modules));
    context.register_udf(udf(score(Location::Inline), &modules));
    let _folder = register_texts(&context).await;

    let error = rows(&context, "SELECT endless(text) FROM texts").await.unwrap_err();
    assert!(error.contains("endless") && error.contains("endless_wat") && error.contains("rows 0 to 99"), "{error}");

    let sql = "SELECT sum(score(text, weight)) AS total FROM texts";
    assert_eq!(rows(&context, sql).await.unwrap(), expected(sql).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_an_executor_cannot_fetch_fails_the_query_with_its_reason() {
    let executor = Modules::new(policy().with_modules_from("s3://bucket")).unwrap();
    let cluster = Cluster::start(vec![executor]).await;
    let modules = Modules::planner();
    let context = cluster.client(&Shipping::new(modules.clone())).await;
    context.register_udf(udf(score(Location::Url("s3://bucket/score.wasm".to_owned())), &modules));
    let _folder = register_texts(&context).await;
    let error = rows(&context, "SELECT score(text, weight) FROM texts").await.unwrap_err();
    assert!(error.contains("score") && error.contains("s3://bucket/score.wasm"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_state_lasts_on_its_executor_and_others_do_not() {
    let cluster = Cluster::start(vec![caller()]).await;
    let modules = client();
    let config = SessionConfig::new_with_ballista().with_target_partitions(2).with_batch_size(25);
    let context = cluster.client_with(&Shipping::new(modules.clone()), config).await;
    let calls = function("calls", module("columns_rust", RUST, Location::Inline), &[DataType::Utf8], DataType::Int64);
    let kept = FunctionSpec {
        name: "kept_calls".to_owned(),
        keeps_state: true,
        volatility: Volatility::Volatile,
        ..calls.clone()
    };
    context.register_udf(udf(calls, &modules));
    context.register_udf(udf(kept, &modules));
    let _folder = register_texts(&context).await;
    let found = rows(&context, "SELECT min(calls(text)) AS least, max(calls(text)) AS most FROM texts").await.unwrap();
    assert!(found.contains("| 1     | 1    |"), "{found}");
    let found = rows(&context, "SELECT max(kept_calls(text)) > 1 AS kept FROM texts").await.unwrap();
    assert!(found.contains("true"), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_executor_takes_compiled_modules_from_its_disk() {
    let cache = tempfile::tempdir().unwrap();
    let sql = "SELECT sum(score(text, weight)) AS total FROM texts";
    let mut found = Vec::new();
    for _ in 0..2 {
        let executor = Modules::new(policy().with_cache_directory(cache.path())).unwrap();
        let cluster = Cluster::start(vec![executor]).await;
        let (context, _folder) = context(&cluster).await;
        assert_eq!(rows(&context, sql).await.unwrap(), expected(sql).await);
        found.push(files(cache.path()));
    }
    assert!(!found[0].is_empty());
    assert_eq!(found[0], found[1], "the second executor has written nothing");
}

/// The files below a folder, with the times when they were written.
fn files(folder: &Path) -> Vec<(PathBuf, SystemTime)> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut files = Vec::new();
    for entry in entries {
        match entry.file_type().unwrap().is_dir() {
            true => files.extend(self::files(&entry.path())),
            false if entry.metadata().unwrap().len() < 4096 => {}
            false => files.push((entry.path(), entry.metadata().unwrap().modified().unwrap())),
        }
    }
    files.sort();
    files
}
