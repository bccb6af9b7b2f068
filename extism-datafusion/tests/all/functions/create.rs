//! `CREATE FUNCTION`.

use std::fs;

use super::common::{COLUMNS, ROWS, cells, failure, policy, session, store, store_under};

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
    // Gives back its input.
    let module = r#"(module
      (import "extism:host/env" "input_offset" (func $at (result i64)))
      (import "extism:host/env" "input_length" (func $length (result i64)))
      (import "extism:host/env" "output_set" (func $give (param i64 i64)))
      (func (export "same") (call $give (call $at) (call $length))))"#;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("same.wat");
    fs::write(&path, module).unwrap();
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

#[tokio::test]
async fn a_table_function_takes_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("server.log");
    fs::write(&file, "INFO 5 hello\n").unwrap();
    let session = session(&store_under(policy().with_files(directory.path().display().to_string())));
    // The description of the module has no schema of the lines.
    let error =
        failure(&session, &format!("CREATE FUNCTION read_log(file VARCHAR) LANGUAGE wasm_table AS '{ROWS}'")).await;
    assert!(error.contains("has no columns"), "{error}");
}
