//! The committed guests of the batch form: what they compute, and what they do wrong.

use datafusion::arrow::datatypes::DataType;
use extism_datafusion::{FunctionSpec, Location, ModuleRef, Modules};

use super::support::{C, RUST, caller, function, local, module, rows, udf};

const VALUES: &str = "(VALUES ('Banane, été', 2.0), ('xyz', 1.0), (NULL, 1.0), ('aeiou', NULL), ('', 4.0)) AS t(a, b)";

fn modules() -> [(ModuleRef, Modules); 2] {
    [("columns_c", C), ("columns_rust", RUST)].map(|(name, bytes)| {
        let modules = caller();
        modules.provide(bytes);
        (module(name, bytes, Location::Inline), modules)
    })
}

#[tokio::test]
async fn both_languages_compute_the_same() {
    for (module, modules) in modules() {
        let context = local();
        let types = [DataType::Utf8, DataType::Float64];
        context.register_udf(udf(function("score", module.clone(), &types, DataType::Float64), &modules));
        context.register_udf(udf(function("shout", module.clone(), &types[..1], DataType::Utf8), &modules));
        let found = rows(&context, &format!("SELECT score(a, b) AS s, shout(a) AS l FROM {VALUES}")).await.unwrap();
        // Only one of them knows the letters that are not ASCII.
        let found = found.replace("été", "ÉTÉ").replace("éTé", "ÉTÉ");
        assert_eq!(
            found,
            "\
+-----+-------------+
| s   | l           |
+-----+-------------+
| 6.0 | BANANE, ÉTÉ |
| 0.0 | XYZ         |
|     |             |
|     | AEIOU       |
| 0.0 |             |
+-----+-------------+",
            "{}",
            module.name
        );
    }
}

#[tokio::test]
async fn columns_of_other_types_are_refused_by_the_guest_with_its_text() {
    for (module, modules) in modules() {
        let context = local();
        let types = [DataType::Int64, DataType::Float64];
        context.register_udf(udf(function("score", module.clone(), &types, DataType::Float64), &modules));
        let error = rows(&context, "SELECT score(CAST(weight AS BIGINT), weight) FROM texts").await.unwrap_err();
        assert!(error.contains("score") && error.contains(&module.name) && error.contains("Utf8"), "{error}");
    }
}

/// A function of `columns_c` that does it wrong.
async fn wrong(name: &str, returns: DataType) -> String {
    let [(module, modules), _] = modules();
    let context = local();
    context.register_udf(udf(function(name, module, &[DataType::Utf8], returns), &modules));
    let error = rows(&context, &format!("SELECT {name}(text) FROM texts")).await.unwrap_err();
    assert!(error.contains(name) && error.contains("columns_c"), "{error}");
    assert!(error.contains("400"), "the rows of the batch: {error}");
    error
}

#[tokio::test]
async fn what_a_guest_returns_is_checked() {
    let error = wrong("too_few", DataType::Float64).await;
    assert!(error.contains("399"), "{error}");
    let error = wrong("not_arrow", DataType::Float64).await;
    assert!(error.contains("not valid Arrow IPC"), "{error}");
    let error = wrong("bad_offsets", DataType::Utf8).await;
    assert!(error.contains("not valid Arrow IPC"), "{error}");
    let error = wrong("bad_utf8", DataType::Utf8).await;
    assert!(error.to_lowercase().contains("utf8") || error.to_lowercase().contains("utf-8"), "{error}");
}

#[tokio::test]
async fn an_instance_does_not_outlive_a_batch_unless_asked() {
    let [_, (module, modules)] = modules();
    let calls = function("calls", module, &[DataType::Utf8], DataType::Int64);
    let kept = FunctionSpec { name: "kept_calls".to_owned(), keeps_state: true, ..calls.clone() };
    let context = local();
    context.sql("SET datafusion.execution.batch_size = 100").await.unwrap();
    context.register_udf(udf(calls, &modules));
    context.register_udf(udf(kept, &modules));
    let sql = |name: &str| format!("SELECT {name}(text) AS calls, count(*) FROM texts GROUP BY calls ORDER BY calls");
    for _ in 0..2 {
        let found = rows(&context, &sql("calls")).await.unwrap();
        assert!(found.contains("| 1     | 400"), "{found}");
    }
    rows(&context, &sql("kept_calls")).await.unwrap();
    let found = rows(&context, "SELECT max(kept_calls(text)) > 1 AS kept FROM texts").await.unwrap();
    assert!(found.contains("true"), "{found}");
}
