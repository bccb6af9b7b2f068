//! Aggregates.

use datafusion::prelude::{SessionConfig, SessionContext};

use crate::common::{MeanPlugin, ROWS, cells, failure, session_of, store};

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
