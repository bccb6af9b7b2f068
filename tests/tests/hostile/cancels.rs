//! Tests that a cancellation affects the running call and no other.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{Engine, Error};

use crate::{
    assert_works, error_of,
    isolation::{AGES, mixed},
};

#[test]
fn a_cancel_meets_the_call_that_runs_and_no_other() {
    let engine = Engine::builder().build().expect("an engine");
    let compiled = mixed(&engine, AGES);
    let (mut plugin, mut neighbour) =
        (compiled.instantiate().expect("an instance"), compiled.instantiate().expect("an instance"));
    let handle = plugin.cancel_handle();
    let (stop, cancelled) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    thread::scope(|scope| {
        let (stopped, count) = (Arc::clone(&stop), Arc::clone(&cancelled));
        scope.spawn(move || {
            while !stopped.load(Ordering::SeqCst) {
                if handle.cancel() {
                    count.fetch_add(1, Ordering::SeqCst);
                }
                thread::sleep(Duration::from_micros(200));
            }
        });
        let finished = Arc::clone(&stop);
        scope.spawn(move || {
            while !finished.load(Ordering::SeqCst) {
                assert_eq!(neighbour.call::<_, i64>("good", "abc").expect("nobody cancels it"), 294);
            }
        });
        let mut seen = 0;
        let end = Instant::now() + AGES;
        while seen < 100 && Instant::now() < end {
            let error = error_of(&mut plugin, "spin", b"");
            assert!(matches!(error, Error::Cancelled { .. }), "{error}");
            seen += 1;
            // A short call may end before the cancellation reaches it, or be cancelled; nothing else may happen.
            match plugin.call::<_, i64>("good", "abc") {
                Ok(sum) => assert_eq!(sum, 294),
                Err(error) => assert!(matches!(error, Error::Cancelled { .. }), "{error}"),
            }
        }
        stop.store(true, Ordering::SeqCst);
        assert_eq!(seen, 100);
    });
    assert!(cancelled.load(Ordering::SeqCst) >= 100, "each spinning call ended by one");
    assert_works(&mut plugin);
}

#[test]
fn cancels_from_many_threads_end_one_call_once() {
    let engine = Engine::builder().build().expect("an engine");
    let mut plugin = mixed(&engine, AGES).instantiate().expect("an instance");
    for _ in 0..20 {
        let handle = plugin.cancel_handle();
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..8 {
                let (handle, done) = (handle.clone(), &done);
                scope.spawn(move || {
                    while !done.load(Ordering::SeqCst) {
                        handle.cancel();
                        thread::yield_now();
                    }
                });
            }
            assert!(matches!(error_of(&mut plugin, "spin", b""), Error::Cancelled { .. }));
            done.store(true, Ordering::SeqCst);
        });
        assert!(!handle.cancel(), "nothing runs any more");
        assert_works(&mut plugin);
    }
}
