use std::{
    task::Poll,
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{Error, Plugin};

use crate::{block_on, compiled, guest, limited, plugin, poll_once};

#[test]
fn a_call_that_needs_no_wait_ends_at_its_first_poll() {
    let mut plugin = plugin();
    let echo = plugin.export::<&str, &str>("echo").unwrap();
    let mut ended = 0;
    for _ in 0..20 {
        if let Poll::Ready(output) = poll_once(&mut plugin.call_async::<_, &str>("echo", "hello")) {
            assert_eq!(output.unwrap(), "hello");
            ended += 1;
        }
        if let Poll::Ready(output) = poll_once(&mut echo.call_async(&mut plugin, "again")) {
            assert_eq!(output.unwrap(), "again");
            ended += 1;
        }
        // Ticks of the clock between calls are not a reason to wait.
        thread::sleep(Duration::from_millis(3));
    }
    // A tick during the call is, which is rare unless the machine is busy.
    assert!(ended >= 20, "{ended} of 40");
}

#[test]
fn a_future_takes_input_and_gives_output_that_cannot_move_between_threads() {
    fn sendable<F: Send>(future: F) -> F {
        future
    }
    struct Local(std::rc::Rc<str>);
    impl extism_runtime::Encode for Local {
        fn encode(&self, out: &mut extism_runtime::codec::Writer<'_>) -> Result<(), extism_runtime::codec::CodecError> {
            self.0.encode(out)
        }
    }
    impl extism_runtime::Decode<'_> for Local {
        fn decode(bytes: &[u8]) -> Result<Self, extism_runtime::codec::CodecError> {
            Ok(Self(std::str::from_utf8(bytes).map_err(extism_runtime::codec::CodecError::new)?.into()))
        }
    }
    let mut plugin = plugin();
    let future = {
        let input = Local("encoded before the first poll".into());
        sendable(plugin.call_async::<_, Local>("echo", &input))
    };
    assert_eq!(&*block_on(future).unwrap().0, "encoded before the first poll");
}

#[test]
fn errors_are_those_of_plain_calls() {
    let mut plugin = limited(Duration::from_millis(30)).build().unwrap();
    let missing = block_on(plugin.call_async::<_, ()>("nothing", "")).unwrap_err();
    assert_eq!(missing.to_string(), plugin.call::<_, ()>("nothing", "").unwrap_err().to_string());
    let trap = block_on(plugin.call_async::<_, ()>("trap", "")).unwrap_err();
    assert_eq!(trap.to_string(), plugin.call::<_, ()>("trap", "").unwrap_err().to_string());
    let late = block_on(plugin.call_async::<_, ()>("spin", "")).unwrap_err();
    assert_eq!(late.to_string(), plugin.call::<_, ()>("spin", "").unwrap_err().to_string());
    let decoded = block_on(plugin.call_async::<_, u32>("echo", "")).unwrap_err();
    assert_eq!(decoded.to_string(), plugin.call::<_, u32>("echo", "").unwrap_err().to_string());
    let mut other = compiled().instantiate().unwrap();
    let foreign = plugin.export::<&str, &str>("echo").unwrap();
    assert!(matches!(block_on(foreign.call_async(&mut other, "")), Err(Error::Interface(_))));
}

#[test]
fn after_a_failure_the_next_call_runs_in_a_new_instance_with_the_variables() {
    let mut plugin = plugin();
    block_on(plugin.call_async::<_, ()>("remember", "this")).unwrap();
    for _ in 0..3 {
        assert!(matches!(block_on(plugin.call_async::<_, ()>("trap", "")), Err(Error::Trap { .. })));
        assert_eq!(block_on(plugin.call_async::<_, &str>("recall", "")).unwrap(), "this");
    }
}

#[test]
fn dropping_the_future_ends_the_call_and_keeps_the_variables() {
    let mut plugin = plugin();
    plugin.call::<_, ()>("remember", "this").unwrap();
    let cancel = plugin.cancel_handle();
    let mut spinning = plugin.call_async::<_, ()>("spin", "");
    assert!(poll_once(&mut spinning).is_pending());
    drop(spinning);
    assert!(!cancel.cancel(), "no call is running any more");
    assert_eq!(plugin.call::<_, &str>("recall", "").unwrap(), "this");
    // Before it has run, there is nothing to end.
    drop(plugin.call_async::<_, ()>("spin", ""));
    assert_eq!(block_on(plugin.call_async::<_, &str>("recall", "")).unwrap(), "this");
}

#[test]
fn a_call_is_cancelled_from_its_beginning_to_its_end() {
    let mut plugin = plugin();
    let cancel = plugin.cancel_handle();
    let call = plugin.call_async::<_, ()>("spin", "");
    assert!(cancel.cancel());
    assert!(matches!(block_on(call), Err(Error::Cancelled { .. })));
    assert!(!cancel.cancel());

    let mut call = plugin.call_async::<_, ()>("spin", "");
    assert!(poll_once(&mut call).is_pending());
    assert!(cancel.cancel());
    assert!(matches!(block_on(call), Err(Error::Cancelled { .. })));
    assert_eq!(plugin.call::<_, &str>("echo", "alive").unwrap(), "alive");
}

#[test]
fn the_time_of_a_future_that_is_never_polled_passes_too() {
    let mut plugin = limited(Duration::from_millis(20)).build().unwrap();
    let call = plugin.call_async::<_, &str>("echo", "");
    thread::sleep(Duration::from_millis(40));
    assert!(matches!(block_on(call), Err(Error::Timeout { .. })));
    assert_eq!(block_on(plugin.call_async::<_, &str>("echo", "alive")).unwrap(), "alive");
}

#[test]
fn a_leaked_future_costs_the_instance_alone() {
    let mut plugin = limited(Duration::from_secs(60)).build().unwrap();
    plugin.call::<_, ()>("remember", "this").unwrap();
    for _ in 0..3 {
        let mut spinning = plugin.call_async::<_, ()>("spin", "");
        assert!(poll_once(&mut spinning).is_pending());
        std::mem::forget(spinning);
        assert_eq!(block_on(plugin.call_async::<_, &str>("recall", "")).unwrap(), "this");
        // One that has not run yet does not cost the instance.
        std::mem::forget(plugin.call_async::<_, &str>("echo", "leaked"));
        assert_eq!(plugin.call::<_, &str>("recall", "").unwrap(), "this");
    }
}

#[test]
fn a_future_moves_between_threads_from_poll_to_poll() {
    let mut plugin = limited(Duration::from_millis(100)).build().unwrap();
    let mut spinning = plugin.call_async::<_, ()>("spin", "");
    let began = Instant::now();
    loop {
        let poll = thread::scope(|scope| scope.spawn(|| poll_once(&mut spinning)).join().unwrap());
        if let Poll::Ready(result) = poll {
            assert!(matches!(result, Err(Error::Timeout { .. })));
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn wasi_plugins_have_async_calls_too() {
    let mut wasi = Plugin::builder(guest("wasi_files.wasm")).with_wasi(true).build().unwrap();
    block_on(wasi.call_async::<_, ()>("sleep_ms", "5")).unwrap();
}

#[test]
fn single_calls_have_time_limits_and_contexts_of_their_own() {
    let mut plugin = limited(Duration::from_secs(60)).build().unwrap();
    let (spin, echo) = (plugin.export::<&str, ()>("spin").unwrap(), plugin.export::<&str, String>("echo").unwrap());
    let short = Duration::from_millis(20);
    let is_late = |result: Result<(), Error>| matches!(result, Err(Error::Timeout { limit, .. }) if limit == short);
    assert!(is_late(spin.call(&mut plugin.with_timeout(short), "")));
    assert!(is_late(block_on(plugin.with_timeout(short).call_async("spin", ""))));
    {
        let mut outer = plugin.with_timeout(short).with_context("context");
        assert!(is_late(block_on(spin.call_async(&mut outer, ""))));
        // An inner view cannot extend it.
        assert!(is_late(outer.with_timeout(Duration::from_secs(30)).call("spin", "")));
    }
    // Afterwards, the plug-in's own applies again.
    let call = echo.call_async(&mut plugin, "alive");
    thread::sleep(2 * short);
    assert_eq!(block_on(call).unwrap(), "alive");
    // The plug-in's own is the upper bound.
    let mut plugin = limited(short).build().unwrap();
    assert!(is_late(plugin.with_timeout(Duration::from_secs(60)).call("spin", "")));
}
