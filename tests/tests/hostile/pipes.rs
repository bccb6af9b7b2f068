//! Tests files of the host that make a reader wait: pipes, sockets and devices.

use std::{
    fs,
    os::unix::{fs::symlink, net::UnixListener},
    path::Path,
    process::Command,
    sync::mpsc,
    thread,
    time::Duration,
};

use extism_runtime::Plugin;

use crate::wasi::{ENOTSUP, PATHS, wasi};

/// A directory with files that wait for their other end, and links to these.
fn waiting() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path();
    let made = Command::new("mkfifo").arg(path.join("pipe")).status().expect("`mkfifo` runs");
    assert!(made.success(), "{made}");
    fs::create_dir(path.join("sub")).expect("a directory");
    symlink("pipe", path.join("link")).expect("a link");
    symlink("../link", path.join("sub/winding")).expect("a link");
    symlink("nowhere", path.join("dangling")).expect("a link");
    directory
}

/// Returns the errnos of calls that must not wait: if one does, this fails, and abandons its thread.
fn errnos(mut plugin: Plugin, calls: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str, i64)> {
    let (calls, (sender, receiver)) = (calls.to_vec(), mpsc::channel());
    thread::spawn(move || {
        for (export, path) in calls {
            let errno = plugin.call(export, path).expect("an errno");
            sender.send((export, path, errno)).expect("somebody waits");
        }
    });
    let next = || match receiver.recv_timeout(Duration::from_mins(1)) {
        Ok(answer) => Some(answer),
        Err(mpsc::RecvTimeoutError::Disconnected) => None,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("a call waits"),
    };
    std::iter::from_fn(next).collect()
}

/// Whoever writes to a pipe finds it closed if it is opened twice.
#[test]
fn a_module_may_come_through_a_pipe() {
    let directory = waiting();
    // More than a pipe holds, so that it is not written at once.
    let module = format!(r#"(module (func (export "run"))) {}"#, ";; text\n".repeat(20_000));
    for _ in 0..20 {
        let (pipe, (sender, receiver)) = (directory.path().join("pipe"), mpsc::channel());
        let (to, module) = (pipe.clone(), module.clone());
        let writing = thread::spawn(move || fs::write(to, module));
        thread::spawn(move || sender.send(Plugin::new(pipe)));
        let plugin = receiver.recv_timeout(Duration::from_mins(1)).expect("it does not wait for ever");
        assert!(plugin.expect("a plug-in").function_exists("run"));
        writing.join().expect("a thread").expect("it is written");
    }
}

#[test]
fn what_waits_for_its_other_end_is_not_opened() {
    for prefix in ["", "ro:"] {
        let directory = waiting();
        let mut expected = Vec::new();
        for export in ["read", "write", "create", "truncate", "utimes"] {
            expected.extend(["pipe", "link", "sub/winding"].map(|path| (export, path, ENOTSUP)));
        }
        expected.extend([
            ("read_link_itself", "pipe", ENOTSUP),
            ("read_link_itself", "link", 32),
            ("read_link_itself", "link/", 54),
            ("read_link_itself", "link/.", 54),
            ("read", "pipe/", 54),
            ("read", "pipe/.", 54),
            ("open_directory", "pipe", 54),
            ("open_directory", "link", 54),
            ("stat", "link", 0),
            ("read", "dangling", 44),
        ]);
        let calls: Vec<_> = expected.iter().map(|(export, path, _)| (*export, *path)).collect();
        assert_eq!(errnos(wasi(PATHS, directory.path(), prefix), &calls), expected, "{prefix}");
    }
}

#[test]
fn a_pipe_can_be_moved_and_removed_but_not_made_anew() {
    let directory = waiting();
    let expected = [
        ("create_new", "pipe", 20),
        ("utimes_of_link", "link", 0),
        ("rename", "pipe", 0),
        ("read", "new", ENOTSUP),
        ("read", "link", 44),
        ("unlink", "new", 0),
        // The name is free, and can be used for a file from now on.
        ("create", "link", 0),
        ("read", "pipe", 0),
    ];
    let calls = expected.map(|(export, path, _)| (export, path));
    assert_eq!(errnos(wasi(PATHS, directory.path(), ""), &calls), expected);
    assert!(directory.path().join("pipe").is_file());
}

#[test]
fn sockets_and_devices_are_not_opened() {
    let directory = tempfile::tempdir().expect("a directory");
    let _listener = UnixListener::bind(directory.path().join("socket")).expect("a socket");
    let expected = ["read", "write", "utimes"].map(|export| (export, "socket", ENOTSUP));
    let calls = expected.map(|(export, path, _)| (export, path));
    assert_eq!(errnos(wasi(PATHS, directory.path(), ""), &calls), expected);

    let expected = ["null", "zero", "random", "tty"].map(|path| ("read", path, ENOTSUP));
    let calls = expected.map(|(export, path, _)| (export, path));
    assert_eq!(errnos(wasi(PATHS, Path::new("/dev"), "ro:"), &calls), expected);
}
