//! `warm` and `snapshot`.

use std::{fs, path::Path};

use crate::run::{command as call, guest, repository};

/// Warms a directory; returns what is written to standard output and error.
fn warm(plugins: &Path, cache: &Path, code: i32) -> (String, String) {
    let done = call().arg("warm").arg(plugins).arg("--cache").arg(cache).assert().code(code);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&done.get_output().stdout), text(&done.get_output().stderr))
}

#[test]
fn the_plugins_of_a_directory_are_compiled_into_a_cache() {
    let (plugins, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let own = plugins.path().join("own");
    fs::create_dir(&own).unwrap();
    fs::copy(repository().join(guest("echo.wasm")), plugins.path().join("echo.wasm")).unwrap();
    fs::copy(repository().join(guest("reverse.wasm")), own.join("main.wasm")).unwrap();
    fs::write(own.join("plugin.toml"), "wasm = [{ path = 'main.wasm' }]").unwrap();
    let (stdout, stderr) = warm(plugins.path(), cache.path(), 0);
    assert_eq!(stdout, "2 of 2 plug-ins are compiled\n");
    for text in ["[1/2] ", "[2/2] ", "] echo (", "] own ("] {
        assert!(stderr.contains(text), "{stderr}");
    }
    assert!(cache.path().join("code").is_dir() && cache.path().join("code-fused").is_dir());
    fs::write(plugins.path().join("bad.wasm"), "no module").unwrap();
    let (stdout, stderr) = warm(plugins.path(), cache.path(), 1);
    assert_eq!(stdout, "2 of 3 plug-ins are compiled\n");
    let file = plugins.path().join("bad.wasm");
    assert!(stderr.contains(&format!("] bad ({}): ", file.display())), "{stderr}");
    assert!(stderr.contains("1 of 3 plug-ins could not be compiled"), "{stderr}");
}

#[test]
fn a_snapshot_answers_like_the_module() {
    let folder = tempfile::tempdir().unwrap();
    let fast = folder.path().join("fast.wasm");
    call().arg("snapshot").arg(guest("init_both.wat")).arg("-o").arg(&fast).assert().success();
    call().arg(&fast).arg("order").assert().success().stdout("SI");
    let mut go = call();
    go.arg("snapshot").arg(guest("pdk_go.wasm")).arg("-o").arg(&fast);
    let refused = go.assert().code(1);
    let stderr = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(stderr.contains("a snapshot cannot keep what that does") && stderr.contains("--wasi"), "{stderr}");
    go.arg("--wasi").assert().success();
    let none = call().arg("snapshot").arg(guest("echo.wasm")).arg("-o").arg(&fast).assert().code(1);
    assert!(String::from_utf8_lossy(&none.get_output().stderr).contains("no initialization"));
}
