//! Aggregates.

use std::{fmt::Write as _, sync::Arc};

use datafusion::{
    arrow::{
        array::{ArrayRef, RecordBatch, StringArray},
        datatypes::{DataType, Field},
        ipc::writer::StreamWriter,
    },
    prelude::{SessionConfig, SessionContext},
};
use extism_runtime::Source;

use super::common::{MeanPlugin, ROWS, cells, failure, session_of, store};

#[tokio::test]
async fn groups_are_those_of_the_same_function_in_sql() {
    let store = store();
    // Several partitions, small batches: states are merged.
    let config = SessionConfig::new().with_target_partitions(3).with_batch_size(7);
    let session = SessionContext::new_with_config(config);
    session.register_udaf(store.udaf::<MeanPlugin>("mean", ROWS).unwrap());
    let sql = "SELECT value % 4 AS g, round(mean(value), 9), round(mean(value) FILTER (WHERE value > 50), 9) \
               FROM generate_series(1, 100) GROUP BY g ORDER BY g";
    let expected = sql.replace("mean(", "avg(");
    assert_eq!(cells(&session, sql).await, cells(&session, &expected).await);
}

#[tokio::test]
async fn a_group_without_values_has_the_result_of_the_empty_state() {
    let store = store();
    let session = session_of(8192, &store);
    session.register_udaf(store.udaf::<MeanPlugin>("mean", ROWS).unwrap());
    assert_eq!(cells(&session, "SELECT mean(column1) FROM (VALUES (1.0), (2.0), (NULL))").await, ["1.5"]);
    assert_eq!(cells(&session, "SELECT mean(column1) FROM (VALUES (1.0)) WHERE column1 > 5").await, ["-"]);
    let sql = "SELECT column1, mean(column2) FROM (VALUES ('a', NULL), ('b', 2.0)) GROUP BY column1 ORDER BY column1";
    assert_eq!(cells(&session, sql).await, ["a|-", "b|2.0"]);
}

#[tokio::test]
async fn distinct_is_refused() {
    let store = store();
    let session = session_of(8192, &store);
    session.register_udaf(store.udaf::<MeanPlugin>("mean", ROWS).unwrap());
    let error =
        failure(&session, "SELECT mean(DISTINCT value), mean(DISTINCT value + 1) FROM generate_series(1, 3)").await;
    assert!(error.contains("has no DISTINCT"), "{error}");
}

/// A plug-in whose aggregate `fixed` has this column as each of its states, and as its result.
fn fixed(column: ArrayRef) -> Source {
    let batch = RecordBatch::try_from_iter([("value", column)]).unwrap();
    let mut stream = StreamWriter::try_new(Vec::new(), batch.schema_ref()).unwrap();
    stream.write(&batch).unwrap();
    let bytes = stream.into_inner().unwrap();
    let mut data = String::new();
    for byte in &bytes {
        write!(data, "\\{byte:02x}").unwrap();
    }
    let length = bytes.len();
    let exports: String = ["init", "update", "merge", "finish"]
        .map(|name| format!(r#"(func (export "fixed_{name}") (result i32) (call $give) (i32.const 0))"#))
        .concat();
    Source::text(format!(
        r#"(module
            (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
            (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
            (import "extism:host/env" "output_set" (func $output (param i64 i64)))
            (memory 1)
            (data (i32.const 0) "{data}")
            (func $give (local $block i64) (local $index i32)
                (local.set $block (call $alloc (i64.const {length})))
                (loop $next
                    (call $store
                        (i64.add (local.get $block) (i64.extend_i32_u (local.get $index)))
                        (i32.load8_u (local.get $index)))
                    (local.set $index (i32.add (local.get $index) (i32.const 1)))
                    (br_if $next (i32.lt_u (local.get $index) (i32.const {length}))))
                (call $output (local.get $block) (i64.const {length})))
            {exports})"#
    ))
}

#[tokio::test]
async fn the_result_of_an_aggregate_of_batches_has_the_type_of_the_function() {
    let store = store();
    let session = session_of(8192, &store);
    let result_of = |column: ArrayRef, returns: DataType| {
        let argument = Arc::new(Field::new("value", DataType::Int64, true));
        session.register_udaf(store.batch_udaf("fixed", fixed(column), [argument], returns).unwrap());
        "SELECT fixed(value) FROM generate_series(1, 3)"
    };
    let texts = |texts: &[&str]| Arc::new(StringArray::from_iter_values(texts)) as ArrayRef;
    assert_eq!(cells(&session, result_of(texts(&["7"]), DataType::Utf8)).await, ["7"]);
    for (column, returns, expected) in [
        (texts(&["seven"]), DataType::Float64, "the output is VARCHAR, and the function returns DOUBLE"),
        (texts(&["7", "8"]), DataType::Utf8, "the output has too many rows: 2 for 1"),
        (texts(&[]), DataType::Utf8, "the output has too few rows: 0 for 1"),
    ] {
        let error = failure(&session, result_of(column, returns)).await;
        assert!(error.contains(expected) && error.contains("fixed_finish"), "{expected}: {error}");
    }
}
