//! Tests processes that are forked, or may not start threads: what is impossible then is an error, and
//! deadlines still work.
//!
//! Each test runs in a separate process, which is ended if it hangs.

use std::{
    env,
    os::unix::process::CommandExt as _,
    process::{Command, Stdio, exit},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{Engine, Error, Manifest, Plugin, PluginBuilder, ValType, Wasm};
use fork::{Fork, fork, waitpid};
use rustix::process::{Resource, Rlimit, getrlimit, getuid, setrlimit};

use crate::{SOON, builder, manifest, wat};

/// The variable that marks the process that runs one test alone.
const ALONE: &str = "EXTISM_TEST_ALONE";
/// A user without rights, to whom limits apply.
const NOBODY: u32 = 65534;

/// Runs this test in a separate process, where this returns `true`.
fn is_alone(test: &str) -> bool {
    if env::var_os(ALONE).is_some() {
        return true;
    }
    let home = tempfile::tempdir().expect("a directory");
    let mut command = Command::new(env::current_exe().expect("this program"));
    command.args(["--exact", &format!("process::{test}"), "--nocapture"]).current_dir("/");
    command.env(ALONE, test).env("HOME", home.path()).env("XDG_CACHE_HOME", home.path()).stdin(Stdio::null());
    if getuid().is_root() {
        std::os::unix::fs::chown(home.path(), Some(NOBODY), Some(NOBODY)).expect("it may");
        command.uid(NOBODY).gid(NOBODY);
    }
    let mut child = command.process_group(0).spawn().expect("the process starts");
    let end = Instant::now() + Duration::from_mins(3);
    loop {
        if let Some(status) = child.try_wait().expect("it's a child") {
            assert!(status.success(), "{status}");
            return false;
        }
        if Instant::now() > end {
            let group = rustix::process::Pid::from_child(&child);
            rustix::process::kill_process_group(group, rustix::process::Signal::KILL).expect("it's a child");
            child.wait().expect("it's a child");
            panic!("{test} hangs");
        }
        thread::sleep(Duration::from_millis(20));
    }
}

const SPIN: &str = r#"(func (export "spin") (loop $again (br $again)))"#;

fn times_out(plugin: &mut Plugin) -> bool {
    matches!(plugin.call::<_, ()>("spin", ()), Err(Error::Timeout { .. }))
}

/// Whether the assertion holds in a forked process.
fn in_a_fork(is_true: impl FnOnce() -> bool) -> bool {
    match fork().expect("a process") {
        Fork::Parent(child) => waitpid(child).expect("it's a child") == 0,
        Fork::Child => exit(i32::from(!is_true())),
    }
}

#[test]
fn deadlines_come_in_forked_processes_too() {
    if !is_alone("deadlines_come_in_forked_processes_too") {
        return;
    }
    let engine = Engine::builder().build().expect("an engine");
    let compiled = builder(manifest(SPIN).with_timeout(SOON)).with_engine(&engine).compile();
    let compiled = compiled.expect("the plug-in compiles");
    let mut plugin = compiled.instantiate().expect("an instance");
    assert!(in_a_fork(|| times_out(&mut plugin)), "before any call");
    assert!(times_out(&mut plugin));
    assert!(in_a_fork(|| times_out(&mut plugin)), "while the clock ticks");
    assert_eq!(plugin.call::<_, &str>("echo", "").expect("it works"), "");
    assert!(in_a_fork(|| times_out(&mut plugin)), "just after a call");
    // A thread that makes very many calls looks seldom whether it is in another process, but it does look.
    for _ in 0..10_000 {
        assert_eq!(plugin.call::<_, &str>("echo", "").expect("it works"), "");
    }
    let echoes = |plugin: &mut Plugin| (0..16).all(|_| matches!(plugin.call::<_, &str>("echo", ""), Ok("")));
    assert!(in_a_fork(|| echoes(&mut plugin) && times_out(&mut plugin)), "some calls after very many calls");
    // The thread sleeps when no call has run for a while.
    thread::sleep(Duration::from_secs(1));
    assert!(in_a_fork(|| times_out(&mut plugin)), "while the clock sleeps");
    assert!(in_a_fork(|| times_out(&mut plugin) && in_a_fork(|| times_out(&mut plugin))), "a fork of a fork");
    assert!(in_a_fork(|| in_a_fork(|| times_out(&mut plugin))), "of one that made no call");
    assert!(in_a_fork(|| (0..3).all(|_| times_out(&mut plugin) && compiled.instantiate().is_ok())), "again and again");
    thread::scope(|scope| {
        // The forked process knows nothing about another thread's call.
        let mut other = compiled.instantiate().expect("an instance");
        let running = scope.spawn(move || times_out(&mut other));
        assert!(in_a_fork(|| times_out(&mut plugin)), "while a call runs");
        assert!(running.join().expect("no panic"));
    });
    assert!(times_out(&mut plugin), "the first process goes on");
}

/// A plug-in whose host function calls another one.
fn calling(engine: &Engine, others: Vec<Plugin>) -> Plugin {
    let others = Mutex::new(others);
    PluginBuilder::new(manifest(r#"(func (export "f") (drop (call $host (call $input_offset))))"#))
        .with_engine(engine)
        .with_function("host", [ValType::PTR], [ValType::PTR], move |_, _, _| {
            let mut others = others.lock().map_err(|error| error.to_string())?;
            others.iter_mut().try_for_each(|other| other.call::<_, ()>("f", ())).map_err(Into::into)
        })
        .build()
        .expect("the plug-in builds")
}

/// Returns the error of a failed call, with all its sources.
fn text(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}; {}", text(source)))
}

/// Keeps this process from starting threads from now on; returns whether that works.
fn start_no_more_threads() -> bool {
    let limit = Rlimit { current: Some(1), maximum: getrlimit(Resource::Nproc).maximum };
    setrlimit(Resource::Nproc, limit).expect("it may");
    let effective = thread::Builder::new().spawn(|| ()).is_err();
    if !effective {
        eprintln!("the system starts threads all the same: nothing to see here");
    }
    effective
}

/// Asserts that a result is an error whose text has these parts.
fn expect(result: Result<(), Error>, parts: &[&str]) {
    let error = result.map_or_else(|error| text(&error), |()| "no error".to_owned());
    assert!(parts.iter().all(|part| error.contains(part)), "{parts:?}: {error}");
}

#[test]
fn too_many_instances_are_an_error_that_says_what_to_do() {
    if !is_alone("too_many_instances_are_an_error_that_says_what_to_do") {
        return;
    }
    let too_many = |engine: &Engine| {
        let compiled = builder(manifest("(memory 1)")).with_engine(engine).compile().expect("the plug-in compiles");
        let mut plugins = Vec::new();
        let error = loop {
            match compiled.instantiate() {
                Ok(plugin) => plugins.push(plugin),
                Err(error) => break error,
            }
            assert!(plugins.len() < 100_000, "there is no limit");
        };
        assert_eq!(plugins[0].call::<_, &str>("echo", "still there").expect("it works"), "still there");
        plugins.pop();
        compiled.instantiate().expect("one has gone");
        text(&error)
    };
    let sparse = Engine::builder().with_pool_size(0).with_cache(false).build().expect("an engine");
    let dense = Engine::builder().with_dense(true).with_cache(false).build().expect("an engine");
    // Compiled before, as that takes threads and their stacks.
    for engine in [&sparse, &dense] {
        builder(manifest("(memory 1)")).with_engine(engine).build().expect("the plug-in builds");
    }
    let limit = |bytes| {
        let limit = Rlimit { current: Some(bytes), maximum: getrlimit(Resource::As).maximum };
        setrlimit(Resource::As, limit).expect("it may");
    };
    limit(200 << 30);
    let told = too_many(&sparse);
    assert!(told.contains("cannot create an instance of plug-in `"), "{told}");
    assert!(told.contains("no room for more") && told.contains("Engine::builder().with_dense(true)"), "{told}");
    limit(4 << 30);
    let told = too_many(&dense);
    assert!(told.contains("no room for more") && told.contains("vm.max_map_count"), "{told}");
}

#[test]
fn where_no_threads_start_nothing_is_compiled() {
    if !is_alone("where_no_threads_start_nothing_is_compiled") {
        return;
    }
    let before = getrlimit(Resource::Nproc);
    let engine = Engine::builder().with_cache(false).build().expect("an engine");
    if !start_no_more_threads() {
        return;
    }
    let build = || builder(manifest("")).with_engine(&engine).build().map(drop);
    expect(build(), &["cannot compile module `main`", "cannot start compiler threads"]);
    expect(Engine::builder().build().map(drop), &["cannot start the threads", "os error 11"]);
    expect(Plugin::new("(module)").map(drop), &["cannot start the threads", "os error 11"]);
    setrlimit(Resource::Nproc, before).expect("it may");
    build().expect("when threads start again, all is as ever");
    Plugin::new("(module)").expect("all is as ever");
}

#[test]
fn where_no_threads_start_what_needs_one_is_an_error() {
    if !is_alone("where_no_threads_start_what_needs_one_is_an_error") {
        return;
    }
    let engine = || Engine::builder().with_cache(false);
    let small = engine().with_pool_size(1).build().expect("an engine");
    let large = engine().with_pool_size(300).build().expect("an engine");
    let timed = builder(manifest(SPIN).with_timeout(SOON)).with_engine(&large).compile().expect("it compiles");
    let mut untimed = builder(manifest("")).with_engine(&large).build().expect("it builds");
    let wasi = wat(r#"(memory (export "memory") 1)"#).replacen(
        "(module",
        r#"(module (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))"#,
        1,
    );
    let wasi = builder(Manifest::new([Wasm::data(wasi)])).with_wasi(true).with_engine(&large).compile();
    let wasi = wasi.expect("it compiles");
    let request = r#"(func (export "f") (drop (call $http_request (call $input_offset) (i64.const 0))))"#;
    let request = manifest(request).with_allowed_host("127.0.0.1");
    let mut request = builder(request).with_engine(&large).build().expect("it builds");
    // More nested calls than there are stacks.
    let inner = PluginBuilder::new(manifest(r#"(func (export "f"))"#)).with_engine(&large);
    let inner = inner.with_function("host", [ValType::PTR], [ValType::PTR], |_, _, _| Ok(())).compile();
    let inner = inner.expect("it compiles");
    let mut nested = calling(&large, (0..257).map(|_| inner.instantiate().expect("an instance")).collect());
    // One that has lost its place in the pool.
    let trap = r#"(func (export "trap") (unreachable))"#;
    let mut displaced = builder(manifest(trap)).with_engine(&small).build().expect("it builds");
    displaced.call::<_, ()>("trap", ()).expect_err("it traps");
    let _other = builder(manifest("")).with_engine(&small).build().expect("it builds");

    let before = getrlimit(Resource::Nproc);
    if !start_no_more_threads() {
        return;
    }
    assert_eq!(untimed.call::<_, &str>("echo", "works").expect("it needs none"), "works");
    let mut wasi = wasi.instantiate().expect("it needs none");
    assert_eq!(wasi.call::<_, &str>("echo", "works").expect("it needs none"), "works");
    expect(timed.instantiate().map(drop), &["cannot start the thread that enforces deadlines", "os error 11"]);
    expect(displaced.call("echo", ()), &["cannot start a thread to compile", "os error 11"]);
    expect(nested.call("f", ()), &["cannot start a thread for a nested call", "os error 11"]);
    expect(request.call("f", r#"{"url":"http://127.0.0.1:9/"}"#), &["http_request", "os error 11"]);
    expect(Engine::builder().build().map(drop), &["cannot start the threads", "os error 11"]);
    expect(Plugin::new("(module)").map(drop), &["threads"]);

    setrlimit(Resource::Nproc, before).expect("it may");
    assert!(times_out(&mut timed.instantiate().expect("it works")), "when threads start again, all is as ever");
    assert_eq!(displaced.call::<_, &str>("echo", "works").expect("it works"), "works");
    nested.call::<_, ()>("f", ()).expect("it works");
    Plugin::new("(module)").expect("it works");
}

#[test]
fn where_there_are_no_addresses_for_a_pool_instances_are_made_one_by_one_or_it_is_an_error() {
    if !is_alone("where_there_are_no_addresses_for_a_pool_instances_are_made_one_by_one_or_it_is_an_error") {
        return;
    }
    let body = r#"(memory (export "memory") 1)"#;
    for gigabytes in [100, 20, 2, 1] {
        let limit = Rlimit { current: Some(gigabytes << 30), maximum: getrlimit(Resource::As).maximum };
        setrlimit(Resource::As, limit).expect("it may");
        let engine = match Engine::builder().with_cache(false).build() {
            Ok(engine) => engine,
            Err(error) => {
                eprintln!("{gigabytes} GiB: {error}");
                continue;
            }
        };
        let plugins: Vec<_> = (0..10).map(|_| builder(manifest(body)).with_engine(&engine).build()).collect();
        let made = plugins.iter().filter(|plugin| plugin.is_ok()).count();
        eprintln!("{gigabytes} GiB: {made} instances, {:?}", plugins.iter().find_map(|plugin| plugin.as_ref().err()));
        assert!(gigabytes < 100 || made == 10);
        for mut plugin in plugins.into_iter().flatten() {
            assert_eq!(plugin.call::<_, &str>("echo", "works").expect("it works"), "works");
        }
    }
}
