//! Tests that each pool has its own account, and that calls without an instance count too.

use std::{
    collections::HashMap,
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use extism_runtime::{
    CompiledPlugin, Json, Pool,
    pool::Reuse,
    usage::{Outcome, Usage},
};
use tracing::level_filters::LevelFilter;

use crate::{Records, block_on, builder, poll_once, subscriber::Collector, wait_once, waiting};

fn counts(usage: &Usage) -> Vec<(Outcome, u64)> {
    usage.calls.iter().filter(|(_, count)| *count > 0).collect()
}

/// A pool of one instance with a short waiting time.
fn small(compiled: CompiledPlugin) -> Pool {
    Pool::builder(compiled).with_max_instances(1).with_max_wait(Duration::from_millis(20)).build()
}

#[test]
fn a_call_that_gets_no_instance_is_busy() {
    let (records, collector) = (Records::default(), Collector::new(LevelFilter::DEBUG));
    let pool = small(records.of(builder()).compile().unwrap());
    let taken = pool.get(Duration::ZERO).unwrap().expect("it is idle");
    collector.within(|| {
        pool.call::<_, ()>("echo", "").unwrap_err();
        block_on(pool.call_async::<_, ()>("echo", "")).unwrap_err();
    });
    for record in records.take() {
        assert_eq!((record.id, &*record.export, record.outcome), (None, "echo", Outcome::Busy));
    }
    let outcomes: Vec<_> = collector.calls().iter().map(|call| call.field("outcome").to_owned()).collect();
    assert_eq!(outcomes, ["busy", "busy"]);
    assert_eq!(counts(&pool.usage()), [(Outcome::Busy, 2)]);
    drop(taken);
    pool.call::<_, ()>("echo", "").unwrap();
    assert_eq!(counts(&pool.compiled().usage()), [(Outcome::Ok, 1), (Outcome::Busy, 2)]);
}

#[test]
fn a_call_whose_own_limit_ends_the_waiting_is_timed_out() {
    let compiled = builder().with_timeout(Duration::from_millis(20)).compile().unwrap();
    let pool = Pool::builder(compiled).with_max_instances(1).with_max_wait(Duration::from_secs(60)).build();
    let _taken = pool.get(Duration::ZERO).unwrap();
    pool.call::<_, ()>("echo", "").unwrap_err();
    block_on(pool.call_async::<_, ()>("echo", "")).unwrap_err();
    assert_eq!(counts(&pool.usage()), [(Outcome::Timeout, 2)]);
}

#[test]
fn each_way_to_end_a_shared_call_is_counted_recorded_and_in_a_span() {
    let (records, collector) = (Records::default(), Collector::new(LevelFilter::DEBUG));
    let pool = Pool::new(records.of(waiting(wait_once)).compile().unwrap(), 2);
    let call = |name, input: &str| block_on(pool.call_async::<_, String>(name, input));
    collector.within(|| {
        assert_eq!(call("ask", "123").unwrap(), "123");
        call("fail", "").unwrap_err();
        call("trap", "").unwrap_err();
        block_on(pool.call_async::<_, Json<u8>>("echo", "none")).unwrap_err();
        block_on(pool.call_async::<_, ()>("echo", Json(HashMap::from([((1, 2), 3)])))).unwrap_err();
        assert_eq!(pool.call::<_, String>("echo", "1234").unwrap(), "1234");
    });
    let expected = [Outcome::Ok, Outcome::Guest, Outcome::Trap, Outcome::Decode, Outcome::Encode, Outcome::Ok];
    let spans = collector.calls();
    assert_eq!(records.lock().iter().map(|record| record.outcome).collect::<Vec<_>>(), expected);
    assert_eq!(spans.iter().map(|span| span.field("outcome")).collect::<Vec<_>>(), expected.map(Outcome::name));
    assert!(spans.iter().all(|span| span.is_closed() && span.depth == 0), "{spans:?}");
    let first = &records.take()[0];
    assert_eq!((first.input_bytes, first.output_bytes, first.host_calls), (3, 3, 1));
    let usage = pool.usage();
    assert_eq!((usage.calls.total(), usage.calls.get(Outcome::Ok)), (6, 2));
    assert_eq!((usage.input_bytes, usage.output_bytes), (3 + 4 + 4, 3 + 4 + 4));
}

#[test]
fn a_shared_call_that_is_dropped_counts_wherever_it_was() {
    let records = Records::default();
    let pool = small(records.of(waiting(pending)).compile().unwrap());
    // Before its first poll.
    drop(pool.call_async::<_, ()>("ask", "1"));
    let record = records.only();
    assert_eq!((record.outcome, record.id), (Outcome::Dropped, None));
    // In a host function.
    let mut call = pool.call_async::<_, ()>("ask", "1");
    assert!(poll_once(&mut call).is_pending());
    // While it waits for an instance.
    let mut second = pool.call_async::<_, ()>("ask", "1");
    assert!(poll_once(&mut second).is_pending());
    drop(second);
    assert_eq!(records.only().id, None);
    drop(call);
    assert!(records.only().id.is_some());
    assert_eq!(counts(&pool.usage()), [(Outcome::Dropped, 3)]);
}

#[test]
fn pools_of_one_plugin_have_accounts_of_their_own_and_leave_them_to_it() {
    let compiled = builder().compile().unwrap();
    let pools = [Reuse::Keep, Reuse::Fresh].map(|reuse| Pool::builder(compiled.clone()).with_reuse(reuse).build());
    let [kept, fresh] = &pools;
    for _ in 0..3 {
        kept.call::<_, ()>("remember", "12345").unwrap();
        fresh.call::<_, ()>("remember", "12345").unwrap();
        fresh.call::<_, ()>("echo", "12345").unwrap();
    }
    let mut own = compiled.instantiate().unwrap();
    own.call::<_, ()>("echo", "12345").unwrap();
    let [kept, fresh] = [kept, fresh].map(Pool::usage);
    assert_eq!((kept.calls.total(), kept.instances, kept.var_bytes), (3, 1, 57));
    assert_eq!((fresh.calls.total(), fresh.instances, fresh.var_bytes, fresh.memory_bytes), (6, 0, 0, 0));
    assert_eq!(fresh.peak_memory_bytes, kept.memory_bytes);
    drop(pools);
    let all = compiled.usage();
    assert_eq!((all.calls.total(), all.input_bytes, all.instances), (10, 50, 1));
}

#[test]
fn an_instance_that_outlives_its_pool_still_counts() {
    let compiled = builder().compile().unwrap();
    let pool = Pool::new(compiled.clone(), 1);
    let mut plugin = compiled.instantiate().unwrap();
    std::mem::swap(&mut plugin, &mut *pool.get(Duration::ZERO).unwrap().unwrap());
    plugin.call::<_, ()>("echo", "1").unwrap();
    assert_eq!((pool.usage().calls.total(), pool.usage().instances), (1, 1));
    drop(pool);
    plugin.call::<_, ()>("echo", "1").unwrap();
    assert_eq!((plugin.usage().calls.total(), compiled.usage().calls.total()), (2, 2));
    drop(plugin);
    assert_eq!((compiled.usage().calls.total(), compiled.usage().instances), (2, 0));
}

#[test]
fn a_reset_instance_has_no_variables_and_keeps_its_counts() {
    let pool = Pool::builder(builder().compile().unwrap()).with_reuse(Reuse::ResetState).build();
    pool.call::<_, ()>("remember", "12345").unwrap();
    let memory = pool.usage().memory_bytes;
    assert!(memory > 0 && pool.usage().var_bytes == 0);
    pool.call::<_, ()>("echo", "12345").unwrap();
    let usage = pool.usage();
    assert_eq!((usage.calls.total(), usage.memory_bytes, usage.instances), (2, memory, 1));
}

#[test]
fn no_call_of_a_pool_is_lost_between_threads_and_tasks() {
    let recorded = Arc::new(AtomicU64::new(0));
    let records = Arc::clone(&recorded);
    let builder = waiting(wait_once).with_on_call(move |_| _ = records.fetch_add(1, Ordering::Relaxed));
    let pool = Pool::builder(builder.compile().unwrap()).with_max_instances(3).build();
    thread::scope(|scope| {
        for thread in 0..6_u64 {
            let pool = pool.clone();
            scope.spawn(move || {
                for round in 0..50 {
                    match (thread + round) % 3 {
                        0 => pool.call::<_, ()>("echo", "12345").unwrap(),
                        1 => block_on(pool.call_async::<_, ()>("ask", "12345")).unwrap(),
                        _ => {
                            let mut call = pool.call_async::<_, ()>("ask", "12345");
                            drop(poll_once(&mut call));
                            drop(call);
                        }
                    }
                }
            });
        }
    });
    let usage = pool.usage();
    assert_eq!((usage.calls.total(), recorded.load(Ordering::Relaxed)), (300, 300));
    let [ok, dropped] = [Outcome::Ok, Outcome::Dropped].map(|outcome| usage.calls.get(outcome));
    assert_eq!((ok, dropped), (200, 100));
    assert!(usage.instances <= 3);
}
