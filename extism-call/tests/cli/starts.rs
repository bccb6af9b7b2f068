//! `warm` and `snapshot`.

use std::fs;

use crate::run::{command as call, guest, repository};

#[test]
fn the_plugins_of_a_directory_are_compiled_into_a_cache() {
    let (plugins, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for file in ["echo.wasm", "reverse.wasm"] {
        fs::copy(repository().join(guest(file)), plugins.path().join(file)).unwrap();
    }
    let warm = || {
        let mut command = call();
        command.arg("warm").arg(plugins.path()).arg("--cache").arg(cache.path());
        command
    };
    let done = warm().assert().success().stdout("2 of 2 plug-ins are compiled\n");
    let stderr = String::from_utf8_lossy(&done.get_output().stderr).into_owned();
    assert!(stderr.contains("echo.wasm (") && stderr.contains("reverse.wasm ("), "{stderr}");
    assert!(cache.path().join("code").is_dir() && cache.path().join("code-fused").is_dir());
    fs::write(plugins.path().join("bad.wasm"), "no module").unwrap();
    let failed = warm().assert().code(1).stdout("2 of 3 plug-ins are compiled\n");
    let stderr = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
    assert!(stderr.contains("bad.wasm: ") && stderr.contains("1 of 3 plug-ins could not be compiled"), "{stderr}");
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
