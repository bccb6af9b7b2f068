//! Aggregates.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{ArrayRef, RecordBatch, StringArray},
        datatypes::{DataType, Field},
    },
    prelude::{SessionConfig, SessionContext},
};
use extism_runtime::Source;

use super::{
    common::{MeanPlugin, ROWS, cells, failure, session_of, store},
    guests::{giving, stream},
};

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
    Source::text(giving(&["fixed_init", "fixed_update", "fixed_merge", "fixed_finish"], b"", &stream(&batch), 1, b""))
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
