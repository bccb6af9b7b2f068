//! Tests many threads and tasks at once: no call is lost.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use extism_runtime::usage::Outcome;

use crate::{block_on, poll_once, wait_once, waiting};

const THREADS: u64 = 8;
const ROUNDS: u64 = 60;

#[test]
fn no_call_is_lost_while_instances_come_and_go() {
    let recorded = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&recorded);
    let asked = Arc::new(AtomicU64::new(0));
    let asks = Arc::clone(&asked);
    let wait = move || {
        asks.fetch_add(1, Ordering::Relaxed);
        wait_once()
    };
    let compiled = waiting(wait).with_on_call(move |_| _ = count.fetch_add(1, Ordering::Relaxed)).compile().unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut last = compiled.usage();
            while !done.load(Ordering::Relaxed) {
                let usage = compiled.usage();
                let grows = last.calls.iter().zip(usage.calls.iter()).all(|((_, last), (_, now))| last <= now);
                assert!(grows && last.input_bytes <= usage.input_bytes && last.host_calls <= usage.host_calls);
                assert!(usage.instances <= THREADS + 1);
                last = usage;
            }
        });
        let callers: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    for round in 0..ROUNDS {
                        let mut plugin = compiled.instantiate().unwrap();
                        plugin.call::<_, ()>("echo", "12345").unwrap();
                        block_on(plugin.call_async::<_, ()>("ask", "12345")).unwrap();
                        plugin.call::<_, ()>("trap", "12345").unwrap_err();
                        let mut call = plugin.call_async::<_, ()>("ask", "12345");
                        if round % 2 == 0 {
                            assert!(poll_once(&mut call).is_pending());
                        }
                        drop(call);
                    }
                })
            })
            .collect();
        for caller in callers {
            caller.join().unwrap();
        }
        done.store(true, Ordering::Relaxed);
        reader.join().unwrap();
    });
    let (usage, each) = (compiled.usage(), THREADS * ROUNDS);
    let calls: Vec<_> = usage.calls.iter().filter(|(_, count)| *count > 0).collect();
    assert_eq!(calls, [(Outcome::Ok, 2 * each), (Outcome::Trap, each), (Outcome::Dropped, each)]);
    // The encoded input of a call whose instance is never created does not count.
    assert_eq!(usage.input_bytes, 5 * (3 * each + each / 2));
    // Some of those that were polled once may have been interrupted earlier.
    assert_eq!(usage.host_calls, asked.load(Ordering::Relaxed));
    assert_eq!((usage.instances, usage.memory_bytes, usage.var_bytes), (0, 0, 0));
    assert_eq!(recorded.load(Ordering::Relaxed), 4 * each);
}
