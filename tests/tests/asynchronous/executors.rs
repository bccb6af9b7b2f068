use std::time::{Duration, Instant};

use extism_runtime::Error;

use crate::{block_on, compiled, limited, on_many_threads, on_one_thread};

/// Ten calls in turn, and two at the same time.
async fn calls() {
    let compiled = compiled();
    let (mut first, mut second) = (compiled.instantiate_async().await.unwrap(), compiled.instantiate().unwrap());
    for round in 0..10 {
        let text = format!("round {round}");
        assert_eq!(first.call_async::<_, &str>("echo", &text).await.unwrap(), text);
    }
    let (one, two) =
        futures_util::future::join(first.call_async::<_, &str>("echo", "1"), second.call_async::<_, &str>("echo", "2"))
            .await;
    assert_eq!((one.unwrap(), two.unwrap()), ("1", "2"));
}

#[test]
fn every_executor_runs_calls() {
    block_on(calls());
    on_one_thread(calls());
    on_many_threads(async { tokio::spawn(calls()).await.unwrap() });
    smol::block_on(calls());
    smol::block_on(smol::Executor::new().run(calls()));
}

/// Two endless loops until their time limit.
async fn two_endless_loops() {
    let (mut first, mut second) =
        (limited(Duration::from_millis(2500)).build().unwrap(), limited(Duration::from_millis(2500)).build().unwrap());
    let (one, two) =
        futures_util::future::join(first.call_async::<_, ()>("spin", ""), second.call_async::<_, ()>("spin", "")).await;
    assert!(matches!((one, two), (Err(Error::Timeout { .. }), Err(Error::Timeout { .. }))));
}

#[test]
fn endless_plugins_leave_time_for_timers_on_tokios_only_thread() {
    on_one_thread(async {
        let began = Instant::now();
        let loops = tokio::spawn(two_endless_loops());
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let elapsed = began.elapsed();
        assert!(!loops.is_finished(), "the loops held the thread: {elapsed:?}");
        loops.await.unwrap();
    });
}

#[test]
fn endless_plugins_leave_time_for_other_tasks_on_other_executors() {
    let ended = std::cell::Cell::new(false);
    let executor = smol::LocalExecutor::new();
    let loops = executor.spawn(async {
        two_endless_loops().await;
        ended.set(true);
    });
    let timers = executor.spawn(async {
        for _ in 0..10 {
            smol::Timer::after(Duration::from_millis(1)).await;
        }
        assert!(!ended.get(), "the loops held the thread");
    });
    smol::block_on(executor.run(futures_util::future::join(loops, timers)));
}
