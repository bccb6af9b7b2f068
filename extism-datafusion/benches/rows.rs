//! Rows per second of one function in its forms: native, called row by row (arguments in MessagePack, in JSON), and called
//! with batches (guests in Rust and C), on one and two partitions.
//!
//! ```console
//! $ cargo bench -p extism-datafusion-benches -- --rows 10000000
//! ```

use std::{sync::Arc, time::Instant};

use clap::Parser;
use datafusion::{
    arrow::{
        array::{ArrayRef, AsArray, Float64Array, RecordBatch, StringArray},
        datatypes::{DataType, Field, Float64Type, Schema},
    },
    common::Result,
    datasource::MemTable,
    logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf},
    prelude::{SessionConfig, SessionContext},
};
use extism_datafusion::{ArrowIpc, ExecutorPolicy, Modules, PluginStore};
use extism_runtime::prelude::*;

#[derive(Parser)]
struct Options {
    /// The rows of the table.
    #[arg(long, default_value_t = 10_000_000)]
    rows: u32,
    /// How often each query runs; the quickest counts.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Only the forms whose names contain this, and the native one.
    #[arg(long, default_value = "")]
    only: String,
    /// Given by `cargo bench`.
    #[arg(long)]
    bench: bool,
}

#[plugin_interface]
trait Scores {
    #[export(args = "msgpack")]
    fn score(&mut self, text: &str, weight: f64) -> f64;
    fn score_json(&mut self, text: &str, weight: f64) -> f64;
}

#[plugin_interface(codec = ArrowIpc)]
trait Columns {
    fn score(&mut self, batch: RecordBatch) -> ArrayRef;
}

const BATCH: usize = 8192;

/// Texts of 4 to 50 bytes, and weights.
fn table(rows: usize, partitions: usize) -> Result<MemTable> {
    const WORDS: [&str; 8] = ["education ", "plug-in ", "rows ", "a ", "query ", "aggregate ", "of ", "batches "];
    let schema = Arc::new(Schema::new(vec![
        Field::new("text", DataType::Utf8, false),
        Field::new("weight", DataType::Float64, false),
    ]));
    let mut state = 1_u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32
    };
    let mut parts = vec![Vec::new(); partitions];
    for (index, first) in (0..rows).step_by(BATCH).enumerate() {
        let count = BATCH.min(rows - first);
        let texts: StringArray = (0..count)
            .map(|_| Some((0..2 + next() % 4).map(|_| WORDS[next() as usize % 8]).collect::<String>()))
            .collect();
        let weights: Float64Array = (0..count).map(|_| Some(f64::from(next()) / 1e6)).collect();
        let batch = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(texts), Arc::new(weights)])?;
        parts[index % partitions].push(batch);
    }
    MemTable::try_new(schema, parts)
}

/// What the guests compute, in this program.
fn native() -> ScalarUDF {
    let score = |arguments: &[ColumnarValue]| {
        let arrays = ColumnarValue::values_to_arrays(arguments)?;
        let (texts, weights) = (arrays[0].as_string::<i32>(), arrays[1].as_primitive::<Float64Type>());
        let score = |(text, weight): (Option<&str>, Option<f64>)| {
            let vowels = |text: &str| {
                text.bytes()
                    .map(|letter| u32::from(matches!(letter | 0x20, b'a' | b'e' | b'i' | b'o' | b'u')))
                    .sum::<u32>()
            };
            Some(f64::from(vowels(text?)) * weight?)
        };
        let scores: Float64Array = texts.iter().zip(weights.iter()).map(score).collect();
        Ok(ColumnarValue::Array(Arc::new(scores)))
    };
    let types = vec![DataType::Utf8, DataType::Float64];
    create_udf("score", types, DataType::Float64, Volatility::Immutable, Arc::new(score))
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let options = Options::parse();
    let store = PluginStore::new(Modules::new(ExecutorPolicy::new())?);
    let plugin = |name: &str| format!("{}/../plugins/{name}.wasm", env!("CARGO_MANIFEST_DIR"));
    let rows = plugin("rows_rust");
    let columns = |name: &str| {
        let fields = [("text", DataType::Utf8), ("weight", DataType::Float64)];
        let fields = fields.map(|(name, data_type)| Arc::new(Field::new(name, data_type, true)));
        store.batch_udf::<ColumnsPlugin>("score", plugin(name), fields, DataType::Float64)
    };
    let forms = [
        ("native", native()),
        ("rows, MessagePack", store.udf::<ScoresPlugin>("score", rows.as_str())?),
        ("rows, JSON", store.clone().with_sql_name("score").udf::<ScoresPlugin>("score_json", rows.as_str())?),
        ("batches, Rust", columns("columns_rust")?),
        ("batches, C", columns("columns_c")?),
    ];
    println!("| {} rows | partitions | rows/s | ns a row | of native | above native |", options.rows);
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    for partitions in [1, 2] {
        measure(&options, &forms, partitions)?;
    }
    Ok(())
}

fn measure(
    options: &Options,
    forms: &[(&str, ScalarUDF)],
    partitions: usize,
) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(partitions).build()?;
    let config = SessionConfig::new().with_target_partitions(partitions).with_batch_size(BATCH);
    let session = SessionContext::new_with_config(config);
    session.register_table("t", Arc::new(table(options.rows as usize, partitions)?))?;
    let mut natively = None;
    let mut sums: Vec<f64> = Vec::new();
    for (form, function) in forms.iter().filter(|(form, _)| *form == "native" || form.contains(&options.only)) {
        session.register_udf(function.clone());
        let mut best = f64::INFINITY;
        for _ in 0..options.runs {
            let started = Instant::now();
            let batches = runtime
                .block_on(async { session.sql("SELECT sum(score(text, weight)) FROM t").await?.collect().await })?;
            best = best.min(started.elapsed().as_secs_f64());
            sums.push(batches[0].column(0).as_primitive::<Float64Type>().value(0));
        }
        let rows = f64::from(options.rows);
        let each = best * 1e9 / rows;
        let native = *natively.get_or_insert(each);
        let rate = rows / best;
        println!("| {form} | {partitions} | {rate:.0} | {each:.1} | {:.2} | {:.1} |", each / native, each - native);
    }
    let agree = sums.iter().all(|sum| (sum / sums[0] - 1.0).abs() < 1e-9);
    if !agree {
        return Err(format!("the forms have different results: {sums:?}").into());
    }
    Ok(())
}
