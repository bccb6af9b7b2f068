//! Plug-ins whose outputs are made to take memory or time from the process that calls them.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, BooleanArray, Int64Array},
        datatypes::{DataType, Field, Schema},
    },
    logical_expr::{EmitTo, function::AccumulatorArgs},
    prelude::SessionContext,
};
use extism_datafusion::{JsonForm, PluginStore};
use extism_runtime::{Json, Source, codec::Msgpack, prelude::*};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    common::{cells, failure, policy, session, store_under},
    guests::giving,
};

#[derive(Serialize, Deserialize, JsonSchema, Default)]
struct Wide {
    a: Option<f64>,
    b: Option<f64>,
    c: Option<f64>,
    d: Option<f64>,
    e: Option<f64>,
    f: Option<f64>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Loose {
    any: serde_json::Value,
}

#[plugin_interface]
trait Outputs {
    fn structs(&mut self, number: i64) -> Json<Vec<Wide>>;
    fn nulls(&mut self, number: i64) -> Json<Vec<Option<Wide>>>;
    fn json(&mut self, number: i64) -> Json<Loose>;
    fn msgpack(&mut self, number: i64) -> Msgpack<serde_json::Value>;
    fn text(&mut self, number: i64) -> String;
    fn numbers(&mut self, number: i64) -> Json<Vec<f64>>;
}

fn with(store: &PluginStore, name: &str, module: String) -> SessionContext {
    let session = session(store);
    session.register_udf(store.udf::<OutputsPlugin>(name, Source::text(module)).unwrap());
    session
}

const MIB: usize = 1 << 20;

#[tokio::test]
async fn what_outputs_take_once_they_are_decoded_is_limited() {
    let used_up = "the results of a batch take more than 8388608 bytes (`ExecutorPolicy::with_max_result_bytes`)";
    let store = store_under(policy().with_max_result_bytes(8 << 20));
    for (name, start, part, end) in [
        // Three bytes of JSON are a structure of fifty.
        ("structs", "[{}", ",{}", "]"),
        ("nulls", "[null", ",null", "]"),
        ("json", r#"{"any":[1"#, ",1", "]}"),
        ("numbers", "[1", ",1", "]"),
        ("text", "", "a", ""),
        // An array of nulls; each is four letters and a comma in JSON.
        ("msgpack", "\u{0}", "\u{0}", ""),
    ] {
        for (bytes, is_read) in [(MIB / 64, true), (5 * MIB, false)] {
            let part = part.repeat(64);
            let times = bytes / part.len();
            let items = u32::try_from(times * part.len()).unwrap();
            let (start, part) = match name {
                "msgpack" => ([&[0xdd], &items.to_be_bytes()[..]].concat(), vec![0xc0; part.len()]),
                _ => (start.as_bytes().to_vec(), part.into_bytes()),
            };
            let session = with(&store, name, giving(&[name], &start, &part, times, end.as_bytes()));
            let sql = format!("SELECT count({name}(value)) FROM generate_series(1, 2)");
            if is_read {
                assert_eq!(cells(&session, &sql).await, ["2"], "{name}");
                continue;
            }
            let error = failure(&session, &sql).await;
            let function = format!("function `{name}`, row ");
            assert!(error.contains(used_up) && error.contains(&function), "{name}: {error}");
        }
    }
}

#[tokio::test]
async fn json_in_a_structure_is_its_text() {
    let store = store_under(policy());
    let json = r#"{"any":{"b":[1,-2,0.5,true,null,"\u00e9\n"],"a":{}}}"#;
    let session = with(&store, "json", giving(&["json"], b"", json.as_bytes(), 1, b""));
    let text = cells(&session, "SELECT json(1)['any']").await;
    assert_eq!(text, [r#"{"b":[1,-2,0.5,true,null,"é\n"],"a":{}}"#]);
    let session =
        with(&store.clone().with_json(JsonForm::Text), "json", giving(&["json"], b"", json.as_bytes(), 1, b""));
    assert_eq!(cells(&session, "SELECT json(1)").await, [json]);
}

#[tokio::test]
async fn an_output_that_is_nested_without_end_is_an_error() {
    let store = store_under(policy());
    // Arrays of one item each, in an array.
    let session = with(&store, "msgpack", giving(&["msgpack"], b"", &[0x91; 1024], 1024, &[0xc0]));
    let error = failure(&session, "SELECT msgpack(1)").await;
    assert!(error.contains("it is not the MessagePack that was expected"), "{error}");
    let session = with(&store, "json", giving(&["json"], br#"{"any":"#, &[b'['; 1024], 1024, b"1"));
    let error = failure(&session, "SELECT json(1)").await;
    assert!(error.contains("it is not the JSON that was expected"), "{error}");
}

#[tokio::test]
async fn decoding_ends_with_the_time_of_the_batch() {
    let limit = Duration::from_millis(200);
    let store = store_under(policy().with_batch_timeout(limit).with_max_result_bytes(u64::MAX));
    // A call takes much less time than reading its output.
    let module = giving(&["numbers"], b"[1", &b",1".repeat(512), 512, b"]");
    // The block of the first call is still there at the second.
    let module = module
        .replace("(func $give (local", "(global $made (mut i64) (i64.const 0)) (func $give (local")
        .replace(
            "(local.set $at (i32.const 2))",
            "(if (i64.ne (global.get $made) (i64.const 0)) (then \
                  (call $output (global.get $made) (i64.const 1)) (return))) (local.set $at (i32.const 2))",
        )
        .replace(
            "(call $output (local.get $block)",
            "(global.set $made (local.get $block)) (call $output (local.get $block)",
        );
    let length = 2 + 1024 * 512 + 1;
    let module =
        module.replace("(global.get $made) (i64.const 1))", &format!("(global.get $made) (i64.const {length}))"));
    let session = with(&store, "numbers", module);
    let started = Instant::now();
    let error = failure(&session, "SELECT count(numbers(value)) FROM generate_series(1, 8000)").await;
    assert!(error.contains("the calls of the batch took more than 200ms"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(40), "{:?}", started.elapsed());
}

const STATE: [&str; 4] = ["state_init", "state_update", "state_merge", "state_finish"];

/// An aggregate whose states, and results, are a text of so many bytes.
fn aggregate(bytes: usize) -> Source {
    Source::text(giving(&STATE, b"\"", &b"x".repeat(1024), bytes / 1024, b"\""))
}

#[plugin_interface]
trait States {
    fn state_init(&mut self) -> Json<String>;
    fn state_update(&mut self, state: String, values: Vec<i64>) -> Json<String>;
    fn state_merge(&mut self, left: String, right: String) -> Json<String>;
    fn state_finish(&mut self, state: Json<String>) -> Json<String>;
}

#[tokio::test]
async fn the_states_of_all_groups_are_limited() {
    let store = store_under(policy().with_max_state_bytes(4 << 20));
    let session = session(&store);
    session.register_udaf(store.udaf::<StatesPlugin>("state", aggregate(MIB)).unwrap());
    let sql = |groups: u32| {
        format!(
            "SELECT count(s) FROM (SELECT state(value) AS s FROM generate_series(1, 100) GROUP BY value % {groups})"
        )
    };
    assert_eq!(cells(&session, &sql(3)).await, ["3"]);
    let error = failure(&session, &sql(100)).await;
    let limit = "its states have more than 4194304 bytes (`ExecutorPolicy::with_max_state_bytes`)";
    assert!(error.contains(limit) && error.contains("function `state`"), "{error}");
    // One group, and no groups.
    let small = store_under(policy().with_max_state_bytes(1000));
    session.register_udaf(small.udaf::<StatesPlugin>("state", aggregate(MIB)).unwrap());
    for sql in ["SELECT state(value) FROM generate_series(1, 3)", &sql(1)] {
        let error = failure(&session, sql).await;
        assert!(error.contains("its states have more than 1000 bytes"), "{sql}: {error}");
    }
}

#[test]
fn groups_without_values_share_their_state() {
    let store = store_under(policy());
    let aggregate = store.udaf::<StatesPlugin>("state", aggregate(MIB)).unwrap();
    let schema = Schema::new(vec![Field::new("value", DataType::Int64, true)]);
    let arguments = AccumulatorArgs {
        return_field: Arc::new(Field::new("state", DataType::Utf8, true)),
        schema: &schema,
        ignore_nulls: false,
        order_bys: &[],
        is_reversed: false,
        name: "state",
        is_distinct: false,
        exprs: &[],
        expr_fields: &[],
    };
    let mut groups = aggregate.create_groups_accumulator(arguments).unwrap();
    let values: ArrayRef = Arc::new(Int64Array::from_iter_values(0..200));
    let (numbers, none) = ((0..200).collect::<Vec<_>>(), BooleanArray::from(vec![false; 200]));
    groups.update_batch(std::slice::from_ref(&values), &numbers, Some(&none), 200).unwrap();
    assert!(groups.size() < 100_000, "{}", groups.size());
    // Those of two groups, and the states that all have together.
    groups.update_batch(&[values.slice(0, 2)], &[0, 1], None, 200).unwrap();
    assert!((2 * MIB..2 * MIB + 100_000).contains(&groups.size()), "{}", groups.size());
    let first = groups.evaluate(EmitTo::First(3)).unwrap();
    assert_eq!((first.len(), first.null_count()), (3, 0));
    assert!(groups.size() < 100_000, "{}", groups.size());
    assert_eq!(groups.state(EmitTo::All).unwrap()[0].len(), 197);
}

#[tokio::test]
async fn the_text_of_an_error_is_short() {
    // The text is that of the guest, with a character that a terminal acts on.
    let module = giving(&["text"], b"\x1b[2J", &b"x".repeat(1024), 8 << 10, b"")
        .replace(r#""output_set" (func $output (param i64 i64))"#, r#""error_set" (func $error (param i64))"#)
        .replace("(call $output (local.get $block) (i64.const", "(call $error (local.get $block)) (drop (i64.const");
    let session = with(&store_under(policy()), "text", module);
    let error = failure(&session, "SELECT text(1)").await;
    assert!(error.len() < 10_000, "{}", error.len());
    assert!(error.contains("xxxx") && error.contains("\\u{1b}[2J") && error.ends_with("..."), "{error}");
}

#[tokio::test]
async fn a_function_has_no_columns_that_take_more_than_their_bytes() {
    #[plugin_interface(codec = extism_datafusion::ArrowIpc)]
    trait Batches {
        fn text(&mut self, batch: datafusion::arrow::array::RecordBatch) -> datafusion::arrow::array::ArrayRef;
    }

    let store = store_under(policy());
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let field = |data_type: &DataType| Arc::new(Field::new("a", data_type.clone(), true));
    let module = || Source::text(giving(&["text"], b"", b"x", 1, b""));
    let made = store.batch_udf::<BatchesPlugin>("text", module(), [field(&dictionary)], DataType::Null);
    let error = made.unwrap_err().to_string();
    for part in
        ["the column `a`: plug-ins have no columns of the type Dictionary", "the result: plug-ins have no columns"]
    {
        assert!(error.contains(part), "{error}");
    }
    let error = store.batch_udtf("text", module(), [field(&DataType::Null)]).unwrap_err().to_string();
    assert!(error.contains("plug-ins have no columns of the type Null"), "{error}");
    let aggregate = Source::text(giving(&STATE, b"", b"x", 1, b""));
    let error = store.batch_udaf("state", aggregate, [field(&dictionary)], DataType::Utf8).unwrap_err().to_string();
    assert!(error.contains("the column `a`: plug-ins have no columns of the type Dictionary"), "{error}");
}
