//! Tests the function that receives the records of calls.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use extism_runtime::{CancelHandle, Error, usage::Outcome};

use crate::{Record, Records, block_on, builder, wait_once, waiting};

#[test]
fn a_record_has_all_of_the_call() {
    let records = Records::default();
    let mut plugin = records.of(builder()).build().unwrap();
    plugin.call::<_, &str>("ask_twice", "12345").unwrap();
    let record = records.only();
    assert!(record.time >= record.guest_time + record.host_time);
    assert!(record.guest_time > Duration::ZERO && record.host_time > Duration::ZERO, "{record:?}");
    let expected = Record {
        id: Some(plugin.id()),
        export: "ask_twice".to_owned(),
        outcome: Outcome::Ok,
        input_bytes: 5,
        output_bytes: 5,
        fuel: None,
        host_calls: 2,
        http_requests: 0,
        ..record.clone()
    };
    assert_eq!(record, expected);
}

#[test]
fn calls_by_handle_with_context_and_in_a_new_instance_have_one_too() {
    let records = Records::default();
    let mut plugin = records.of(builder()).build().unwrap();
    let echo = plugin.export::<&str, &str>("echo").unwrap();
    echo.call(&mut plugin, "1").unwrap();
    block_on(echo.call_async(&mut plugin, "12")).unwrap();
    plugin.call_with_context::<_, &str, _>("echo", "123", 7).unwrap();
    block_on(plugin.call_with_context_async::<_, &str, _>("echo", "1234", 7)).unwrap();
    let bytes = |records: Vec<Record>| records.into_iter().map(|record| record.output_bytes).collect::<Vec<_>>();
    assert_eq!(bytes(records.take()), [1, 2, 3, 4]);
    for asynchronous in [false, true] {
        plugin.call::<_, ()>("trap", "").unwrap_err();
        match asynchronous {
            true => block_on(plugin.call_async::<_, &str>("echo", "12345")).unwrap(),
            false => plugin.call::<_, &str>("echo", "12345").unwrap(),
        };
        assert_eq!(bytes(records.take()), [0, 5]);
    }
}

#[test]
fn it_runs_on_the_thread_of_the_call_which_is_over() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (records, handle) = (Arc::clone(&seen), Arc::new(Mutex::new(None::<CancelHandle>)));
    let cancel = Arc::clone(&handle);
    let mut plugin = builder()
        .with_on_call(move |record| {
            let _ = cancel.lock().unwrap().as_ref().map(CancelHandle::cancel);
            records.lock().unwrap().push((record.outcome, thread::current().id()));
        })
        .build()
        .unwrap();
    *handle.lock().unwrap() = Some(plugin.cancel_handle());
    plugin.call::<_, &str>("echo", "").unwrap();
    assert_eq!(*seen.lock().unwrap(), [(Outcome::Ok, thread::current().id())]);
    // The call that it cancelled was over; the next call is not affected.
    plugin.call::<_, &str>("echo", "").unwrap();
    let other = thread::spawn(move || {
        let call = plugin.call_async::<_, &str>("echo", "");
        drop(call);
        thread::current().id()
    });
    let other = other.join().unwrap();
    assert_eq!(seen.lock().unwrap()[2], (Outcome::Dropped, other));
}

#[test]
fn a_slow_one_is_outside_of_the_calls_limit() {
    let builder = builder().with_timeout(Duration::from_millis(500));
    let mut plugin = builder.with_on_call(|_| thread::sleep(Duration::from_millis(700))).build().unwrap();
    assert_eq!(plugin.call::<_, &str>("echo", "a").unwrap(), "a");
    assert_eq!(block_on(plugin.call_async::<_, &str>("echo", "a")).unwrap(), "a");
}

#[test]
fn one_that_panics_changes_no_result() {
    struct PanicsToo;
    impl Drop for PanicsToo {
        fn drop(&mut self) {
            panic!("while the panic is dropped");
        }
    }
    let count = Arc::new(AtomicUsize::new(0));
    let calls = Arc::clone(&count);
    let mut plugin = waiting(wait_once)
        .with_on_call(move |_| match calls.fetch_add(1, Ordering::SeqCst) % 2 {
            0 => panic!("on purpose"),
            _ => std::panic::panic_any(PanicsToo),
        })
        .build()
        .unwrap();
    for _ in 0..2 {
        assert_eq!(plugin.call::<_, &str>("echo", "a").unwrap(), "a");
        assert!(matches!(plugin.call::<_, ()>("trap", "a"), Err(Error::Trap { .. })));
        assert_eq!(block_on(plugin.call_async::<_, &str>("ask", "a")).unwrap(), "a");
        drop(plugin.call_async::<_, ()>("echo", "a"));
        // Also while another panic unwinds.
        let unwinding = || {
            let _call = plugin.call_async::<_, ()>("echo", "a");
            panic!("of the program");
        };
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(unwinding)).unwrap_err();
    }
    assert_eq!(count.load(Ordering::SeqCst), 10);
    assert_eq!(plugin.usage().calls.total(), 10);
}

#[test]
fn it_may_call_plugins_itself() {
    let mut inner = builder().build().unwrap();
    inner.call::<_, &str>("echo", "").unwrap();
    let inner = Mutex::new(inner);
    let mut plugin = builder()
        .with_on_call(move |record| {
            let text = inner.lock().unwrap().call::<_, String>("echo", record.export).unwrap();
            assert_eq!(text, "echo");
        })
        .build()
        .unwrap();
    plugin.call::<_, &str>("echo", "").unwrap();
}
