//! The query: functions of plug-ins in both stages, and perhaps an executor less.

use std::{path::Path, sync::Arc, time::Duration};

use ballista::prelude::{SessionConfigExt, SessionContextExt};
use ballista_core::serde::{BallistaLogicalExtensionCodec, BallistaPhysicalExtensionCodec};
use datafusion::{
    arrow::{array::RecordBatch, util::pretty::pretty_format_batches},
    execution::SessionStateBuilder,
    prelude::{ParquetReadOptions, SessionConfig, SessionContext},
};
use extism_datafusion::{ExecutorPolicy, Modules, PluginStore, ship::Shipping};
use tokio::time::{Instant, sleep};

use crate::{Result, data, functions, processes::Cluster};

/// `score` is called before the rows are sent to the second stage, which calls `shout`; `mean` is in both.
const QUERY: &str = "SELECT shout(kind) AS kind, count(score) AS scored, sum(score) AS total, mean(score) AS mean \
                     FROM (SELECT kind, score(text, weight) AS score FROM texts WHERE score(text, weight) > 1) \
                     GROUP BY kind ORDER BY kind";

/// Runs the query, and kills an executor when it has written so many parts of the first stage.
pub(crate) async fn run(folder: &Path, rows: usize, kill: Option<usize>) -> Result<()> {
    let files = folder.join("texts");
    data::write(&files, 16, rows)?;
    println!("16 Parquet files of {rows} rows\n\n{QUERY}\n");
    let expected = native(&files).await?;

    println!("The cluster:");
    let mut cluster = Cluster::start(folder, "work").await?;
    let (context, store) = client(cluster.port, folder).await?;
    functions::of_plugins(&context, &store)?;
    register(&context, &files).await?;
    let began = Instant::now();
    let query = tokio::spawn(async move { context.sql(QUERY).await?.collect().await });
    if let Some(parts) = kill {
        kill_second(&mut cluster, parts, began, || query.is_finished()).await?;
    }
    let result = query.await?;
    let seconds = began.elapsed().as_secs_f64();
    verdict(result.map_err(Into::into), &expected, seconds, kill.is_some())
}

fn verdict(result: Result<Vec<RecordBatch>>, expected: &str, seconds: f64, killed: bool) -> Result<()> {
    match result {
        Ok(batches) => {
            let found = pretty_format_batches(&batches)?.to_string();
            println!("\n{found}");
            if found != *expected {
                return Err(format!("after {seconds:.1} s, a WRONG result; native functions give\n{expected}").into());
            }
            println!("after {seconds:.1} s: the same result as with native functions");
            Ok(())
        }
        Err(error) if killed => {
            println!("\nafter {seconds:.1} s: an error, and no result:\n{error}");
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Waits until the second executor has written so many parts, and kills it.
async fn kill_second(cluster: &mut Cluster, parts: usize, began: Instant, over: impl Fn() -> bool) -> Result<()> {
    let executor = &mut cluster.executors[1];
    while executor.parts() < parts && !over() {
        sleep(Duration::from_millis(2)).await;
    }
    if over() {
        println!("  the query was over before {} had written {parts} parts", executor.name);
        return Ok(());
    }
    let (written, seconds) = (executor.parts(), began.elapsed().as_secs_f64());
    executor.kill().await?;
    println!("  {} killed after {seconds:.1} s, when it had written {written} parts", executor.name);
    Ok(())
}

/// The result with native functions, in this process.
async fn native(files: &Path) -> Result<String> {
    let context = SessionContext::new();
    functions::native(&context);
    register(&context, files).await?;
    Ok(pretty_format_batches(&context.sql(QUERY).await?.collect().await?)?.to_string())
}

async fn register(context: &SessionContext, files: &Path) -> Result<()> {
    let files = format!("{}/", files.display());
    Ok(context.register_parquet("texts", files, ParquetReadOptions::default()).await?)
}

/// A client of the cluster. It runs no WebAssembly either; modules over 64 KiB go into a module store below `folder`.
pub(crate) async fn client(port: u16, folder: &Path) -> Result<(SessionContext, PluginStore)> {
    let modules_folder = folder.join("modules");
    std::fs::create_dir_all(&modules_folder)?;
    let modules = Modules::planner_with(ExecutorPolicy::new().with_max_inline_bytes(64 << 10));
    let shipping = Shipping::new(modules.clone()).with_module_store(format!("file://{}", modules_folder.display()));
    let config = SessionConfig::new_with_ballista()
        .with_target_partitions(4)
        .with_ballista_logical_extension_codec(
            shipping.logical_codec(Arc::new(BallistaLogicalExtensionCodec::default())),
        )
        .with_ballista_physical_extension_codec(
            shipping.physical_codec(Arc::new(BallistaPhysicalExtensionCodec::default())),
        );
    let state = SessionStateBuilder::new().with_config(config).with_default_features().build();
    let context = SessionContext::remote_with_state(&format!("df://127.0.0.1:{port}"), state).await?;
    Ok((context, PluginStore::new(modules)))
}
