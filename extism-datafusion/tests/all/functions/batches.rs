//! Functions that are called with batches.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{ArrayRef, AsArray, Float64Array, RecordBatch, StringArray},
        datatypes::{DataType, Field, FieldRef, Float64Type},
    },
    logical_expr::ScalarUDF,
};

use extism_datafusion::ArrowIpc;
use extism_runtime::prelude::*;

use super::common::{COLUMNS, ColumnsPlugin, cells, session_of, store};

fn field(name: &str, data_type: DataType) -> FieldRef {
    Arc::new(Field::new(name, data_type, true))
}

fn score(module: &str) -> ScalarUDF {
    let arguments = [field("text", DataType::Utf8), field("weight", DataType::Float64)];
    store().batch_udf::<ColumnsPlugin>("score", module, arguments, DataType::Float64).unwrap()
}

#[tokio::test]
async fn columns_go_to_guests_in_rust_and_c() {
    let store = store();
    for module in COLUMNS {
        let session = session_of(8192, &store);
        session.register_udf(score(module));
        let shout = store.batch_udf::<ColumnsPlugin>("shout", module, [field("text", DataType::Utf8)], DataType::Utf8);
        session.register_udf(shout.unwrap());
        let sql = "SELECT score(column1, column2), shout(column1) \
                   FROM (VALUES ('education', 0.5), (NULL, 1), ('none', NULL), ('', 7))";
        assert_eq!(cells(&session, sql).await, ["2.5|EDUCATION", "-|-", "-|NONE", "0.0|"], "{module}");
        // As constants, and with no rows.
        assert_eq!(cells(&session, "SELECT score('aeiou', 2)").await, ["10.0"], "{module}");
        let none = "SELECT shout(column1) FROM (VALUES ('a')) WHERE column1 = 'b'";
        assert!(cells(&session, none).await.is_empty(), "{module}");
    }
}

#[tokio::test]
async fn several_batches_are_several_calls() {
    let store = store();
    let session = session_of(3, &store);
    session.register_udf(score(COLUMNS[0]));
    let sql = "SELECT sum(score(CAST(value AS VARCHAR) || 'a', 1)), count(*) FROM generate_series(1, 10)";
    assert_eq!(cells(&session, sql).await, ["10.0|10"]);
}

#[tokio::test]
async fn state_is_kept_only_if_asked() {
    let store = store();
    let session = session_of(2, &store);
    let of = |store: &extism_datafusion::PluginStore| {
        store.batch_udf::<ColumnsPlugin>("calls", COLUMNS[0], [field("any", DataType::Int64)], DataType::Int64).unwrap()
    };
    session.register_udf(of(&store));
    let sql = "SELECT max(calls(value)) FROM generate_series(1, 6)";
    assert_eq!(cells(&session, sql).await, ["1"]);
    session.register_udf(of(&store.clone().with_kept_state(true)));
    assert_eq!(cells(&session, sql).await, ["3"]);
}

#[test]
fn a_typed_client_takes_and_returns_columns() {
    #[plugin_interface(codec = ArrowIpc)]
    trait Scores {
        fn score(&mut self, batch: RecordBatch) -> ArrayRef;
    }

    for module in COLUMNS {
        let mut columns = ScoresPlugin::load(module).unwrap();
        let texts: ArrayRef = Arc::new(StringArray::from(vec![Some("education"), None]));
        let weights: ArrayRef = Arc::new(Float64Array::from(vec![2.0, 1.0]));
        let batch = RecordBatch::try_from_iter([("text", texts), ("weight", weights)]).unwrap();
        let scores = columns.score(batch).unwrap();
        assert_eq!(scores.as_primitive::<Float64Type>(), &Float64Array::from(vec![Some(10.0), None]), "{module}");
    }
}
