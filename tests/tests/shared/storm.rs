//! Tests many users at once that give up, panic and are cancelled at random: afterwards everything is in its place.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

use extism_runtime::{
    Error, Pool,
    pool::{PoolBuilder, Reuse},
};

use crate::{AGES, block_on, builder, compiled, poll_once};

/// Pseudo-random numbers, the same in each run.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }
}

/// Polls a future at most this many times, and then drops it.
async fn at_most<F: Future>(future: F, polls: u64) -> Option<F::Output> {
    let mut future = Box::pin(future);
    let mut left = polls;
    std::future::poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        context.waker().wake_by_ref();
        future.as_mut().poll(context).map(Some)
    })
    .await
}

/// The actions of one user, as a thread.
fn thread_step(pool: &Pool, random: &mut Random) {
    match random.below(8) {
        0 | 1 => check(pool.call::<_, String>("echo", "text")),
        2 => drop(pool.get(Duration::from_micros(random.below(300))).expect("no error but for a cancellation")),
        3 => drop(pool.try_get().unwrap()),
        4 => {
            let panics = catch_unwind(AssertUnwindSafe(|| {
                pool.with_plugin(|_| -> Result<(), Error> { std::panic::resume_unwind(Box::new("on purpose")) })
            }));
            assert!(!matches!(panics, Ok(Ok(()))));
        }
        5 => check(pool.call::<_, ()>("trap", "")),
        6 => {
            if let Some(mut plugin) = pool.try_get().unwrap() {
                let handle = plugin.cancel_handle();
                drop(plugin.call::<_, ()>("fail", ""));
                drop(plugin);
                assert!(!handle.cancel(), "its user is gone");
            }
        }
        _ => check(pool.with_plugin(|plugin| plugin.call::<_, String>("echo", "text"))),
    }
}

/// The actions of one user, as a task.
async fn task_step(pool: &Pool, random: &mut Random) {
    let polls = random.below(4);
    match random.below(5) {
        0 => check(pool.call_async::<_, String>("echo", "text").await),
        1 => at_most(pool.call_async::<_, ()>("spin", ""), polls).await.map_or((), check),
        2 => at_most(pool.call_async::<_, String>("echo", "text"), polls).await.map_or((), check),
        3 => drop(at_most(pool.get_async(Duration::from_micros(random.below(3000))), polls).await),
        _ => {
            if let Some(Ok(Some(mut plugin))) = at_most(pool.get_async(AGES), polls).await {
                let called = at_most(plugin.call_async::<_, &str>("echo", "text"), random.below(2)).await;
                assert!(!matches!(called, Some(Err(_))));
            }
        }
    }
}

/// Accepts only these errors.
fn check<T>(result: Result<T, Error>) {
    if let Err(error) = result {
        assert!(
            matches!(error, Error::Trap { .. } | Error::Busy { .. } | Error::Timeout { .. } | Error::Cancelled { .. }),
            "{error}"
        );
    }
}

fn storm(pool: &Pool, seed: u64) {
    const STEPS: usize = 100;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let tasks: Vec<_> = (0..24)
        .map(|task| {
            let pool = pool.clone();
            runtime.spawn(async move {
                let mut random = Random::new(seed * 1000 + task);
                for _ in 0..STEPS {
                    task_step(&pool, &mut random).await;
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || {
                let mut random = Random::new(seed * 1000 + 500 + thread);
                (0..STEPS).for_each(|_| thread_step(pool, &mut random));
            });
        }
    });
    runtime.block_on(async {
        for task in tasks {
            task.await.unwrap();
        }
    });
}

/// Checks that everything is back, and can be lent.
fn assert_complete(pool: &Pool, kept: bool) {
    let (instances, idle) = (pool.instances(), pool.idle_instances());
    assert_eq!((pool.waiting(), instances), (0, idle), "nothing is lent, and nobody waits");
    assert!(instances <= pool.max_instances() && (kept || instances == 0), "{instances}");
    let all: Vec<_> = std::iter::from_fn(|| pool.try_get().unwrap()).collect();
    assert_eq!(all.len(), pool.max_instances());
    drop(all);
    assert_eq!(pool.call::<_, String>("echo", "at last").unwrap(), "at last");
}

fn pool() -> PoolBuilder {
    Pool::builder(builder().with_timeout(Duration::from_secs(20)).compile().unwrap()).with_max_instances(3)
}

#[test]
fn after_a_storm_of_users_all_instances_are_back() {
    for (seed, reuse) in [(1, Reuse::Keep), (2, Reuse::ResetState), (3, Reuse::Fresh)] {
        let pool = pool().with_reuse(reuse).build();
        storm(&pool, seed);
        assert_complete(&pool, reuse != Reuse::Fresh);
    }
}

#[test]
fn after_a_storm_no_more_is_idle_than_may_be() {
    let pool = pool().with_max_idle(1).with_max_idle_time(Duration::from_millis(1)).build();
    storm(&pool, 4);
    assert!(pool.idle_instances() <= 1);
    assert_complete(&pool, true);
}

#[test]
fn a_storm_of_waiters_that_are_dropped_as_they_are_told_loses_no_wakeup() {
    /// Records that it was woken.
    #[derive(Default)]
    struct Woken(AtomicBool);
    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let pool = Pool::new(compiled(), 1);
    let mut random = Random::new(5);
    for round in 0..3000 {
        let user = pool.try_get().unwrap().unwrap_or_else(|| panic!("round {round}: it is free"));
        let woken: [Arc<Woken>; 5] = Default::default();
        let mut waiters: Vec<_> = woken
            .iter()
            .map(|woken| {
                let mut future = Box::pin(pool.get_async(AGES));
                let waker = Waker::from(Arc::clone(woken));
                assert!(future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
                Some(future)
            })
            .collect();
        // All but one of them are dropped, in any order, while the instance is returned.
        let survivor = random.below(5) as usize;
        let mut leaving: Vec<_> =
            (0..5).filter(|at| *at != survivor).filter_map(|at| waiters[at].take()).collect::<Vec<_>>();
        leaving.rotate_left(random.below(4) as usize);
        let spins = random.below(200);
        thread::scope(|scope| {
            scope.spawn(move || {
                (0..spins).for_each(|_| std::hint::spin_loop());
                drop(user);
            });
            drop(leaving);
        });
        assert!(woken[survivor].0.load(Ordering::SeqCst), "round {round}: told that there is an instance");
        let last = waiters[survivor].take().expect("it is there");
        let Poll::Ready(Ok(Some(_user))) = poll_once(Box::pin(last)) else { panic!("round {round}: it has it") };
    }
    assert_complete(&pool, true);
}

#[test]
fn a_hundred_thousand_futures_that_are_dropped_at_random_points_keep_no_instance() {
    let pool = Pool::new(compiled(), 2);
    thread::scope(|scope| {
        for seed in 0..4 {
            let pool = &pool;
            scope.spawn(move || {
                let mut random = Random::new(seed);
                // Several at a time, so that some wait for the others.
                let mut calls = Vec::new();
                for _ in 0..25_000 {
                    calls.push(Box::pin(pool.call_async::<_, String>("echo", "text")));
                    let at = random.below(calls.len() as u64) as usize;
                    if poll_once(calls[at].as_mut()).is_ready() || calls.len() > 3 {
                        drop(calls.swap_remove(random.below(calls.len() as u64) as usize));
                    }
                }
            });
        }
    });
    assert_complete(&pool, true);
}

#[test]
fn threads_that_time_out_as_they_are_told_lose_no_wakeup() {
    let pool = Pool::new(compiled(), 1);
    let served = AtomicUsize::new(0);
    thread::scope(|scope| {
        for seed in 0..6 {
            let (pool, served) = (&pool, &served);
            scope.spawn(move || {
                let mut random = Random::new(seed);
                for _ in 0..300 {
                    let timeout = Duration::from_micros(random.below(120));
                    if let Some(_user) = pool.get(timeout).unwrap() {
                        served.fetch_add(1, Ordering::SeqCst);
                        thread::sleep(Duration::from_micros(random.below(60)));
                    }
                }
            });
        }
        // One that waits for long enough is always served.
        for _ in 0..100 {
            assert!(pool.get(AGES).unwrap().is_some());
            assert!(block_on(pool.get_async(AGES)).unwrap().is_some());
        }
    });
    assert!(served.into_inner() > 0);
    assert_complete(&pool, true);
}
