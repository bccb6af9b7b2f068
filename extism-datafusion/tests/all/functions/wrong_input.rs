//! What does not fit, is told: when the function is made, when the query is planned, or in which row.

use std::{collections::HashMap, sync::Arc};

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use extism_datafusion::{FunctionSpec, Location, ModuleRef, PluginScalar};
use extism_runtime::{Json, prelude::*};

use super::common::{
    COLUMNS, ColumnsPlugin, KindsPlugin, LogsPlugin, MeanPlugin, ROWS, ScoresPlugin, cells, failure, policy, session,
    store, store_under,
};

#[plugin_interface]
trait Wrong {
    fn score(&mut self, huge: u128, map: HashMap<u8, u8>, weight: f64) -> i128;
    fn missing(&mut self, text: &str) -> String;
    fn greet(&mut self, name: u32) -> String;
    fn nothing(&mut self, name: &str);
}

#[test]
fn everything_that_is_wrong_with_a_method_is_told_when_it_is_made() {
    let error = store().udf::<WrongPlugin>("score", ROWS).unwrap_err().to_string();
    for part in ["function `score`", "argument 1, `huge: u128`", "the result, `i128`", "rows_rust"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    let error = store().udf::<WrongPlugin>("missing", ROWS).unwrap_err().to_string();
    assert!(error.contains("rows_rust") && error.contains("`missing`"), "{error}");
    // The module says that its argument is text.
    let error = store().udf::<WrongPlugin>("greet", ROWS).unwrap_err().to_string();
    assert!(error.contains("greet") && error.contains("u32") && error.contains("the plug-in reads text"), "{error}");
    let error = store().udf::<WrongPlugin>("nothing", ROWS).unwrap_err().to_string();
    assert!(error.contains("the result, `()`") && error.contains("`nothing`"), "{error}");
    let error = store().udf::<ScoresPlugin>("scores", ROWS).unwrap_err().to_string();
    assert!(error.contains("the interface `Scores` has no such method; it has `score`"), "{error}");
    let error = store().udf::<ColumnsPlugin>("score", COLUMNS[0]).unwrap_err().to_string();
    assert!(error.contains("use `batch_udf`"), "{error}");
    let error = store().udaf::<KindsPlugin>("mean", ROWS).unwrap_err().to_string();
    assert!(error.contains("mean_init") && error.contains("mean_finish"), "{error}");
    let error = store().udtf::<KindsPlugin>("greet", ROWS).unwrap_err().to_string();
    assert!(error.contains("has no columns"), "{error}");
    assert!(store().udaf::<MeanPlugin>("mean", COLUMNS[0]).is_err());
    assert!(store().udtf::<LogsPlugin>("read_log", COLUMNS[0]).is_err());
}

#[tokio::test]
async fn sql_types_that_do_not_fit_are_told_all_at_once_at_plan_time() {
    let store = store();
    let session = session(&store);
    session.register_udf(store.udf::<ScoresPlugin>("score", ROWS).unwrap());
    session.register_udf(store.udf::<KindsPlugin>("describe", ROWS).unwrap());
    session.register_udaf(store.udaf::<MeanPlugin>("mean", ROWS).unwrap());
    let planned = |sql: &'static str| {
        let session = session.clone();
        async move { session.sql(sql).await.expect_err(sql).to_string() }
    };
    let error = planned("SELECT score(1, 'much')").await;
    for part in [
        "function `score`",
        "argument 1 (`text`) is VARCHAR, and cannot be made of BIGINT",
        "argument 2 (`weight`) is DOUBLE, and cannot be made of VARCHAR",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
    let error = planned("SELECT score('a')").await;
    assert!(error.contains("takes 2 arguments (text VARCHAR, weight DOUBLE), and gets 1"), "{error}");
    let error = planned("SELECT describe(1)").await;
    assert!(error.contains("is STRUCT<"), "{error}");
    let error = planned("SELECT mean('a')").await;
    assert!(error.contains("function `mean`: argument 1 (`values`) is DOUBLE"), "{error}");
}

#[tokio::test]
async fn a_number_that_is_out_of_range_is_an_error() {
    let store = store();
    let session = session(&store);
    session.register_udf(store.udf::<KindsPlugin>("double", ROWS).unwrap());
    let error = failure(&session, "SELECT double(value - 5) FROM generate_series(1, 3)").await;
    assert!(error.contains("-4"), "{error}");
    session.register_udf(store.udf::<KindsPlugin>("score_json", ROWS).unwrap());
    let error = failure(&session, "SELECT score_json('a', column1) FROM (VALUES (1.0), ('NaN'::DOUBLE))").await;
    assert!(error.contains("row 1 of a batch of 2") && error.contains("`weight`") && error.contains("NaN"), "{error}");
}

#[tokio::test]
async fn the_plugins_own_error_names_the_row() {
    let store = store();
    let session = session(&store);
    session.register_udf(store.udf::<KindsPlugin>("not_seven", ROWS).unwrap());
    let error = failure(&session, "SELECT not_seven(value) FROM generate_series(5, 9)").await;
    for part in ["function `not_seven`", "row 2 of a batch of 5", "rows_rust", "it is seven"] {
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[plugin_interface]
trait Raw {
    fn bytes_as_text(&mut self, any: i64) -> String;
    fn bytes_as_number(&mut self, any: i64) -> i64;
    fn bytes_as_json(&mut self, any: i64) -> Json<Vec<u32>>;
}

/// Gives the bytes `ff 28` whatever is asked.
const RAW: &str = r#"(module
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
  (import "extism:host/env" "output_set" (func $set (param i64 i64)))
  (func $give (local $block i64)
    (local.set $block (call $alloc (i64.const 2)))
    (call $store (local.get $block) (i32.const 255))
    (call $store (i64.add (local.get $block) (i64.const 1)) (i32.const 40))
    (call $set (local.get $block) (i64.const 2)))
  (export "bytes_as_text" (func $give))
  (export "bytes_as_number" (func $give))
  (export "bytes_as_json" (func $give)))"#;

#[tokio::test]
async fn an_output_that_is_not_the_type_names_the_row() {
    let store = store();
    let session = session(&store);
    for (name, expected) in [
        ("bytes_as_text", "it is not UTF-8"),
        ("bytes_as_number", "i64 needs 8 bytes, and it has 2"),
        ("bytes_as_json", "it is not the JSON that was expected"),
    ] {
        session.register_udf(store.udf::<RawPlugin>(name, RAW).unwrap());
        let error = failure(&session, &format!("SELECT {name}(value) FROM generate_series(1, 3)")).await;
        assert!(error.contains("row 0 of a batch of 3") && error.contains(expected), "{name}: {error}");
        assert!(error.contains(&format!("function `{name}`")) && error.contains("export"), "{name}: {error}");
    }
}

fn field(name: &str, data_type: DataType) -> FieldRef {
    Arc::new(Field::new(name, data_type, true))
}

#[tokio::test]
async fn wrong_batches_are_told() {
    #[plugin_interface(codec = extism_datafusion::ArrowIpc)]
    trait WrongBatches {
        fn too_few(&mut self, batch: datafusion::arrow::array::RecordBatch) -> datafusion::arrow::array::ArrayRef;
        fn not_arrow(&mut self, batch: datafusion::arrow::array::RecordBatch) -> datafusion::arrow::array::ArrayRef;
        fn bad_offsets(&mut self, batch: datafusion::arrow::array::RecordBatch) -> datafusion::arrow::array::ArrayRef;
        fn bad_utf8(&mut self, batch: datafusion::arrow::array::RecordBatch) -> datafusion::arrow::array::ArrayRef;
        fn score(&mut self, batch: datafusion::arrow::array::RecordBatch) -> datafusion::arrow::array::ArrayRef;
    }

    let store = store();
    let session = session(&store);
    let rows = [
        ("too_few", DataType::Float64, "the output has too few rows: 2 for 3"),
        ("not_arrow", DataType::Float64, "the output is not valid Arrow IPC"),
        ("bad_offsets", DataType::Utf8, "the output is not valid Arrow IPC"),
        ("bad_utf8", DataType::Utf8, "the output is not valid Arrow IPC"),
    ];
    for (name, returns, expected) in rows {
        let arguments = [field("text", DataType::Utf8)];
        session.register_udf(store.batch_udf::<WrongBatchesPlugin>(name, COLUMNS[1], arguments, returns).unwrap());
        let error =
            failure(&session, &format!("SELECT {name}(CAST(value AS VARCHAR)) FROM generate_series(1, 3)")).await;
        for part in [expected, &format!("function `{name}`"), "rows 0 to 2 of a batch of 3", "columns_c"] {
            assert!(error.contains(part), "{part}: {error}");
        }
    }
    // The function's type is not that of the module's column.
    let arguments = [field("text", DataType::Utf8), field("weight", DataType::Float64)];
    session
        .register_udf(store.batch_udf::<WrongBatchesPlugin>("score", COLUMNS[1], arguments, DataType::Int64).unwrap());
    let error = failure(&session, "SELECT score('a', 1)").await;
    assert!(error.contains("the output is DOUBLE, and the function returns BIGINT"), "{error}");
}

#[tokio::test]
async fn a_module_that_is_not_the_hash_is_refused() {
    let store = store_under(policy().with_modules_from("plugins"));
    let made = store.udf::<ScoresPlugin>("score", ROWS).unwrap();
    let spec = made.inner().downcast_ref::<PluginScalar>().unwrap().spec().clone();
    let other = std::path::absolute(COLUMNS[1]).unwrap();
    let module = ModuleRef { sha256: [7; 32], at: Location::File(other), ..spec.module.clone() };
    let session = session(&store);
    let function = PluginScalar::new(FunctionSpec { module, ..spec }, store.modules().clone());
    session.register_udf(datafusion::logical_expr::ScalarUDF::new_from_impl(function));
    let error = failure(&session, "SELECT score('a', 1)").await;
    for part in ["function `score`", "columns_c.wasm", "0707", "SHA-256"] {
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[test]
fn data_of_another_version_is_refused() {
    let made = store().udf::<ScoresPlugin>("score", ROWS).unwrap();
    let spec = made.inner().downcast_ref::<PluginScalar>().unwrap().spec().clone();
    let json = String::from_utf8(spec.to_json().unwrap()).unwrap();
    assert_eq!(FunctionSpec::from_json(json.as_bytes()).unwrap(), spec);
    let newer = json.replace("\"version\":1", "\"version\":2");
    let error = FunctionSpec::from_json(newer.as_bytes()).unwrap_err().to_string();
    assert_eq!(error, "the plan has plug-in functions of version 2, and this process reads version 1");
    assert!(FunctionSpec::from_json(b"{\"version\":1}").unwrap_err().to_string().contains("cannot be read"));
}

#[tokio::test]
async fn a_file_that_changes_is_called_as_it_was_checked() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("rows.wasm");
    std::fs::copy(ROWS, &path).unwrap();
    let store = store();
    let session = session(&store);
    session.register_udf(store.udf::<ScoresPlugin>("score", path.as_path()).unwrap());
    std::fs::copy(COLUMNS[1], &path).unwrap();
    assert_eq!(cells(&session, "SELECT score('a', 1)").await, ["1.0"]);
}
