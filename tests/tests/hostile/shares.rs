//! Tests resources that all plug-ins of a process share, and one tries to take alone: open files and connections.

use std::{fs::File, io::Read as _, net::TcpListener, process::Command, sync::mpsc, thread, time::Duration};

use extism_runtime::{CompiledPlugin, Error, Manifest, Plugin, Wasm};

use crate::{
    builder, error_of, failure,
    paths::{Guest, with_paths},
    wat,
};

/// The errno for too many open files in the whole process.
const ENFILE: u8 = 41;

#[test]
fn a_plugin_has_no_more_files_open_than_it_may() {
    let directory = tempfile::tempdir().expect("a directory");
    File::create(directory.path().join("file")).expect("a file");
    let builder = with_paths([("ro:", directory.path())]).with_max_open_files(3);
    let mut guest = Guest(builder.build().expect("the plug-in builds"));
    let opened: Vec<_> = (0..3).map(|_| guest.open(3, "file").expect("it is opened")).collect();
    // After a file is closed, another one may be opened.
    guest.call("fd_close", &[u64::from(opened[1])], ["", ""]);
    guest.open(3, "file").expect("it is opened");
    let input = crate::paths::guest::input(&[3, 1, 4224, 4, 0, 2, 0, 0, 1024], [b"file", b""]);
    let text = failure(&mut guest.0, "path_open", &input);
    let expected =
        "the plug-in has more than 3 files open; raise the limit with `PluginBuilder::with_max_open_files`\n";
    assert!(text.starts_with(expected), "{text}");
    for _ in 0..3 {
        guest.open(3, "file").expect("the next instance has none");
    }
}

/// Runs in a process that may have 128 descriptors.
#[test]
#[ignore = "run by the next test in a separate process"]
fn greedy_plugins_in_a_small_process() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("file");
    File::create(&file).expect("a file");
    let plugin = || Guest(with_paths([("ro:", directory.path())]).build().expect("the plug-in builds"));
    let all_of = |guest: &mut Guest| {
        let opened: Vec<_> = std::iter::from_fn(|| guest.open(3, "file").ok()).collect();
        assert_eq!(guest.open(3, "file"), Err(ENFILE));
        opened
    };
    let mut guests: Vec<_> = (0..5).map(|_| plugin()).collect();
    let opened: Vec<_> = guests.iter_mut().map(all_of).collect();
    let counts: Vec<_> = opened.iter().map(Vec::len).collect();
    assert_eq!(counts, [32, 16, 8, 4, 2]);
    File::open(&file).expect("the program has descriptors of its own");

    // Descriptors that one plug-in returns go to others: by closing, by renumbering, and by ending.
    for descriptor in &opened[0][..20] {
        guests[0].call("fd_close", &[u64::from(*descriptor)], ["", ""]);
    }
    guests[0].call("fd_renumber", &[u64::from(opened[0][20]), u64::from(opened[0][21])], ["", ""]);
    assert_eq!(all_of(&mut plugin()).len(), 12, "half of the 23 that are free");
    drop(guests);
    assert_eq!(all_of(&mut plugin()).len(), 32);
}

#[test]
fn plugins_that_want_all_files_leave_some_for_the_others() {
    let test = std::env::current_exe().expect("the test");
    let output = Command::new("sh")
        .args(["-c", "ulimit -n 128; exec \"$0\" --exact --ignored shares::greedy_plugins_in_a_small_process"])
        .arg(test)
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// A plug-in that sends its input as a request to the local host, and may have this many connections.
fn connecting(connections: u32) -> CompiledPlugin {
    let get = r#"(func (export "get") (call $give (call $http_request (call $input_offset) (i64.const 0))))"#;
    let manifest = Manifest::new([Wasm::data(wat(get))]).with_allowed_host("127.0.0.1");
    let builder = builder(manifest).with_timeout(Duration::from_secs(4)).with_max_connections(connections);
    builder.compile().expect("the plug-in compiles")
}

#[test]
fn a_plugin_has_no_more_connections_than_it_may() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let request = format!(r#"{{"url":"http://{}/"}}"#, listener.local_addr().expect("its address"));
    let instance = |compiled: &CompiledPlugin| compiled.instantiate().expect("an instance");

    let mut none = instance(&connecting(0));
    let text = failure(&mut none, "get", request.as_bytes());
    let expected = |limit: u32| {
        format!(
            "host function `http_request`: no connection is available: the plug-in already has {limit}, its limit; \
             raise it with `PluginBuilder::with_max_connections` if it may have more"
        )
    };
    assert_eq!(text, expected(0));

    // One instance has the only connection, and receives no response.
    let compiled = connecting(1);
    let (mut first, input) = (instance(&compiled), request.clone());
    let (done, finished) = mpsc::channel();
    let waiting = thread::spawn(move || {
        let error = error_of(&mut first, "get", input.as_bytes());
        done.send(()).expect("somebody waits");
        assert!(matches!(error, Error::Timeout { .. }), "{error}");
    });
    let (mut stream, _) = listener.accept().expect("a connection");
    stream.read_exact(&mut [0; 16]).expect("a request");
    assert_eq!(failure(&mut instance(&compiled), "get", request.as_bytes()), expected(1));
    finished.recv_timeout(Duration::from_mins(1)).expect("it ends at its own deadline");
    waiting.join().expect("it timed out");

    // Another plug-in has its own connections.
    let answering = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        stream.read_exact(&mut [0; 16]).expect("a request");
        std::io::Write::write_all(&mut stream, b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").expect("it is sent");
    });
    let mut other: Plugin = instance(&connecting(1));
    assert_eq!(other.call::<_, &str>("get", &*request).expect("it is answered"), "ok");
    answering.join().expect("it answered");
}
