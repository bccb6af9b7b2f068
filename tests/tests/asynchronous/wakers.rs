//! Tests executors that misbehave.

use std::{
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{Error, Plugin};

use crate::{block_on, limited, plugin, poll_once, wait, waiting};

/// A waker that panics when it wakes.
struct Broken;

impl Wake for Broken {
    fn wake(self: Arc<Self>) {
        panic!("a broken waker");
    }
}

fn poll_with<F: Future + Unpin>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

/// Polls with a broken waker until the call ends.
fn end_with_broken_waker<F: Future + Unpin>(mut future: F) -> F::Output {
    let (waker, began) = (Waker::from(Arc::new(Broken)), Instant::now());
    loop {
        match catch_unwind(AssertUnwindSafe(|| poll_with(&mut future, &waker))).expect("the panic does not get out") {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::sleep(Duration::from_millis(1)),
        }
        assert!(began.elapsed() < Duration::from_secs(20));
    }
}

fn assert_works(plugin: &mut Plugin) {
    assert_eq!(block_on(plugin.call_async::<_, &str>("echo", "alive")).unwrap(), "alive");
    assert_eq!(plugin.call::<_, &str>("echo", "alive").unwrap(), "alive");
}

#[test]
fn a_waker_that_panics_does_not_keep_deadlines_from_others() {
    let mut spinning = limited(Duration::from_millis(30)).build().unwrap();
    let mut waits = waiting(wait(pending)).with_timeout(Duration::from_millis(30)).build().unwrap();
    for _ in 0..3 {
        assert!(matches!(end_with_broken_waker(spinning.call_async::<_, ()>("spin", "")), Err(Error::Timeout { .. })));
        assert!(matches!(end_with_broken_waker(waits.call_async::<_, ()>("wait", "")), Err(Error::Timeout { .. })));
        // The clock continues.
        assert!(matches!(block_on(waits.call_async::<_, ()>("wait", "")), Err(Error::Timeout { .. })));
    }
    assert_works(&mut spinning);
    assert_works(&mut waits);
}

#[test]
fn a_waker_that_panics_is_not_the_problem_of_who_cancels() {
    let mut plugin = waiting(wait(pending)).build().unwrap();
    let cancel = plugin.cancel_handle();
    let mut call = plugin.call_async::<_, ()>("wait", "");
    assert!(poll_with(&mut call, &Waker::from(Arc::new(Broken))).is_pending());
    assert!(cancel.cancel());
    assert!(matches!(poll_once(&mut call), Poll::Ready(Err(Error::Cancelled { .. }))));
    drop(call);
    assert_works(&mut plugin);
}

/// Counts how often it woke.
#[derive(Default)]
struct Counting(AtomicUsize);

impl Wake for Counting {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn wait_until(condition: impl Fn() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < Duration::from_secs(20));
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn the_last_waker_is_the_one_that_is_woken() {
    let mut plugin = waiting(wait(pending)).with_timeout(Duration::from_millis(100)).build().unwrap();
    let cancel = plugin.cancel_handle();
    let wakers = [Arc::new(Counting::default()), Arc::new(Counting::default())];
    let counts = || wakers.each_ref().map(|waker| waker.0.load(Ordering::SeqCst));
    let mut call = plugin.call_async::<_, ()>("wait", "");
    for waker in &wakers {
        assert!(poll_with(&mut call, &Waker::from(Arc::clone(waker))).is_pending());
    }
    assert!(cancel.cancel());
    assert_eq!(counts(), [0, 1]);
    // The deadline wakes it too, though nobody polled it since.
    wait_until(|| counts() == [0, 2]);
    drop(call);
    // Nothing that could be woken is left.
    assert!(wakers.iter().all(|waker| Arc::strong_count(waker) == 1));
}

#[test]
fn a_call_that_ends_wakes_nobody_later() {
    let waker = Arc::new(Counting::default());
    let mut plugin = limited(Duration::from_millis(50)).build().unwrap();
    let mut call = plugin.call_async::<_, ()>("spin", "");
    while poll_with(&mut call, &Waker::from(Arc::clone(&waker))).is_pending() {}
    drop(call);
    assert_eq!(Arc::strong_count(&waker), 1);
}

#[test]
fn a_future_that_is_never_polled_again_ends_when_it_is_dropped() {
    let mut plugin = plugin();
    let mut call = plugin.call_async::<_, ()>("spin", "");
    assert!(poll_once(&mut call).is_pending());
    thread::sleep(Duration::from_millis(20));
    drop(call);
    assert_works(&mut plugin);
}

#[test]
fn a_future_that_is_polled_after_its_end_stays_pending() {
    let mut plugin = plugin();
    let mut call = plugin.call_async::<_, &str>("echo", "a");
    assert_eq!(block_on(&mut call).unwrap(), "a");
    assert!(poll_once(&mut call).is_pending());
    drop(call);
    let mut failed = plugin.call_async::<_, &str>("nothing", "a");
    assert!(block_on(&mut failed).is_err());
    assert!(poll_once(&mut failed).is_pending());
}
