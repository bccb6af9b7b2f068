//! Table functions.

use std::{fs, sync::Arc};

use datafusion::arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, FieldRef},
};
use extism_datafusion::PluginStore;
use extism_runtime::Source;

use super::{
    common::{LogsPlugin, ROWS, cells, failure, policy, session_of, store, store_under},
    guests::{giving, stream},
};

const LOG: &str = "INFO 0 started\nWARN 12 [404] not found\n\nINFO 20 [200] found\n";

fn directory() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("server.log"), LOG).expect("a file");
    directory
}

fn granted(directory: &tempfile::TempDir) -> PluginStore {
    store_under(policy().with_files(directory.path().display().to_string()))
}

#[tokio::test]
async fn a_file_becomes_a_table() {
    let directory = directory();
    let store = granted(&directory);
    let session = session_of(2, &store);
    session.register_udtf("read_log", store.udtf::<LogsPlugin>("read_log", ROWS).unwrap());
    let file = directory.path().join("server.log");
    for path in [file.display().to_string(), format!("file://{}", file.display())] {
        let sql = format!("SELECT * FROM read_log('{path}')");
        assert_eq!(cells(&session, &sql).await, ["-|INFO|0|started", "404|WARN|12|not found", "200|INFO|20|found"]);
    }
    let path = file.display();
    let sql = format!("SELECT text, level FROM read_log('{path}') WHERE code > 300");
    assert_eq!(cells(&session, &sql).await, ["not found|WARN"]);
    assert_eq!(cells(&session, &format!("SELECT count(*), sum(millis) FROM read_log('{path}')")).await, ["3|32"]);
    assert_eq!(cells(&session, &format!("SELECT level FROM read_log('{path}') LIMIT 1")).await, ["INFO"]);
}

#[tokio::test]
async fn only_files_that_the_policy_grants_are_read() {
    let (directory, other) = (directory(), directory());
    let sql = |path: std::path::PathBuf| format!("SELECT * FROM read_log('{}')", path.display());
    let nothing = store();
    let session = session_of(10, &nothing);
    session.register_udtf("read_log", nothing.udtf::<LogsPlugin>("read_log", ROWS).unwrap());
    let refused = "does not grant it (`ExecutorPolicy::with_files`)";
    let error = failure(&session, &sql(directory.path().join("server.log"))).await;
    assert!(error.contains(refused), "{error}");

    let store = granted(&directory);
    session.register_udtf("read_log", store.udtf::<LogsPlugin>("read_log", ROWS).unwrap());
    let name = other.path().file_name().unwrap();
    let mut outside = vec![
        other.path().join("server.log"),
        directory.path().join("..").join(name).join("server.log"),
        other.path().join("missing.log"),
    ];
    #[cfg(unix)]
    {
        let link = directory.path().join("link.log");
        std::os::unix::fs::symlink(other.path().join("server.log"), &link).unwrap();
        outside.push(link);
    }
    for path in outside {
        let error = failure(&session, &sql(path.clone())).await;
        assert!(error.contains(refused), "{}: {error}", path.display());
    }
    let error = failure(&session, &sql(directory.path().join("missing.log"))).await;
    assert!(error.contains("missing.log") && error.contains("No such file"), "{error}");
}

#[tokio::test]
async fn what_the_plugin_refuses_is_told() {
    let directory = directory();
    let file = directory.path().join("bad.log");
    fs::write(&file, "INFO 1 fine\nwrong\n").unwrap();
    let store = granted(&directory);
    let session = session_of(10, &store);
    session.register_udtf("read_log", store.udtf::<LogsPlugin>("read_log", ROWS).unwrap());
    let error = failure(&session, &format!("SELECT * FROM read_log('{}')", file.display())).await;
    assert!(error.contains("function `read_log`") && error.contains("line 2: there is no level"), "{error}");
    fs::write(&file, [0xff, 0xfe]).unwrap();
    let error = failure(&session, &format!("SELECT * FROM read_log('{}')", file.display())).await;
    assert!(error.contains("the file is not UTF-8"), "{error}");
    let error = failure(&session, "SELECT * FROM read_log(1, 2)").await;
    assert!(error.contains("takes 1 argument (file VARCHAR), and gets 2"), "{error}");
}

fn field(name: &str, data_type: DataType) -> FieldRef {
    Arc::new(Field::new(name, data_type, true))
}

#[tokio::test]
async fn a_table_of_batches_has_their_columns() {
    let directory = directory();
    let path = directory.path().join("server.log").display().to_string();
    let levels: StringArray = (0..5).map(|line| Some(["INFO", "WARN"][line % 2])).collect();
    let columns: [(&str, ArrayRef); 2] =
        [("level", Arc::new(levels)), ("millis", Arc::new((0..5).collect::<Int64Array>()))];
    let module = giving(&["lines"], b"", &stream(&RecordBatch::try_from_iter(columns).unwrap()), 1, b"");
    let store = granted(&directory);
    let columns = [field("level", DataType::Utf8), field("millis", DataType::Int64)];
    let session = session_of(2, &store);
    session.register_udtf("lines", store.batch_udtf("lines", Source::text(&*module), columns).unwrap());
    let sql = format!("SELECT * FROM lines('{path}')");
    assert_eq!(cells(&session, &sql).await, ["INFO|0", "WARN|1", "INFO|2", "WARN|3", "INFO|4"]);
    let sql = format!("SELECT sum(millis), level FROM lines('{path}') GROUP BY level ORDER BY level");
    assert_eq!(cells(&session, &sql).await, ["6|INFO", "4|WARN"]);
    assert_eq!(cells(&session, &format!("SELECT millis FROM lines('{path}') LIMIT 3")).await, ["0", "1", "2"]);

    // It is made of an export that is there, and the columns are those that it returns.
    let error = store.batch_udtf("rows", Source::text(&*module), []).unwrap_err().to_string();
    assert!(error.contains("function `rows`") && error.contains("Struct without fields"), "{error}");
    let columns = [field("level", DataType::Utf8), field("millis", DataType::Utf8)];
    session.register_udtf("lines", store.batch_udtf("lines", Source::text(&*module), columns).unwrap());
    let error = failure(&session, &format!("SELECT * FROM lines('{path}')")).await;
    assert!(
        error.contains("the columns (level VARCHAR, millis BIGINT), and not (level VARCHAR, millis VARCHAR)"),
        "{error}"
    );
    // Columns that may be null, where there cannot be one: only a null is an error.
    let columns: [(&str, ArrayRef); 1] = [("level", Arc::new(StringArray::from(vec![Some("INFO"), None])))];
    let nulls = giving(&["lines"], b"", &stream(&RecordBatch::try_from_iter(columns).unwrap()), 1, b"");
    for nullable in [true, false] {
        let column = Arc::new(Field::new("level", DataType::Utf8View, nullable));
        session.register_udtf("lines", store.batch_udtf("lines", Source::text(&*nulls), [column]).unwrap());
        let sql = format!("SELECT * FROM lines('{path}')");
        if nullable {
            assert_eq!(cells(&session, &sql).await, ["INFO", "-"]);
        } else {
            assert!(failure(&session, &sql).await.contains("non-nullable"));
        }
    }
    let text = Source::text(giving(&["lines"], b"", b"no batch", 1, b""));
    session.register_udtf("lines", store.batch_udtf("lines", text, [field("level", DataType::Utf8)]).unwrap());
    let error = failure(&session, &format!("SELECT * FROM lines('{path}')")).await;
    assert!(error.contains("function `lines`") && error.contains("not valid Arrow IPC"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_no_file() {
    let directory = directory();
    let pipe = directory.path().join("pipe.log");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let store = granted(&directory);
    let session = session_of(10, &store);
    session.register_udtf("read_log", store.udtf::<LogsPlugin>("read_log", ROWS).unwrap());
    for path in [pipe.display().to_string(), format!("file://{}", pipe.display())] {
        let sql = format!("SELECT * FROM read_log('{path}')");
        let error = tokio::time::timeout(std::time::Duration::from_mins(1), failure(&session, &sql)).await;
        assert!(error.expect("it ends").contains("it is not a regular file"));
    }
}

#[tokio::test]
async fn a_file_has_a_size_that_the_policy_allows() {
    let directory = directory();
    let path = directory.path().display().to_string();
    let store = store_under(policy().with_files(path.clone()).with_max_file_bytes(20));
    let session = session_of(10, &store);
    session.register_udtf("read_log", store.udtf::<LogsPlugin>("read_log", ROWS).unwrap());
    let error = failure(&session, &format!("SELECT * FROM read_log('{path}/server.log')")).await;
    assert!(error.contains("it has more than 20 bytes"), "{error}");
}
