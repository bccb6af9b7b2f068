//! Interfaces of the guests, and queries whose results are texts.

use std::{borrow::Cow, sync::Arc};

use datafusion::{
    arrow::{
        array::{ArrayRef, RecordBatch},
        util::display::{ArrayFormatter, FormatOptions},
    },
    prelude::{SessionConfig, SessionContext},
};
use extism_datafusion::{ArrowIpc, ExecutorPolicy, Modules, PluginFunctionFactory, PluginStore};
use extism_runtime::{Json, prelude::*};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) const ROWS: &str = "plugins/rows_rust.wasm";
pub(crate) const COLUMNS: [&str; 2] = ["plugins/columns_rust.wasm", "plugins/columns_c.wasm"];

#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Report {
    vowels: u32,
    words: Vec<String>,
    longest: Option<String>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Line {
    level: String,
    millis: u64,
    code: Option<i32>,
    text: String,
}

pub(crate) type Sum = (f64, u64);

/// A chrono type as its feature `serde` writes and reads it. That feature would be another build of all of Arrow.
macro_rules! as_chrono {
    ($name:ident, $chrono:ty) => {
        #[derive(Serialize, Deserialize)]
        #[serde(transparent)]
        pub(crate) struct $name(String);

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                <$chrono>::json_schema(generator)
            }
        }
    };
}

as_chrono!(Day, chrono::NaiveDate);
as_chrono!(PointInTime, chrono::DateTime<chrono::Utc>);

#[plugin_interface]
pub(crate) trait Scores {
    #[export(args = "msgpack")]
    fn score(&mut self, text: &str, weight: f64) -> f64;
}

#[plugin_interface]
pub(crate) trait Kinds {
    fn greet(&mut self, name: &str) -> String;
    fn add(&mut self, left: i64, right: Option<i64>) -> Option<i64>;
    fn score_json(&mut self, text: &str, weight: f64) -> f64;
    fn double(&mut self, number: u32) -> u32;
    fn negate(&mut self, flag: bool) -> bool;
    fn reverse(&mut self, bytes: &[u8]) -> Vec<u8>;
    fn later(&mut self, date: Day, days: u64) -> Json<Option<Day>>;
    fn after(&mut self, time: PointInTime, seconds: i64) -> Json<PointInTime>;
    fn report(&mut self, text: &str) -> Json<Report>;
    fn describe(&mut self, report: Json<Report>) -> String;
    fn calls(&mut self, any: i64) -> i64;
    fn not_seven(&mut self, number: i64) -> i64;
}

#[plugin_interface]
pub(crate) trait Mean {
    fn mean_init(&mut self) -> Json<Sum>;
    fn mean_update(&mut self, state: Sum, values: Vec<f64>) -> Json<Sum>;
    fn mean_merge(&mut self, left: Sum, right: Sum) -> Json<Sum>;
    fn mean_finish(&mut self, state: Json<Sum>) -> Option<f64>;
}

#[plugin_interface]
pub(crate) trait Logs {
    fn read_log(&mut self, content: &str) -> Json<Vec<Line>>;
}

#[plugin_interface(codec = ArrowIpc)]
pub(crate) trait Columns {
    fn score(&mut self, batch: RecordBatch) -> ArrayRef;
    fn shout(&mut self, batch: RecordBatch) -> ArrayRef;
    fn calls(&mut self, batch: RecordBatch) -> ArrayRef;
}

/// What most tests allow. Compiled modules are kept with what cargo builds.
pub(crate) fn policy() -> ExecutorPolicy {
    ExecutorPolicy::new().with_cache_directory(concat!(env!("CARGO_TARGET_TMPDIR"), "/modules"))
}

pub(crate) fn store() -> PluginStore {
    store_under(policy())
}

pub(crate) fn store_under(policy: ExecutorPolicy) -> PluginStore {
    PluginStore::new(Modules::new(policy).expect("an engine"))
}

/// A session of one partition, with batches of so many rows, that can create functions.
pub(crate) fn session_of(batch_rows: usize, store: &PluginStore) -> SessionContext {
    let config = SessionConfig::new().with_target_partitions(1).with_batch_size(batch_rows);
    SessionContext::new_with_config(config).with_function_factory(Arc::new(PluginFunctionFactory::new(store.clone())))
}

pub(crate) fn session(store: &PluginStore) -> SessionContext {
    session_of(8192, store)
}

/// The cells of a query's result, row by row; nulls are `-`.
pub(crate) async fn cells(session: &SessionContext, sql: &str) -> Vec<String> {
    texts(&query(session, sql).await.unwrap_or_else(|error| panic!("{sql}: {error}")))
}

pub(crate) async fn query(session: &SessionContext, sql: &str) -> datafusion::common::Result<Vec<RecordBatch>> {
    session.sql(sql).await?.collect().await
}

/// The error of a query.
pub(crate) async fn failure(session: &SessionContext, sql: &str) -> String {
    match query(session, sql).await {
        Ok(batches) => panic!("{sql} gave {:?}", texts(&batches)),
        Err(error) => error.to_string(),
    }
}

fn texts(batches: &[RecordBatch]) -> Vec<String> {
    let options = FormatOptions::default().with_null("-");
    let mut rows = Vec::new();
    for batch in batches {
        let columns: Vec<ArrayFormatter<'_>> =
            batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options).unwrap()).collect();
        for row in 0..batch.num_rows() {
            let cells: Vec<String> = columns.iter().map(|column| column.value(row).to_string()).collect();
            rows.push(cells.join("|"));
        }
    }
    rows
}
