use std::{
    fs,
    path::Path,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{Error, Manifest, Plugin, PluginBuilder};

use crate::guest;

fn files(manifest: Manifest) -> Plugin {
    PluginBuilder::new(manifest).with_wasi(true).build().unwrap()
}

fn in_folder(folder: &Path, prefix: &str) -> Plugin {
    let host = format!("{prefix}{}", folder.display());
    files(Manifest::new([guest("wasi_files.wasm")]).with_allowed_path(host, "/data"))
}

fn message(result: Result<(), Error>) -> String {
    match result {
        Err(Error::Guest { message, .. }) => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_plugin_reads_and_writes_the_directories_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in.txt"), "from the host").unwrap();
    let mut plugin = in_folder(folder.path(), "");
    assert_eq!(plugin.call::<_, &str>("read_file", "/data/in.txt").unwrap(), "from the host");
    plugin.call::<_, ()>("write_file", "/data/out.txt\nfrom the guest").unwrap();
    assert_eq!(fs::read_to_string(folder.path().join("out.txt")).unwrap(), "from the guest");
    plugin.call::<_, ()>("rename_file", "/data/out.txt\n/data/new.txt").unwrap();
    plugin.call::<_, ()>("remove_file", "/data/in.txt").unwrap();
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["new.txt"]);
}

#[test]
fn a_read_only_directory_can_only_be_read() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "as it was").unwrap();
    let mut plugin = in_folder(folder.path(), "ro:");
    assert_eq!(plugin.call::<_, &str>("read_file", "/data/file").unwrap(), "as it was");
    for (export, input) in [
        ("write_file", "/data/file\nchanged"),
        ("append_file", "/data/file\nmore"),
        ("write_file", "/data/new\n"),
        ("remove_file", "/data/file"),
        ("rename_file", "/data/file\n/data/other"),
        ("make_dir", "/data/dir"),
    ] {
        message(plugin.call(export, input));
    }
    assert_eq!(fs::read_to_string(folder.path().join("file")).unwrap(), "as it was");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn nothing_outside_the_directories_is_reached() {
    let outer = tempfile::tempdir().unwrap();
    fs::write(outer.path().join("secret"), "secret").unwrap();
    let inner = outer.path().join("inner");
    fs::create_dir(&inner).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(outer.path().join("secret"), inner.join("link")).unwrap();
    let mut plugin = in_folder(&inner, "");
    let absolute = outer.path().join("secret");
    for path in ["/data/../secret", "/data/link", "../secret", "/etc/passwd", absolute.to_str().unwrap()] {
        message(plugin.call("read_file", path));
    }
}

#[test]
fn without_wasi_its_imports_are_missing() {
    let error = Plugin::new(guest("wasi_files.wasm")).unwrap_err();
    assert!(error.to_string().contains("with_wasi(true)"), "{error}");
}

#[test]
fn a_directory_that_does_not_exist_is_named() {
    let manifest = Manifest::new([guest("wasi_files.wasm")]).with_allowed_path("/no/such/folder", "/data");
    let error = PluginBuilder::new(manifest).with_wasi(true).build().unwrap_err();
    let Error::Engine { source, .. } = &error else { panic!("{error}") };
    assert!(source.to_string().contains("/no/such/folder"), "{error}: {source}");
}

#[test]
fn a_sleep_lasts_and_ends_at_the_timeout() {
    let mut plugin = files(Manifest::new([guest("wasi_files.wasm")]).with_timeout(Duration::from_millis(100)));
    let start = Instant::now();
    plugin.call::<_, ()>("sleep_ms", "30").unwrap();
    assert!(start.elapsed() >= Duration::from_millis(30));
    let error = plugin.call::<_, ()>("sleep_ms", "31536000000").unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    plugin.call::<_, ()>("sleep_ms", "0").unwrap();
}

#[test]
fn a_sleep_is_cancelled() {
    let mut plugin = files(Manifest::new([guest("wasi_files.wasm")]));
    let handle = plugin.cancel_handle();
    let (done, finished) = mpsc::channel();
    let caller = thread::spawn(move || {
        let result = plugin.call::<_, ()>("sleep_ms", "1000000");
        done.send(()).unwrap();
        result
    });
    while finished.try_recv().is_err() {
        handle.cancel();
        thread::sleep(Duration::from_millis(2));
    }
    assert!(matches!(caller.join().unwrap(), Err(Error::Cancelled { .. })));
}

#[test]
fn an_exit_ends_the_instance_and_zero_is_success() {
    let mut plugin = files(Manifest::new([guest("wasi_files.wasm")]));
    let calls = |plugin: &mut Plugin| plugin.call::<_, String>("calls", ()).unwrap();
    assert_eq!((calls(&mut plugin), calls(&mut plugin)), ("1".into(), "2".into()));
    plugin.call::<_, ()>("exit_with", "0").unwrap();
    assert_eq!(calls(&mut plugin), "1", "a new instance");
    let error = plugin.call::<_, ()>("exit_with", "3").unwrap_err();
    assert!(matches!(error, Error::Exit { code: 3, .. }), "{error}");
    assert_eq!(calls(&mut plugin), "1");
}

#[test]
fn a_command_runs_any_number_of_times() {
    let mut plugin = files(Manifest::new([guest("wasi_command.wasm")]));
    assert_eq!(plugin.call::<_, &str>("_start", "first").unwrap(), "FIRST");
    assert_eq!(plugin.call::<_, &str>("_start", "second").unwrap(), "SECOND");
    assert!(matches!(plugin.call::<_, ()>("_start", "exit 9"), Err(Error::Exit { code: 9, .. })));
    assert!(matches!(plugin.call::<_, ()>("_start", "abort"), Err(Error::Trap { .. })));
    assert_eq!(plugin.call::<_, &str>("_start", "third").unwrap(), "THIRD");
}

#[test]
fn a_plugin_has_clocks_and_random_numbers_but_no_environment() {
    let mut plugin = files(Manifest::new([guest("wasi_files.wasm")]));
    let first = plugin.call::<_, Vec<u8>>("random_bytes", ()).unwrap();
    assert_eq!(first.len(), 16);
    assert_ne!(first, plugin.call::<_, Vec<u8>>("random_bytes", ()).unwrap());
    let clocks = plugin.call::<_, String>("clocks", ()).unwrap();
    let environment = plugin.call::<_, String>("environment", ()).unwrap();
    assert!(!environment.contains("PATH"), "{environment}");
    assert!(clocks.bytes().any(|byte| byte.is_ascii_digit()), "{clocks}");
}
