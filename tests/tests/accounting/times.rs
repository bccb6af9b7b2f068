//! Tests how a call's time is divided.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use extism_runtime::{Function, Plugin, ValType, usage::Outcome};

use crate::{Records, block_on, builder, finish, poll_once, poll_until, wait_once, waiting, with_ask};

const SOME: Duration = Duration::from_millis(20);

#[test]
fn no_time_is_measured_while_nobody_wants_to_know() {
    let mut plugin = builder().build().unwrap();
    plugin.call::<_, &str>("ask", "a").unwrap();
    block_on(plugin.call_async::<_, &str>("ask", "a")).unwrap();
    let usage = plugin.usage();
    assert_eq!((usage.calls.get(Outcome::Ok), usage.host_calls), (2, 2));
    assert_eq!((usage.time, usage.guest_time, usage.host_time), Default::default());
}

#[test]
fn times_are_measured_for_counters_alone() {
    let mut plugin = builder().with_timing(true).build().unwrap();
    plugin.call::<_, &str>("ask", "a").unwrap();
    let first = plugin.usage();
    assert!(first.time > Duration::ZERO && first.host_time > Duration::ZERO && first.guest_time > Duration::ZERO);
    assert_eq!(first.time, first.host_time + first.guest_time);
    block_on(plugin.call_async::<_, &str>("ask", "a")).unwrap();
    assert!(plugin.usage().guest_time > first.guest_time && plugin.usage().host_time > first.host_time);
    let mut off = builder().with_timing(true).with_timing(false).build().unwrap();
    off.call::<_, &str>("ask", "a").unwrap();
    assert_eq!(off.usage().time, Duration::ZERO);
}

/// The host function `ask`, which calls another plug-in.
fn calling(inner: Plugin) -> Function {
    let inner = Mutex::new(inner);
    Function::new("ask", [ValType::I64], [ValType::I64], move |plugin, arguments, results| {
        let text: String = plugin.get(&arguments[0])?;
        let text = inner.lock().unwrap().call::<_, String>("ask", text)?;
        results[0] = plugin.put(text)?;
        Ok(())
    })
}

#[test]
fn the_time_of_a_call_within_a_call_is_host_time_of_the_outer_one() {
    let (inner_records, outer_records) = (Records::default(), Records::default());
    let sleeping = Function::new("ask", [ValType::I64], [ValType::I64], |_, arguments, results| {
        thread::sleep(SOME);
        results[0] = arguments[0];
        Ok(())
    });
    let inner = inner_records.of(with_ask(sleeping)).build().unwrap();
    let mut outer = outer_records.of(with_ask(calling(inner))).build().unwrap();
    for asynchronous in [false, true] {
        match asynchronous {
            true => block_on(outer.call_async::<_, &str>("ask", "a")).unwrap(),
            false => outer.call::<_, &str>("ask", "a").unwrap(),
        };
        let (inner, outer) = (inner_records.only(), outer_records.only());
        assert!(inner.host_time >= SOME && inner.time >= inner.host_time, "{inner:?}");
        assert!(outer.host_time >= inner.time, "{outer:?} {inner:?}");
        assert_eq!((inner.host_calls, outer.host_calls), (1, 1));
    }
}

#[test]
fn what_an_async_host_function_waits_is_host_time_for_each_of_the_calls_that_overlap() {
    let records = Records::default();
    let asked = Arc::new(AtomicUsize::new(0));
    let asks = Arc::clone(&asked);
    let wait = move || {
        asks.fetch_add(1, Ordering::SeqCst);
        wait_once()
    };
    let compiled = records.of(waiting(wait)).compile().unwrap();
    let mut plugins = [compiled.instantiate().unwrap(), compiled.instantiate().unwrap()];
    let [first, second] = &mut plugins;
    let mut calls = [first.call_async::<_, String>("ask", "a"), second.call_async::<_, String>("ask", "b")];
    for (number, call) in calls.iter_mut().enumerate() {
        poll_until(call, || asked.load(Ordering::SeqCst) > number);
    }
    thread::sleep(SOME);
    calls.iter_mut().for_each(|call| drop(finish(call).unwrap()));
    for record in records.take() {
        assert!(record.host_time >= SOME && record.time >= record.host_time, "{record:?}");
    }
    let usage = compiled.usage();
    assert!(usage.host_time >= 2 * SOME && usage.time >= usage.host_time, "{usage:?}");
}

#[test]
fn a_future_that_is_not_polled_spends_no_time_in_the_plugin() {
    let records = Records::default();
    let mut plugin = records.of(builder()).build().unwrap();
    // Before its first poll.
    let mut call = plugin.call_async::<_, String>("echo", "a");
    thread::sleep(SOME);
    finish(&mut call).unwrap();
    drop(call);
    let record = records.only();
    assert!(record.time >= record.guest_time + SOME, "{record:?}");
    // Where the clock's tick has interrupted it.
    let mut call = plugin.call_async::<_, String>("spin", "a");
    assert!(poll_once(&mut call).is_pending());
    thread::sleep(SOME);
    drop(call);
    let record = records.only();
    assert_eq!(record.outcome, Outcome::Dropped);
    assert!(record.guest_time > Duration::ZERO && record.time >= record.guest_time + SOME, "{record:?}");
}

#[test]
fn after_a_host_function_the_time_is_the_plugins_again() {
    let records = Records::default();
    let mut plugin = records.of(builder()).with_timeout(Duration::from_millis(300)).build().unwrap();
    plugin.call::<_, ()>("ask_and_spin", "a").unwrap_err();
    let record = records.only();
    assert_eq!((record.outcome, record.host_calls), (Outcome::Timeout, 1));
    assert!(record.guest_time >= Duration::from_millis(100), "{record:?}");
}
