use std::{
    thread,
    time::{Duration, Instant},
};

use extism::{Manifest, Plugin, Wasm};

use crate::module;

const SPIN: &str = r#"(module (func (export "spin") (loop $again (br $again))))"#;

#[test]
fn a_call_ends_at_the_timeout() {
    let manifest = Manifest::new([Wasm::data(SPIN)]).with_timeout(Duration::from_millis(50));
    let mut plugin = Plugin::new(manifest, [], true).unwrap();
    let began = Instant::now();
    let (error, code) = plugin.call_get_error_code::<_, &[u8]>("spin", "abc123").unwrap_err();
    assert_eq!(
        (error.to_string().as_str(), error.root_cause().to_string().as_str(), code),
        ("timeout", "timeout", 134)
    );
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_call_is_cancelled_from_another_thread_each_time() {
    let mut plugin = Plugin::new(SPIN, [], true).unwrap();
    let handle = plugin.cancel_handle();
    // There is no call yet, which is no error.
    handle.cancel().unwrap();
    for _ in 0..3 {
        let handle = handle.clone();
        let canceller = thread::spawn(move || {
            thread::sleep(Duration::from_millis(100));
            handle.cancel().unwrap();
        });
        let error = plugin.call::<_, &[u8]>("spin", "abc123").unwrap_err();
        assert_eq!(error.root_cause().to_string(), "timeout");
        canceller.join().unwrap();
    }
}

#[test]
fn memory_is_limited() {
    let text = module(
        &["input_offset", "input_length", "output_set"],
        r#"(func (export "echo") (call $output_set (call $input_offset) (call $input_length)))"#,
    );
    let call = |manifest: Manifest| -> Result<String, extism::Error> {
        Plugin::new(manifest, [], true).unwrap().call("echo", "a".repeat(65536 * 64))
    };
    let manifest = Manifest::new([Wasm::data(text)]);
    let Err(error) = call(manifest.clone().with_memory_max(8)) else { panic!("it has more memory than it may") };
    assert_eq!(error.to_string(), "failed to allocate extism memory");
    assert_eq!(error.root_cause().to_string(), "oom");
    call(manifest.clone().with_memory_max(80)).unwrap();
    call(manifest).unwrap();
}

#[test]
fn a_module_that_starts_with_more_memory_than_it_may_have_is_built_and_not_called() {
    let manifest = Manifest::new([Wasm::data(r#"(module (memory 9) (func (export "f")))"#)]).with_memory_max(8);
    let mut plugin = Plugin::new(manifest, [], true).unwrap();
    assert!(plugin.function_exists("f"));
    let (error, code) = plugin.call_get_error_code::<_, ()>("f", "").unwrap_err();
    assert_eq!((error.root_cause().to_string().as_str(), code), ("oom", -1));
    assert_eq!(plugin.call_with_host_context::<_, (), _>("f", "", ()).unwrap_err().root_cause().to_string(), "oom");
}

/// Without a limit, the plug-in would learn that its memory has not grown, and might go on.
#[test]
fn a_call_ends_when_a_memory_would_grow_beyond_the_limit() {
    let text = r#"(module (memory 1) (func (export "grow") (drop (memory.grow (i32.const 9)))))"#;
    let manifest = Manifest::new([Wasm::data(text)]).with_memory_max(8);
    let error = Plugin::new(manifest, [], true).unwrap().call::<_, ()>("grow", "").unwrap_err();
    assert_eq!((error.to_string(), error.root_cause().to_string()), ("oom".to_owned(), "oom".to_owned()));
}

#[test]
fn memory_that_a_host_function_asks_for_is_limited() {
    use extism::{Function, PTR, UserData};

    let f = Function::new("reflect", [PTR], [PTR], UserData::new(()), |plugin, _, outputs, _| {
        let error = plugin.memory_alloc(1 << 30).unwrap_err();
        assert_eq!(error.root_cause().to_string(), "oom");
        plugin.memory_set_val(&mut outputs[0], "a".repeat(1 << 24))
    });
    let mut plugin = Plugin::new(crate::reflect().with_memory_max(18), [f], true).unwrap();
    let (error, code) = plugin.call_get_error_code::<_, ()>("reflect", "x").unwrap_err();
    assert_eq!((error.to_string().as_str(), code), ("oom", -1));
}

#[test]
fn variables_are_limited() {
    let text = module(
        &["var_set", "input_offset"],
        r#"(func (export "test") (result i32)
            (call $var_set (call $input_offset) (call $input_offset))
            (i32.const 0))"#,
    );
    let mut manifest = Manifest::new([Wasm::data(text)]);
    manifest.memory.max_var_bytes = Some(1);
    let mut plugin = Plugin::new(manifest.clone(), [], true).unwrap();
    let error = plugin.call::<_, ()>("test", b"A".repeat(1024)).unwrap_err();
    assert_eq!(error.root_cause().to_string(), "Variable store is full");
    plugin.call::<_, ()>("test", Vec::new()).unwrap();
    manifest.memory.max_var_bytes = Some(0);
    let error = Plugin::new(manifest, [], true).unwrap().call::<_, ()>("test", "A").unwrap_err();
    assert_eq!(error.root_cause().to_string(), "Vars are disabled by this host");
}
