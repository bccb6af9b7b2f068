//! `CREATE FUNCTION`.

use std::{fs, sync::Arc};

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use extism_interface::Description;

use super::{
    common::{COLUMNS, LogsPlugin, ROWS, cells, failure, policy, session, store, store_under},
    guests::{echoing, giving, stream},
};

#[tokio::test]
async fn a_module_that_describes_itself_says_how_it_is_called() {
    let session = session(&store());
    let rows = [
        ("score(text VARCHAR, weight DOUBLE) RETURNS DOUBLE", "score('education', 2)", "10.0"),
        ("add(a BIGINT, b BIGINT) RETURNS BIGINT", "add(1, NULL)", "-"),
        ("greet(name VARCHAR) RETURNS VARCHAR", "greet('Ann')", "Hello, Ann!"),
        ("later(date DATE, days BIGINT UNSIGNED) RETURNS DATE", "later(DATE '2024-02-28', 2)", "2024-03-01"),
        ("reverse(bytes BYTEA) RETURNS BYTEA", "reverse(X'0102')", "0201"),
        // The structure's schema is not in the module.
        ("report(text VARCHAR) RETURNS VARCHAR", "report('a b')", r#"{"vowels":1,"words":["a","b"],"longest":"b"}"#),
        ("mean(number DOUBLE) RETURNS DOUBLE", "mean(column1) FROM (VALUES (1), (2))", "1.5"),
        // The result's type is the description's.
        ("double(number INT UNSIGNED)", "double(4)", "8"),
    ];
    for (signature, expression, expected) in rows {
        let created =
            cells(&session, &format!("CREATE OR REPLACE FUNCTION {signature} LANGUAGE wasm AS '{ROWS}'")).await;
        assert!(created.is_empty(), "{signature}");
        assert_eq!(cells(&session, &format!("SELECT {expression}")).await, [expected], "{signature}");
    }
}

#[tokio::test]
async fn another_export_is_named_after_a_number_sign() {
    let session = session(&store());
    cells(&session, &format!("CREATE FUNCTION hello(who VARCHAR) RETURNS VARCHAR LANGUAGE wasm AS '{ROWS}#greet'"))
        .await;
    assert_eq!(cells(&session, "SELECT hello('Ann')").await, ["Hello, Ann!"]);
}

#[tokio::test]
async fn batch_functions_have_the_types_of_the_statement() {
    for module in COLUMNS {
        let session = session(&store());
        let signature = "score(text VARCHAR, weight DOUBLE) RETURNS DOUBLE";
        cells(&session, &format!("CREATE FUNCTION {signature} LANGUAGE wasm_batch AS '{module}'")).await;
        assert_eq!(cells(&session, "SELECT score('education', 2)").await, ["10.0"], "{module}");
    }
    // The description of the module in Rust says that they are.
    let session = session(&store());
    let signature = "shout(text VARCHAR) RETURNS VARCHAR";
    cells(&session, &format!("CREATE FUNCTION {signature} LANGUAGE wasm AS '{}'", COLUMNS[0])).await;
    assert_eq!(cells(&session, "SELECT shout('a')").await, ["A"]);
}

#[tokio::test]
async fn what_differs_from_the_description_is_told_all_at_once() {
    let session = session(&store());
    let signature = "score(text BIGINT, weight DATE) RETURNS VARCHAR";
    let error = failure(&session, &format!("CREATE FUNCTION {signature} LANGUAGE wasm AS '{ROWS}'")).await;
    for part in [
        "function `score`",
        "argument 1 (`text`) is BIGINT in the statement, and VARCHAR in the plug-in",
        "argument 2 (`weight`) is DATE in the statement, and DOUBLE in the plug-in",
        "the result is VARCHAR in the statement, and DOUBLE in the plug-in",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
    let error =
        failure(&session, &format!("CREATE FUNCTION score(t VARCHAR) RETURNS DOUBLE LANGUAGE wasm AS '{ROWS}'")).await;
    assert!(
        error.contains("has 1 arguments, and the plug-in `rows_rust` has 2 (text VARCHAR, weight DOUBLE)"),
        "{error}"
    );
}

#[tokio::test]
async fn a_statement_that_cannot_be_followed_is_an_error() {
    let session = session(&store());
    let rows = [
        (format!("f(a BIGINT) RETURNS BIGINT LANGUAGE wasm AS '{ROWS}'"), "`f`"),
        (format!("greet(a VARCHAR) RETURNS VARCHAR LANGUAGE python AS '{ROWS}'"), "LANGUAGE has to be wasm"),
        ("greet(a VARCHAR) RETURNS VARCHAR LANGUAGE wasm AS 'no/such.wasm'".to_owned(), "no/such.wasm"),
        ("greet(a VARCHAR) RETURNS VARCHAR LANGUAGE wasm AS 'Cargo.toml'".to_owned(), "greet"),
        ("greet(a VARCHAR) RETURNS VARCHAR LANGUAGE wasm".to_owned(), "AS is followed by"),
        (format!("shout(a VARCHAR) LANGUAGE wasm_batch AS '{}'", COLUMNS[1]), "RETURNS is missing"),
        (format!("shout(a DECIMAL(9, 2)) RETURNS VARCHAR LANGUAGE wasm AS '{}'", COLUMNS[1]), "plug-ins have no type"),
    ];
    for (statement, expected) in rows {
        let error = failure(&session, &format!("CREATE FUNCTION {statement}")).await;
        assert!(error.contains(expected), "{statement}: {error}");
    }
}

#[tokio::test]
async fn a_function_is_replaced_only_if_asked() {
    let session = session(&store());
    let create = format!("FUNCTION greet(name VARCHAR) RETURNS VARCHAR LANGUAGE wasm AS '{ROWS}'");
    cells(&session, &format!("CREATE {create}")).await;
    let error = failure(&session, &format!("CREATE {create}")).await;
    assert!(error.contains("function `greet` exists"), "{error}");
    cells(&session, &format!("CREATE OR REPLACE {create}")).await;
    cells(&session, "DROP FUNCTION greet").await;
    assert!(failure(&session, "SELECT greet('Ann')").await.contains("greet"));
}

#[tokio::test]
async fn a_module_without_a_description_is_called_as_the_statement_says() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("same.wat");
    fs::write(&path, echoing(&["same"])).unwrap();
    let session = session(&store());
    let create =
        |signature: &str| format!("CREATE OR REPLACE FUNCTION {signature} LANGUAGE wasm AS '{}'", path.display());
    for (signature, expression, expected) in [
        ("same(a DOUBLE) RETURNS DOUBLE", "same(2.5)", "2.5"),
        ("same(a VARCHAR) RETURNS VARCHAR", "same('text')", "text"),
        ("same(a BIGINT) RETURNS BIGINT", "same(-3)", "-3"),
        ("same(a VARCHAR, b BIGINT) RETURNS VARCHAR", "same('text', 3)", r#"["text",3]"#),
        ("same(a DATE) RETURNS DATE", "same(DATE '2024-01-31')", "2024-01-31"),
        ("same(a TIMESTAMP) RETURNS TIMESTAMP", "same(TIMESTAMP '2024-01-31T01:02:03.5')", "2024-01-31T01:02:03.500"),
        ("same(a BIGINT[]) RETURNS BIGINT[]", "same([1, NULL, 3])", "[1, -, 3]"),
    ] {
        cells(&session, &create(signature)).await;
        assert_eq!(cells(&session, &format!("SELECT {expression}")).await, [expected], "{signature}");
    }
}

#[tokio::test]
async fn volatility_is_that_of_the_statement() {
    let session = session(&store());
    for behavior in ["IMMUTABLE", "STABLE", "VOLATILE"] {
        let create = format!(
            "CREATE OR REPLACE FUNCTION greet(name VARCHAR) RETURNS VARCHAR LANGUAGE wasm {behavior} AS '{ROWS}'"
        );
        cells(&session, &create).await;
        let volatility = session.state().scalar_functions()["greet"].signature().volatility;
        assert_eq!(format!("{volatility:?}").to_uppercase(), behavior);
    }
}

/// A directory with a log.
fn log() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("server.log"), "INFO 5 hello\nWARN 12 [404] not found\n").unwrap();
    directory
}

#[tokio::test]
async fn a_table_function_has_the_columns_of_the_description() {
    let directory = log();
    let path = directory.path().display();
    let session = session(&store_under(policy().with_files(path.to_string())));
    // Of a module whose description has the schema of a line.
    let module = fs::read(ROWS).unwrap();
    let described = Description::new([LogsPlugin::interface().clone()]).stamp(&module).unwrap();
    let stamped = directory.path().join("logs.wasm");
    fs::write(&stamped, described).unwrap();
    let create =
        |signature: &str| format!("CREATE FUNCTION {signature} LANGUAGE wasm_table AS '{}'", stamped.display());
    cells(&session, &create("read_log(file VARCHAR)")).await;
    let sql = format!("SELECT level, code, text FROM read_log('{path}/server.log') ORDER BY millis");
    assert_eq!(cells(&session, &sql).await, ["INFO|-|hello", "WARN|404|not found"]);
    let named = format!("CREATE FUNCTION lines(file VARCHAR) LANGUAGE wasm_table AS '{}#read_log'", stamped.display());
    cells(&session, &named).await;
    assert_eq!(cells(&session, &format!("SELECT count(*) FROM lines('{path}/server.log')")).await, ["2"]);
    cells(&session, "DROP FUNCTION lines").await;

    let error = failure(&session, &create("read_log(file VARCHAR)")).await;
    assert!(error.contains("function `read_log` exists"), "{error}");
    for (signature, expected) in [
        ("none(file VARCHAR)", "none"),
        ("OR REPLACE FUNCTION read_log(file VARCHAR, level VARCHAR)", "the statement has 2 arguments"),
    ] {
        let statement = create(signature).replace("CREATE FUNCTION OR REPLACE", "CREATE OR REPLACE");
        let error = failure(&session, &statement).await;
        assert!(error.contains(expected), "{statement}: {error}");
    }
    // The description of the module itself has no schema.
    let error =
        failure(&session, &format!("CREATE FUNCTION other(file VARCHAR) LANGUAGE wasm_table AS '{ROWS}#read_log'"))
            .await;
    assert!(error.contains("has no columns"), "{error}");
}

#[tokio::test]
async fn a_table_function_without_a_description_has_the_columns_of_the_statement() {
    let directory = log();
    let path = directory.path().display();
    let session = session(&store_under(policy().with_files(path.to_string())));
    let columns: [(&str, ArrayRef); 2] = [
        ("level", Arc::new(StringArray::from(vec!["INFO", "WARN"]))),
        ("millis", Arc::new(Int64Array::from(vec![5, 12]))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let module = directory.path().join("lines.wat");
    fs::write(&module, giving(&["lines"], b"", &stream(&batch), 1, b"")).unwrap();
    let create = |name: &str, returns: &str| {
        format!(
            "CREATE OR REPLACE FUNCTION {name}(file VARCHAR) {returns} LANGUAGE wasm_table AS '{}'",
            module.display()
        )
    };
    cells(&session, &create("lines", "RETURNS STRUCT<level VARCHAR, millis BIGINT>")).await;
    let sql = format!("SELECT * FROM lines('{path}/server.log')");
    assert_eq!(cells(&session, &sql).await, ["INFO|5", "WARN|12"]);
    for (name, returns, expected) in [
        ("lines", "", "RETURNS STRUCT<name VARCHAR, ..> has to"),
        ("lines", "RETURNS VARCHAR", "RETURNS STRUCT<name VARCHAR, ..> has to"),
        ("rows", "RETURNS STRUCT<level VARCHAR>", "`rows`"),
    ] {
        let error = failure(&session, &create(name, returns)).await;
        assert!(error.contains(expected), "{name} {returns}: {error}");
    }
    // What the module returns is only seen when a file is read.
    cells(&session, &create("lines", "RETURNS STRUCT<level VARCHAR>")).await;
    let error = failure(&session, &sql).await;
    assert!(
        error.contains("function `lines`: the file `")
            && error.contains("it has the columns (level VARCHAR, millis BIGINT), and not (level VARCHAR)"),
        "{error}"
    );
}

#[tokio::test]
async fn an_aggregate_without_a_description_has_the_types_of_the_statement() {
    let directory = tempfile::tempdir().unwrap();
    let parts = ["every_init", "every_update", "every_merge", "every_finish"];
    let echo = directory.path().join("echo.wat");
    // The state is what `update` got: the state of an empty group, which is nothing, would not be JSON.
    let module = echoing(&parts[1..]).replace(
        "(func (export \"every_update\")",
        r#"(func (export "every_init") (local $zero i64)
            (local.set $zero (call $alloc (i64.const 1)))
            (call $store (local.get $zero) (i32.const 48))
            (call $give (local.get $zero) (i64.const 1)))
           (func (export "every_update")"#,
    );
    let imports = r#"(module
        (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
        (import "extism:host/env" "store_u8" (func $store (param i64 i32)))"#;
    fs::write(&echo, module.replacen("(module", imports, 1)).unwrap();
    let session = session(&store());
    let create = |signature: &str, language: &str, module: &std::path::Path| {
        format!("CREATE OR REPLACE FUNCTION {signature} LANGUAGE {language} AS '{}'", module.display())
    };
    cells(&session, &create("every(value BIGINT, text VARCHAR) RETURNS VARCHAR", "wasm", &echo)).await;
    let sql = "SELECT every(column1, column2) FROM (VALUES (1, 'a'), (2, NULL), (3, 'c'))";
    assert_eq!(cells(&session, sql).await, [r#"[0,[1,3],["a","c"]]"#]);

    let batch = RecordBatch::try_from_iter([("sum", Arc::new(Int64Array::from(vec![42])) as ArrayRef)]).unwrap();
    let fixed = directory.path().join("fixed.wat");
    fs::write(&fixed, giving(&parts, b"", &stream(&batch), 1, b"")).unwrap();
    cells(&session, &create("every(value BIGINT) RETURNS BIGINT", "wasm_batch", &fixed)).await;
    assert_eq!(cells(&session, "SELECT every(column1) FROM (VALUES (1), (2))").await, ["42"]);

    let partly = directory.path().join("partly.wat");
    fs::write(&partly, giving(&["every_update", "every_init"], b"", b"x", 1, b"")).unwrap();
    for (signature, language, module, expected) in [
        ("every(value BIGINT) RETURNS BIGINT", "wasm", &partly, &["every_merge", "every_finish"][..]),
        ("every(value BIGINT) RETURNS BIGINT", "wasm_batch", &partly, &["every_merge", "every_finish"]),
        ("every(value BIGINT)", "wasm_batch", &fixed, &["RETURNS is missing"]),
        ("every(value DECIMAL(9, 2)) RETURNS BIGINT", "wasm", &echo, &["plug-ins have no type"]),
    ] {
        let error = failure(&session, &create(signature, language, module)).await;
        assert!(expected.iter().all(|part| error.contains(part)), "{signature}, {language}: {error}");
    }
}

#[tokio::test]
async fn an_aggregate_of_a_described_module_is_compared_with_the_statement() {
    let session = session(&store());
    // DataFusion has one of this name.
    let create = |signature: &str| format!("CREATE OR REPLACE FUNCTION {signature} LANGUAGE wasm AS '{ROWS}'");
    let error = failure(&session, &create("mean(number VARCHAR) RETURNS BIGINT")).await;
    for part in
        ["argument 1 (`number`) is VARCHAR in the statement, and DOUBLE", "the result is BIGINT in the statement"]
    {
        assert!(error.contains(part), "{part}: {error}");
    }
    cells(&session, &create("mean(number DOUBLE) RETURNS DOUBLE")).await;
    let sql = "SELECT value % 2 AS g, mean(value) FROM generate_series(1, 10) GROUP BY g ORDER BY g";
    assert_eq!(cells(&session, sql).await, ["0|6.0", "1|5.0"]);
    let error = failure(&session, "SELECT mean('many')").await;
    assert!(error.contains("function `mean`: argument 1"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_statement_that_names_a_pipe_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    // A name from which nothing follows: it would be opened to see whether it is a manifest.
    let pipe = directory.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let session = session(&store());
    let create = format!("CREATE FUNCTION f(a BIGINT) RETURNS BIGINT LANGUAGE wasm AS '{}'", pipe.display());
    let error = tokio::time::timeout(std::time::Duration::from_mins(1), failure(&session, &create)).await;
    assert!(error.expect("it ends").contains("it is not a regular file"));
}
