//! What a plug-in may use, and what happens to the query and to the process when it wants more.

use std::time::{Duration, Instant};

use extism_datafusion::{ExecutorPolicy, PluginStore};
use extism_runtime::prelude::*;
use tracing::{
    Event, Metadata, Subscriber,
    span::{Attributes, Id, Record},
};

use super::common::{cells, failure, policy, session, store_under};

#[plugin_interface]
trait Hostile {
    /// Loops forever for 7.
    fn spin(&mut self, number: i64) -> i64;
    /// Traps for 7.
    fn trap(&mut self, number: i64) -> i64;
    /// Grows its memory by so many pages.
    fn grow(&mut self, number: i64) -> i64;
    /// Logs so many times 16 bytes.
    fn log(&mut self, number: i64) -> i64;
    /// Takes some milliseconds.
    fn work(&mut self, number: i64) -> i64;
}

const HOSTILE: &str = r#"(module
  (import "extism:host/env" "input_load_u64" (func $input (param i64) (result i64)))
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u64" (func $store (param i64 i64)))
  (import "extism:host/env" "output_set" (func $set (param i64 i64)))
  (import "extism:host/env" "log_error" (func $log (param i64)))
  (memory (export "memory") 1)
  (func $give (param i64) (local $block i64)
    (local.set $block (call $alloc (i64.const 8)))
    (call $store (local.get $block) (local.get 0))
    (call $set (local.get $block) (i64.const 8)))
  (func (export "spin")
    (if (i64.eq (call $input (i64.const 0)) (i64.const 7)) (then (loop $again (br $again))))
    (call $give (call $input (i64.const 0))))
  (func (export "trap")
    (if (i64.eq (call $input (i64.const 0)) (i64.const 7)) (then unreachable))
    (call $give (call $input (i64.const 0))))
  (func (export "grow")
    (if (i32.eq (memory.grow (i32.wrap_i64 (call $input (i64.const 0)))) (i32.const -1)) (then unreachable))
    (call $give (call $input (i64.const 0))))
  (func (export "log") (local $left i64) (local $block i64)
    (local.set $left (call $input (i64.const 0)))
    (loop $again
      (local.set $block (call $alloc (i64.const 16)))
      (call $store (local.get $block) (i64.const 0x6161616161616161))
      (call $log (local.get $block))
      (local.set $left (i64.sub (local.get $left) (i64.const 1)))
      (br_if $again (i64.gt_s (local.get $left) (i64.const 0))))
    (call $give (call $input (i64.const 0))))
  (func (export "work") (local $left i32)
    (local.set $left (i32.const 5000000))
    (loop $again
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $again (local.get $left)))
    (call $give (call $input (i64.const 0)))))"#;

fn hostile(policy: ExecutorPolicy) -> (PluginStore, datafusion::prelude::SessionContext) {
    let store = store_under(policy);
    let session = session(&store);
    for name in ["spin", "trap", "grow", "log", "work"] {
        session.register_udf(store.udf::<HostilePlugin>(name, HOSTILE).expect("a function"));
    }
    (store, session)
}

const TEN: &str = "FROM generate_series(0, 9)";

#[tokio::test]
async fn an_endless_loop_ends_the_query_and_names_function_plugin_and_row() {
    let (_store, session) = hostile(policy().with_timeout(Duration::from_millis(50)));
    let error = failure(&session, &format!("SELECT spin(value) {TEN}")).await;
    for part in ["function `spin`", "row 7 of a batch of 10", "plug-in `spin`", "timed out after 50ms", "with_timeout"]
    {
        assert!(error.contains(part), "{part}: {error}");
    }
    // The process lives on, with the same plug-in.
    assert_eq!(cells(&session, &format!("SELECT sum(spin(value)) {TEN} WHERE value <> 7")).await, ["38"]);
}

#[tokio::test]
async fn a_trap_ends_the_query_and_names_function_plugin_and_row() {
    let (_store, session) = hostile(policy());
    let error = failure(&session, &format!("SELECT trap(value) {TEN}")).await;
    for part in ["function `trap`", "row 7 of a batch of 10", "plug-in `trap`", "unreachable"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    assert_eq!(cells(&session, &format!("SELECT sum(trap(value)) {TEN} WHERE value <> 7")).await, ["38"]);
}

#[tokio::test]
async fn the_calls_of_a_batch_end_together() {
    let limit = Duration::from_millis(200);
    let (_store, session) = hostile(policy().with_batch_timeout(limit));
    let started = Instant::now();
    let error = failure(&session, "SELECT work(value) FROM generate_series(1, 8000)").await;
    assert!(error.contains("the calls of the batch took more than 200ms"), "{error}");
    assert!(error.contains("of a batch of 8000"), "{error}");
    // All of them would take many seconds.
    assert!(started.elapsed() < Duration::from_mins(1), "{:?}", started.elapsed());
    assert_eq!(cells(&session, "SELECT spin(1)").await, ["1"]);
}

#[tokio::test]
async fn memory_is_limited() {
    let (_store, session) = hostile(policy().with_max_pages(64));
    assert_eq!(cells(&session, "SELECT grow(10)").await, ["10"]);
    let error = failure(&session, "SELECT grow(value + 100) FROM generate_series(1, 1)").await;
    assert!(error.contains("function `grow`") && error.contains("with_max_pages"), "{error}");
}

#[tokio::test]
async fn fuel_is_limited() {
    let (_store, session) = hostile(policy().with_fuel(100_000));
    assert_eq!(cells(&session, &format!("SELECT count(trap(value)) {TEN} WHERE value < 7")).await, ["7"]);
    let error = failure(&session, &format!("SELECT work(value) {TEN}")).await;
    assert!(error.contains("out of fuel: the limit is 100000 units (`ExecutorPolicy::with_fuel`)"), "{error}");
}

#[tokio::test]
async fn a_constant_is_called_at_plan_time_only_if_it_may_be() {
    // Whatever fails then fails again when the query runs, and is told there.
    let (_store, session) = hostile(policy());
    let error = failure(&session, "SELECT trap(7)").await;
    assert!(error.contains("row 0 of a batch of 1"), "{error}");
}

#[tokio::test]
async fn a_process_that_only_plans_calls_nothing() {
    let store = PluginStore::new(extism_datafusion::Modules::planner());
    let session = session(&store);
    session.register_udf(store.udf::<HostilePlugin>("trap", HOSTILE).expect("a function"));
    let error = failure(&session, "SELECT trap(1)").await;
    assert!(error.contains("this process does not run plug-ins"), "{error}");
    // A constant is left for those that do.
    let plan = session.sql("SELECT trap(1)").await.unwrap().into_optimized_plan().unwrap();
    assert!(plan.to_string().contains("trap(Int64(1))"), "{plan}");
}

#[tokio::test]
async fn an_output_is_limited() {
    let (_store, session) = hostile(policy().with_max_output_bytes(8));
    assert_eq!(cells(&session, "SELECT spin(1)").await, ["1"]);
    let (_store, session) = hostile(policy().with_max_output_bytes(7));
    let error = failure(&session, "SELECT spin(1)").await;
    let limit = "the output has 8 bytes, and the limit is 7 (`ExecutorPolicy::with_max_output_bytes`)";
    assert!(error.contains(limit) && error.contains("function `spin`, row 0 of a batch of 1"), "{error}");
}

#[tokio::test]
async fn compiling_is_limited() {
    let (_store, session) = hostile(policy().without_cache().with_compile_timeout(Duration::ZERO));
    let error = failure(&session, "SELECT spin(1)").await;
    assert!(error.contains("function `spin`") && error.contains("compil"), "{error}");
}

#[tokio::test]
async fn batches_wait_for_an_instance_and_fail_in_none() {
    let (store, _) = hostile(policy().with_max_instances(1));
    let config = datafusion::prelude::SessionConfig::new().with_target_partitions(4).with_batch_size(100);
    let session = datafusion::prelude::SessionContext::new_with_config(config);
    session.register_udf(store.udf::<HostilePlugin>("spin", HOSTILE).unwrap());
    let sql = "SELECT sum(spin(value)) FROM generate_series(8, 4000)";
    assert_eq!(cells(&session, sql).await, ["8001972"]);
}

/// Somebody who wants to see all logs, and throws them away.
struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn logs_are_limited() {
    let _listener = tracing::subscriber::set_default(Listener);
    let (_store, session) = hostile(policy());
    assert_eq!(cells(&session, "SELECT log(100)").await, ["100"]);
    let error = failure(&session, "SELECT log(1000)").await;
    let limit = "it logged more than 4096 bytes (`ExecutorPolicy::with_max_log_bytes`)";
    assert!(error.contains(limit) && error.contains("function `log`, row 0 of a batch of 1"), "{error}");
    let (_store, session) = hostile(policy().with_max_log_bytes(100_000));
    assert_eq!(cells(&session, "SELECT log(1000)").await, ["1000"]);
}
