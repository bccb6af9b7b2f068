//! Tests tasks that wait for instances, among threads that do.

use std::{
    pin::pin,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

use extism_runtime::{Error, Function, PluginBuilder, Pool, ValType};

use crate::{AGES, GUEST, block_on, compiled, poll_once, until};

/// Counts how often it is woken.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_call_is_a_future_that_can_be_spawned_and_takes_its_input_at_once() {
    let pool = Pool::new(compiled(), 2);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let calls: Vec<_> = (0..100)
            .map(|number| {
                let text = format!("call {number}");
                let call = pool.call_async::<&str, String>("echo", &text);
                drop(text);
                tokio::spawn(call)
            })
            .collect();
        for (number, call) in calls.into_iter().enumerate() {
            assert_eq!(call.await.unwrap().unwrap(), format!("call {number}"));
        }
    });
    let error = block_on(pool.call_async::<_, ()>("nothing", "")).expect_err("there is no such export");
    assert!(matches!(error, Error::Interface(_)), "{error}");
    assert!(pool.instances() <= 2 && pool.idle_instances() == pool.instances());
}

#[test]
fn a_call_that_is_never_polled_takes_no_instance() {
    let pool = Pool::new(compiled(), 1);
    let first = pool.call_async::<_, String>("echo", "first");
    let second = pool.call_async::<_, String>("echo", "second");
    assert_eq!(block_on(second).unwrap(), "second");
    assert_eq!(block_on(first).unwrap(), "first");
}

#[test]
fn threads_and_tasks_are_served_in_the_order_of_their_arrival() {
    let pool = Pool::new(compiled(), 1);
    let user = pool.try_get().unwrap().expect("it is free");
    let order = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for number in 0..8 {
            let (pool, order) = (&pool, &order);
            scope.spawn(move || {
                let _user = match number % 3 {
                    0 => pool.get(AGES).unwrap(),
                    1 => block_on(pool.get_async(AGES)).unwrap(),
                    _ => on_tokio(pool.get_async(AGES)).unwrap(),
                };
                order.lock().unwrap().push(number);
            });
            until(|| pool.waiting() == number + 1);
        }
        drop(user);
    });
    assert_eq!(order.into_inner().unwrap(), [0, 1, 2, 3, 4, 5, 6, 7]);
}

fn on_tokio<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn a_place_that_is_given_to_a_future_as_it_is_dropped_goes_to_the_next_one() {
    let pool = Pool::new(compiled(), 1);
    let user = pool.try_get().unwrap().expect("it is free");
    let woken: [Arc<Woken>; 3] = Default::default();
    let mut futures: Vec<_> = woken
        .iter()
        .map(|woken| {
            let mut future = Box::pin(pool.get_async(AGES));
            let waker = Waker::from(Arc::clone(woken));
            assert!(future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
            future
        })
        .collect();
    let counts = || [0, 1, 2].map(|at: usize| woken[at].0.load(Ordering::SeqCst));
    drop(user);
    assert_eq!((counts(), pool.idle_instances(), pool.waiting()), ([1, 0, 0], 0, 2), "it is the first one's");
    assert!(pool.try_get().unwrap().is_none(), "nobody passes it");
    drop(futures.remove(0));
    assert_eq!((counts(), pool.waiting()), ([1, 1, 0], 1), "now the second one's");
    let Poll::Ready(Ok(Some(second))) = poll_once(futures[0].as_mut()) else {
        panic!("it has been given the instance")
    };
    drop(second);
    assert_eq!((counts(), pool.waiting()), ([1, 1, 1], 0));
    drop(futures);
    assert_eq!((pool.instances(), pool.idle_instances()), (1, 1));
}

#[test]
fn waiting_tasks_give_up_in_time_on_every_executor() {
    let soon = Duration::from_millis(20);
    let pool = Pool::builder(compiled()).with_max_instances(1).with_max_wait(soon).build();
    let user = pool.try_get().unwrap().expect("it is free");
    for error in [
        block_on(pool.call_async::<_, String>("echo", "x")).expect_err("it is in use"),
        on_tokio(pool.call_async::<_, String>("echo", "x")).expect_err("it is in use"),
        smol::block_on(pool.call_async::<_, String>("echo", "x")).expect_err("it is in use"),
    ] {
        assert!(matches!(error, Error::Busy { waited, .. } if waited >= soon), "{error}");
    }
    assert!(block_on(pool.get_async(soon)).unwrap().is_none());
    assert_eq!(pool.waiting(), 0);
    drop(user);
    assert_eq!(block_on(pool.call_async::<_, String>("echo", "x")).unwrap(), "x");
}

#[test]
fn the_calls_own_time_limit_ends_the_waiting_of_a_task_too() {
    let soon = Duration::from_millis(20);
    let compiled = PluginBuilder::new(GUEST).with_timeout(soon).compile().unwrap();
    let pool = Pool::new(compiled, 1);
    let _user = pool.try_get().unwrap().expect("it is free");
    let error = block_on(pool.call_async::<_, String>("echo", "x")).expect_err("it is in use");
    assert!(matches!(error, Error::Timeout { limit, .. } if limit == soon), "{error}");
}

#[test]
fn dropping_a_calls_future_ends_the_call_and_returns_its_instance() {
    let pool = Pool::new(compiled(), 1);
    for _ in 0..50 {
        let mut call = Box::pin(pool.call_async::<_, ()>("spin", ""));
        // The first poll may end before the guest runs for a tick.
        assert!(poll_once(call.as_mut()).is_pending());
        assert_eq!((pool.instances(), pool.idle_instances()), (1, 0));
        drop(call);
        assert_eq!((pool.instances(), pool.idle_instances()), (1, 1));
    }
    assert_eq!(pool.call::<_, String>("echo", "x").unwrap(), "x");
}

#[test]
fn cancelling_all_ends_the_calls_and_the_waiting_of_tasks() {
    let pool = Pool::new(compiled(), 1);
    thread::scope(|scope| {
        let running = scope.spawn(|| block_on(pool.call_async::<_, ()>("spin", "")));
        until(|| pool.instances() == 1 && pool.idle_instances() == 0);
        let waiting = scope.spawn(|| block_on(pool.call_async::<_, String>("echo", "x")));
        until(|| pool.waiting() == 1);
        let mut cancelled = 0;
        until(|| {
            cancelled += pool.cancel_all();
            cancelled == 2
        });
        for (error, export) in [(running.join().unwrap().err(), "spin"), (waiting.join().unwrap().err(), "echo")] {
            let error = error.expect("cancelled");
            assert!(matches!(&error, Error::Cancelled { at, .. } if at.export_name() == export), "{error}");
        }
    });
    assert_eq!((pool.instances(), pool.idle_instances()), (1, 1));
}

#[test]
fn a_waker_that_panics_keeps_the_place_from_nobody() {
    struct Panics;
    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("while it wakes");
        }
    }
    let pool = Pool::new(compiled(), 1);
    let user = pool.try_get().unwrap().expect("it is free");
    let mut unwakeable: Vec<_> = (0..3).map(|_| Box::pin(pool.get_async(AGES))).collect();
    for future in &mut unwakeable {
        let waker = Waker::from(Arc::new(Panics));
        assert!(future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }
    let woken = Arc::<Woken>::default();
    let mut last = pin!(pool.get_async(AGES));
    assert!(last.as_mut().poll(&mut Context::from_waker(&Waker::from(Arc::clone(&woken)))).is_pending());
    // The panic does not reach the user who returns the instance.
    drop(user);
    assert_eq!(woken.0.load(Ordering::SeqCst), 1);
    let Poll::Ready(Ok(Some(user))) = poll_once(last) else { panic!("it has the instance") };
    // Those who could not be told wait again when they are polled.
    let mut first = unwakeable.remove(0);
    assert!(poll_once(first.as_mut()).is_pending());
    drop(user);
    assert!(matches!(poll_once(first.as_mut()), Poll::Ready(Ok(Some(_)))));
}

/// A pool of a plug-in whose host function waits for an instance of the same pool, as a task.
fn calling_itself(instances: usize) -> (Pool, Arc<Mutex<Vec<String>>>) {
    let guest = r#"(module
        (import "extism:host/user" "again" (func $again (param i64) (result i64)))
        (import "extism:host/env" "input_offset" (func $offset (result i64)))
        (import "extism:host/env" "length" (func $length (param i64) (result i64)))
        (import "extism:host/env" "output_set" (func $set (param i64 i64)))
        (func (export "again") (local $text i64)
            (local.set $text (call $again (call $offset)))
            (call $set (local.get $text) (call $length (local.get $text)))))"#;
    let (slot, errors) = (Arc::new(OnceLock::<Pool>::new()), Arc::new(Mutex::new(Vec::new())));
    let (own, seen) = (Arc::clone(&slot), Arc::clone(&errors));
    let again = Function::new_async("again", [ValType::PTR], [ValType::PTR], move |plugin, args, results| {
        let (own, seen) = (Arc::clone(&own), Arc::clone(&seen));
        Box::pin(async move {
            let text: String = plugin.get(&args[0])?;
            let pool = own.get().ok_or("there is a pool")?;
            // Not at the first poll, so that it does not depend on how the call began.
            tokio::task::yield_now().await;
            let text = match pool.call_async::<_, String>("again", format!("{text}.")).await {
                Ok(text) => text,
                Err(error) => {
                    seen.lock().unwrap().push(error.to_string());
                    text
                }
            };
            results[0] = plugin.put(text)?;
            Ok(())
        })
    });
    let compiled = PluginBuilder::new(guest).with_name("shared").with_functions([again]).compile().unwrap();
    let pool = slot.get_or_init(|| Pool::new(compiled, instances)).clone();
    (pool, errors)
}

#[test]
fn a_task_that_waits_in_a_host_function_for_the_instances_that_call_it_gets_an_error() {
    for instances in 1..=3 {
        let (pool, errors) = calling_itself(instances);
        let expected = format!("a{}", ".".repeat(instances - 1));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let call = pool.call_async::<_, String>("again", "a");
        assert_eq!(runtime.block_on(async { tokio::spawn(call).await.unwrap() }).unwrap(), expected);
        let message = format!(
            "cannot wait for an instance of plug-in `shared`: all {instances} instances of its pool run calls that wait for \
             this one; a host function that calls its own plug-in needs a larger pool"
        );
        assert_eq!(*errors.lock().unwrap(), [message]);
        assert_eq!((pool.instances(), pool.idle_instances()), (instances, instances), "all come back");
    }
}

#[test]
fn a_task_waits_for_an_instance_that_another_task_uses_though_its_own_call_has_one() {
    let (pool, errors) = calling_itself(2);
    let user = pool.try_get().unwrap().expect("it is free");
    let text = thread::scope(|scope| {
        let calling = scope.spawn(|| on_tokio(pool.call_async::<_, String>("again", "a")));
        until(|| pool.waiting() == 1);
        drop(user);
        calling.join().unwrap().unwrap()
    });
    assert_eq!((text.as_str(), errors.lock().unwrap().len()), ("a.", 1), "only the third is in vain");
}
