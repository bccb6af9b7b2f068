//! Tests very many calls that end in the middle, and what they leave behind.

use std::{
    future::poll_fn,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{CompiledPlugin, Engine, Error, Plugin, PluginBuilder};

use crate::{block_on, poll_once, wait, waiting, wat};

/// The number of existing futures of host functions.
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// Waits a few times, waking the task each time.
fn few_waits() -> impl Future<Output = ()> + Send {
    struct Counted;
    impl Drop for Counted {
        fn drop(&mut self) {
            WAITING.fetch_sub(1, Ordering::SeqCst);
        }
    }
    WAITING.fetch_add(1, Ordering::SeqCst);
    let (counted, mut polls) = (Counted, 0);
    poll_fn(move |context| {
        let _ = &counted;
        polls += 1;
        context.waker().wake_by_ref();
        if polls < 4 { Poll::Pending } else { Poll::Ready(()) }
    })
}

/// A pseudo-random sequence of numbers.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// Runs this test again in a process without other tests; returns whether it already is in one.
fn is_alone(test: &str) -> bool {
    if std::env::var_os("EXTISM_TEST_ALONE").is_some() {
        return true;
    }
    let mut process = std::process::Command::new(std::env::current_exe().unwrap());
    let output = process.args(["--exact", test]).env("EXTISM_TEST_ALONE", "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    false
}

/// Returns a number from this process's status: its threads, or the KiB of its address space.
fn status(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().unwrap()
}

/// Drops calls at random points: before the first poll, while the guest runs, while a host function waits, at the end.
fn drop_calls(plugins: &mut [Plugin], count: usize, numbers: &mut Numbers) -> usize {
    let mut ended = 0;
    for _ in 0..count {
        let plugin = &mut plugins[numbers.below(plugins.len() as u64) as usize];
        let mut call = plugin.call_async::<_, &str>("wait", "text");
        for _ in 0..numbers.below(7) {
            if let Poll::Ready(result) = poll_once(&mut call) {
                assert_eq!(result.unwrap(), "waited: text");
                ended += 1;
                break;
            }
        }
    }
    ended
}

#[test]
#[cfg(target_os = "linux")]
fn a_hundred_thousand_dropped_calls_leave_nothing_behind() {
    const CALLS: usize = 100_000;
    if !is_alone("storms::a_hundred_thousand_dropped_calls_leave_nothing_behind") {
        return;
    }
    let engine = Engine::builder().with_pool_size(8).build().unwrap();
    let compiled = waiting(wait(few_waits)).with_engine(&engine).compile().unwrap();
    let mut plugins: Vec<_> = (0..4).map(|_| compiled.instantiate().unwrap()).collect();
    for (number, plugin) in plugins.iter_mut().enumerate() {
        plugin.call::<_, ()>("remember", number.to_string()).unwrap();
    }
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    drop_calls(&mut plugins, 100, &mut numbers);
    let (threads, addresses) = (status("Threads"), status("VmSize"));
    let ended = drop_calls(&mut plugins, CALLS, &mut numbers);
    assert!(ended > CALLS / 10 && ended < CALLS - CALLS / 10, "{ended}");
    assert_eq!(WAITING.load(Ordering::SeqCst), 0, "host functions' futures");
    // The clock's thread may have begun or ended meanwhile.
    assert!(status("Threads") <= threads + 2, "{} threads instead of {threads}", status("Threads"));
    for (number, plugin) in plugins.iter_mut().enumerate() {
        assert_eq!(block_on(plugin.call_async::<_, &str>("wait", "text")).unwrap(), "waited: text");
        assert_eq!(plugin.call::<_, &str>("recall", "").unwrap(), number.to_string());
    }
    // All of the pool's places and stacks are free again: an instance outside of it would reserve its own addresses.
    drop(plugins);
    let mut all: Vec<_> = (0..8).map(|_| compiled.instantiate().unwrap()).collect();
    for plugin in &mut all {
        assert_eq!(block_on(plugin.call_async::<_, &str>("wait", "text")).unwrap(), "waited: text");
    }
    assert!(status("VmSize") < addresses + (1 << 20), "{} KiB instead of {addresses}", status("VmSize"));
    let ninth = compiled.instantiate().unwrap();
    assert!(status("VmSize") > addresses + (1 << 20), "the measure itself works");
    drop(ninth);
}

#[test]
fn calls_of_many_threads_end_in_the_middle() {
    let compiled = Arc::new(CompiledPlugin::new(wat("")).unwrap());
    thread::scope(|scope| {
        for number in 1..5 {
            let compiled = Arc::clone(&compiled);
            scope.spawn(move || {
                let mut numbers = Numbers(number);
                let mut plugin = compiled.instantiate().unwrap();
                plugin.call::<_, ()>("remember", number.to_string()).unwrap();
                let cancel = plugin.cancel_handle();
                for _ in 0..200 {
                    let mut call = plugin.call_async::<_, ()>("spin", "");
                    if numbers.below(2) == 0 {
                        assert!(poll_once(&mut call).is_pending());
                    }
                    match numbers.below(3) {
                        0 => drop(call),
                        1 => {
                            assert!(cancel.cancel());
                            assert!(matches!(block_on(call), Err(Error::Cancelled { .. })));
                        }
                        _ => {
                            // Another thread polls and drops it.
                            thread::scope(|scope| scope.spawn(move || drop(poll_once(&mut call))).join().unwrap());
                        }
                    }
                }
                assert_eq!(plugin.call::<_, &str>("recall", "").unwrap(), number.to_string());
            });
        }
    });
}

#[test]
fn leaked_calls_leave_stacks_for_others() {
    let engine = Engine::builder().with_pool_size(2).build().unwrap();
    let plain = PluginBuilder::new(wat("")).with_engine(&engine).compile().unwrap();
    let async_functions = waiting(wait(few_waits)).with_engine(&engine).compile().unwrap();
    let mut leaking = plain.instantiate().unwrap();
    // It has run before, so that it cannot be replaced later.
    let mut used = plain.instantiate().unwrap();
    used.call::<_, ()>("remember", "used").unwrap();
    for _ in 0..4 {
        let mut spinning = leaking.call_async::<_, ()>("spin", "");
        assert!(poll_once(&mut spinning).is_pending());
        std::mem::forget(spinning);
        block_on(leaking.call_async::<_, ()>("remember", "leaked")).unwrap();
    }
    assert_eq!(block_on(leaking.call_async::<_, &str>("recall", "")).unwrap(), "leaked");
    assert_eq!(block_on(used.call_async::<_, &str>("recall", "")).unwrap(), "used");
    drop((leaking, used));
    // New instances then have their own stacks, and yield the thread.
    let mut fresh = plain.instantiate().unwrap();
    let mut spinning = fresh.call_async::<_, ()>("spin", "");
    let began = Instant::now();
    while poll_once(&mut spinning).is_pending() && began.elapsed() < Duration::from_millis(50) {}
    drop(spinning);
    let mut waits = async_functions.instantiate().unwrap();
    assert_eq!(block_on(waits.call_async::<_, &str>("wait", "text")).unwrap(), "waited: text");
    assert_eq!(waits.call::<_, &str>("wait", "text").unwrap(), "waited: text");
}

#[test]
fn where_the_pool_is_used_up_instances_come_from_elsewhere() {
    let engine = Engine::builder().with_pool_size(1).build().unwrap();
    let compiled = PluginBuilder::new(wat("")).with_engine(&engine).compile().unwrap();
    let _first = compiled.instantiate().unwrap();
    block_on(async {
        let mut second = compiled.instantiate_async().await.unwrap();
        assert_eq!(second.call_async::<_, &str>("echo", "a").await.unwrap(), "a");
        assert!(matches!(second.call_async::<_, ()>("trap", "").await, Err(Error::Trap { .. })));
        // Created again within the call.
        assert_eq!(second.call_async::<_, &str>("echo", "b").await.unwrap(), "b");
    });
}

#[test]
fn compiling_for_a_call_when_the_pool_is_used_up_does_not_hold_the_thread() {
    let engine = Engine::builder().with_pool_size(1).with_cache(false).build().unwrap();
    let compiled =
        PluginBuilder::new(crate::guest("kitchen_sink.wasm")).with_engine(&engine).with_wasi(true).compile().unwrap();
    let mut first = compiled.instantiate().unwrap();
    drop(first.call::<_, ()>("nothing", ""));
    crate::on_one_thread(async {
        let second = tokio::spawn(async move { compiled.instantiate_async().await.map(drop) });
        let mut slept = 0;
        while !second.is_finished() {
            tokio::time::sleep(Duration::from_millis(1)).await;
            slept += 1;
        }
        second.await.unwrap().unwrap();
        assert!(slept > 1, "the thread was held");
    });
}
