//! Functions that are called row by row.

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use extism_datafusion::{JsonForm, PluginScalar, spec::Volatility};

use super::common::{KindsPlugin, ROWS, ScoresPlugin, cells, session, session_of, store};

/// The SQL types of a function, as its data says them.
fn types(udf: &datafusion::logical_expr::ScalarUDF) -> (Vec<DataType>, DataType) {
    let spec = udf.inner().downcast_ref::<PluginScalar>().expect("a plug-in's function").spec();
    (spec.arguments.iter().map(|argument| argument.ty.data_type()).collect(), spec.returns.data_type())
}

#[test]
fn sql_types_follow_from_rust_types() {
    let store = store();
    let of = |name: &str| types(&store.udf::<KindsPlugin>(name, ROWS).unwrap());
    let utc = DataType::Timestamp(TimeUnit::Nanosecond, Some("+00:00".into()));
    assert_eq!(
        types(&store.udf::<ScoresPlugin>("score", ROWS).unwrap()),
        (vec![DataType::Utf8, DataType::Float64], DataType::Float64)
    );
    assert_eq!(of("greet"), (vec![DataType::Utf8], DataType::Utf8));
    assert_eq!(of("add"), (vec![DataType::Int64, DataType::Int64], DataType::Int64));
    assert_eq!(of("double"), (vec![DataType::UInt32], DataType::UInt32));
    assert_eq!(of("negate"), (vec![DataType::Boolean], DataType::Boolean));
    assert_eq!(of("reverse"), (vec![DataType::Binary], DataType::Binary));
    assert_eq!(of("later"), (vec![DataType::Date32, DataType::UInt64], DataType::Date32));
    assert_eq!(of("after"), (vec![utc.clone(), DataType::Int64], utc));
    assert!(matches!(of("report"), (_, DataType::Struct(_))));
    let as_text = store.clone().with_json(JsonForm::Text);
    assert_eq!(types(&as_text.udf::<KindsPlugin>("report", ROWS).unwrap()).1, DataType::Utf8);
}

#[tokio::test]
async fn each_kind_of_value_goes_there_and_back() {
    let store = store();
    let session = session(&store);
    session.register_udf(store.udf::<ScoresPlugin>("score", ROWS).unwrap());
    for name in ["greet", "add", "score_json", "double", "negate", "reverse", "later", "after", "report", "describe"] {
        session.register_udf(store.udf::<KindsPlugin>(name, ROWS).unwrap());
    }
    let rows = [
        ("score('education', 0.5)", "2.5"),
        ("score_json('education \"quoted\" \u{e9}\n', 2)", "16.0"),
        ("greet('Zo\u{eb}')", "Hello, Zo\u{eb}!"),
        ("add(40, 2)", "42"),
        ("add(40, NULL)", "-"),
        ("double(21)", "42"),
        ("negate(true)", "false"),
        ("reverse(X'010203')", "030201"),
        ("later(DATE '2024-02-28', 2)", "2024-03-01"),
        ("later(DATE '2024-02-28', 100000000000)", "-"),
        ("after(TIMESTAMP '2024-12-31T23:59:59.000000001Z', 1)", "2025-01-01T00:00:00.000000001Z"),
        ("report('Hello big world')['vowels']", "4"),
        ("report('Hello big world')['words'][2]", "big"),
        ("report('')['longest']", "-"),
        ("describe(report('Hello big world'))", "3 words with 4 vowels, the longest is world"),
        // A structure is also taken as text.
        (r#"describe('{"vowels": 1, "words": [], "longest": null}')"#, "0 words with 1 vowels, the longest is none"),
    ];
    for (expression, expected) in rows {
        assert_eq!(cells(&session, &format!("SELECT {expression}")).await, [expected], "{expression}");
        // Not as a constant, but as columns of a table.
        if let Some((name, arguments)) =
            expression.split_once('(').filter(|(_, rest)| !rest.contains('(') && !rest.contains('['))
        {
            let arguments = arguments.strip_suffix(')').unwrap();
            let columns: Vec<String> =
                (1..=arguments.split(", ").count()).map(|column| format!("column{column}")).collect();
            if !arguments.contains("NULL") && !arguments.contains('{') {
                let sql = format!("SELECT {name}({}) FROM (VALUES ({arguments}), ({arguments}))", columns.join(", "));
                assert_eq!(cells(&session, &sql).await, [expected, expected], "{sql}");
            }
        }
    }
}

#[tokio::test]
async fn json_is_text_if_asked() {
    let store = store().with_json(JsonForm::Text);
    let session = session(&store);
    session.register_udf(store.udf::<KindsPlugin>("report", ROWS).unwrap());
    let json = cells(&session, "SELECT report('Hello')").await;
    assert_eq!(json, [r#"{"vowels":2,"words":["Hello"],"longest":"Hello"}"#]);
}

#[tokio::test]
async fn null_for_an_argument_without_option_is_null_without_a_call() {
    let store = store().with_kept_state(true);
    let session = session(&store);
    session.register_udf(store.udf::<KindsPlugin>("calls", ROWS).unwrap());
    session.register_udf(store.udf::<ScoresPlugin>("score", ROWS).unwrap());
    assert_eq!(cells(&session, "SELECT calls(column1) FROM (VALUES (5), (NULL), (6))").await, ["1", "-", "2"]);
    let sql = "SELECT score(column1, column2) FROM (VALUES ('aa', 1), (NULL, 1), ('a', NULL), ('e', 3))";
    assert_eq!(cells(&session, sql).await, ["2.0", "-", "-", "3.0"]);
    assert_eq!(cells(&session, "SELECT score(NULL, 1)").await, ["-"]);
}

#[tokio::test]
async fn a_batch_has_one_new_instance_unless_state_is_kept() {
    let rows = "SELECT calls(column1) FROM (SELECT * FROM (VALUES (1), (2)) UNION ALL SELECT * FROM (VALUES (3), (4)))";
    let store = store();
    let session = session_of(2, &store);
    session.register_udf(store.udf::<KindsPlugin>("calls", ROWS).unwrap());
    let mut calls = cells(&session, rows).await;
    calls.sort();
    assert_eq!(calls, ["1", "1", "2", "2"]);
    let kept = store.with_kept_state(true).with_sql_name("calls");
    session.register_udf(kept.udf::<KindsPlugin>("calls", ROWS).unwrap());
    let mut calls = cells(&session, rows).await;
    calls.sort();
    assert_eq!(calls, ["1", "2", "3", "4"]);
}

#[test]
fn volatility_is_declared_by_whether_state_is_kept() {
    let volatility =
        |store: extism_datafusion::PluginStore| store.udf::<KindsPlugin>("calls", ROWS).unwrap().signature().volatility;
    assert_eq!(volatility(store()), Volatility::Stable.into());
    assert_eq!(volatility(store().with_kept_state(true)), Volatility::Volatile.into());
    assert_eq!(volatility(store().with_volatility(Volatility::Immutable)), Volatility::Immutable.into());
}

#[tokio::test]
async fn texts_of_all_arrow_types_are_read_as_they_are() {
    let store = store();
    let session = session(&store);
    session.register_udf(store.udf::<KindsPlugin>("greet", ROWS).unwrap());
    for data_type in ["Utf8", "LargeUtf8", "Utf8View", "Dictionary(Int32, Utf8)"] {
        let sql = format!("SELECT greet(arrow_cast(column1, '{data_type}')) FROM (VALUES ('Ann'), ('Bob'))");
        assert_eq!(cells(&session, &sql).await, ["Hello, Ann!", "Hello, Bob!"], "{data_type}");
    }
}

#[tokio::test]
async fn a_function_without_rows_gives_no_rows() {
    let store = store();
    let session = session(&store);
    session.register_udf(store.udf::<KindsPlugin>("greet", ROWS).unwrap());
    assert!(cells(&session, "SELECT greet(column1) FROM (VALUES ('Ann')) WHERE column1 = 'Bob'").await.is_empty());
}
