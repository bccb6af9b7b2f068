//! Table functions.

use std::fs;

use extism_datafusion::PluginStore;

use super::common::{LogsPlugin, ROWS, cells, failure, policy, session_of, store, store_under};

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
