//! Tests how long users wait, and which instances are kept.

use std::{
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{Error, Plugin, PluginBuilder, PluginInterface as _, Pool, plugin_interface, pool::Reuse};

use crate::{AGES, builder, compiled};

#[test]
fn a_call_that_gets_no_instance_in_time_fails_as_busy_with_the_numbers() {
    let wait = Duration::from_millis(30);
    let pool = Pool::builder(compiled()).with_max_instances(2).with_max_wait(wait).build();
    let users = [pool.get(AGES).unwrap(), pool.get(AGES).unwrap()];
    let errors = [
        pool.call::<_, String>("echo", "x").expect_err("all are in use"),
        pool.with_plugin(|plugin| plugin.call::<_, String>("echo", "x")).expect_err("all are in use"),
    ];
    for error in errors {
        let Error::Busy { plugin, instances, waited, .. } = &error else { panic!("{error}") };
        assert_eq!((plugin.as_str(), *instances), ("shared", 2));
        assert!(*waited >= wait && *waited < AGES, "{waited:?}");
        let expected = format!(
            "plug-in `shared` is busy: all 2 instances of its pool were in use for {waited:?}; try again later, or raise \
             the pool's `with_max_instances` or `with_max_wait`"
        );
        assert_eq!(error.to_string(), expected);
    }
    drop(users);
    assert_eq!(pool.call::<_, String>("echo", "x").unwrap(), "x");
}

#[test]
fn a_pool_that_does_not_wait_is_busy_at_once() {
    let pool = Pool::builder(compiled()).with_max_instances(1).with_max_wait(Duration::ZERO).build();
    let user = pool.try_get().unwrap();
    assert!(user.is_some() && pool.try_get().unwrap().is_none());
    assert!(matches!(pool.call::<_, String>("echo", "x"), Err(Error::Busy { instances: 1, .. })));
    drop(user);
    assert_eq!(pool.call::<_, String>("echo", "x").unwrap(), "x");
}

#[test]
fn the_limit_that_passes_first_decides_which_error_it_is() {
    let (soon, later) = (Duration::from_millis(20), Duration::from_secs(50));
    for (timeout, wait, busy) in [(soon, later, false), (later, soon, true)] {
        let compiled = builder().with_timeout(timeout).compile().unwrap();
        let pool = Pool::builder(compiled).with_max_instances(1).with_max_wait(wait).build();
        let _user = pool.get(AGES).unwrap();
        match pool.call::<_, String>("echo", "x") {
            Err(Error::Busy { .. }) => assert!(busy),
            Err(Error::Timeout { limit, .. }) => assert_eq!((busy, limit), (false, soon)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn no_more_idle_instances_are_kept_than_allowed() {
    for max_idle in 0..=4 {
        let pool = Pool::builder(compiled()).with_max_instances(4).with_max_idle(max_idle).build();
        let users: Vec<_> = (0..4).map(|_| pool.try_get().unwrap().expect("there is room")).collect();
        assert_eq!((pool.instances(), pool.idle_instances()), (4, 0));
        drop(users);
        assert_eq!((pool.instances(), pool.idle_instances()), (max_idle, max_idle));
        assert_eq!((0..4).map(|_| pool.try_get().unwrap()).filter(Option::is_some).count(), 4);
    }
}

#[test]
fn an_instance_that_was_idle_for_too_long_is_never_lent_again() {
    let time = Duration::from_millis(60);
    let pool = Pool::builder(compiled()).with_max_instances(3).with_max_idle_time(time).build();
    let users = [pool.try_get().unwrap(), pool.try_get().unwrap()];
    drop(users);
    let began = Instant::now();
    let id = pool.with_plugin(|plugin| Ok::<_, Error>(plugin.id())).unwrap();
    if began.elapsed() < time {
        assert_eq!(pool.instances(), 2);
    }
    thread::sleep(time * 2);
    assert_eq!((pool.instances(), pool.idle_instances()), (0, 0));
    assert_ne!(pool.with_plugin(|plugin| Ok::<_, Error>(plugin.id())).unwrap(), id);
    assert_eq!(pool.instances(), 1);
}

#[test]
fn a_pool_of_no_instances_has_one() {
    let pool = Pool::new(compiled(), 0);
    assert_eq!((pool.max_instances(), pool.call::<_, String>("echo", "x").unwrap()), (1, "x".to_owned()));
}

#[test]
fn cancelling_all_ends_running_calls_and_waiting_and_nothing_later() {
    let pool = Pool::new(compiled(), 1);
    thread::scope(|scope| {
        let running = scope.spawn(|| pool.call::<_, ()>("spin", ()));
        while pool.instances() == 0 || pool.idle_instances() > 0 {
            thread::yield_now();
        }
        let waiting = scope.spawn(|| pool.call::<_, String>("echo", "x"));
        let getting = scope.spawn(|| pool.get(AGES).map(drop));
        while pool.waiting() < 2 {
            thread::yield_now();
        }
        // The instance is taken a moment before its call begins.
        let mut cancelled = 0;
        while cancelled < 3 {
            cancelled += pool.cancel_all();
        }
        assert_eq!(cancelled, 3);
        let is_cancelled = |error: Error, export: &str| {
            assert!(matches!(&error, Error::Cancelled { at, .. } if at.export_name() == export), "{error}");
        };
        is_cancelled(running.join().unwrap().expect_err("cancelled"), "spin");
        is_cancelled(waiting.join().unwrap().expect_err("cancelled"), "echo");
        is_cancelled(getting.join().unwrap().expect_err("cancelled"), "");
    });
    assert_eq!((pool.cancel_all(), pool.instances(), pool.idle_instances()), (0, 1, 1));
    assert_eq!(pool.call::<_, String>("echo", "x").unwrap(), "x");
}

#[test]
fn an_instance_of_another_plugin_that_a_user_leaves_behind_is_lent_to_nobody() {
    let pool = Pool::new(compiled(), 1);
    let mut other = PluginBuilder::new("(module (func (export \"other\")))").build().unwrap();
    std::mem::swap(&mut *pool.try_get().unwrap().unwrap(), &mut other);
    assert_eq!(pool.call::<_, String>("echo", "x").unwrap(), "x");
    assert_eq!(other.call::<_, &str>("echo", "kept").unwrap(), "kept");
}

#[test]
fn instances_that_users_exchange_stay_usable_and_cancellable() {
    let pool = Pool::builder(compiled()).with_max_instances(2).with_reuse(Reuse::Keep).build();
    let swap = |one: &mut Plugin, other: &mut Plugin| std::mem::swap(one, other);
    let (mut one, mut other) = (pool.try_get().unwrap().unwrap(), pool.try_get().unwrap().unwrap());
    swap(&mut one, &mut other);
    drop((one, other));
    let mut one = pool.try_get().unwrap().unwrap();
    let handle = one.cancel_handle();
    thread::scope(|scope| {
        let running = scope.spawn(move || one.call::<_, ()>("spin", ()));
        while !handle.cancel() {
            thread::yield_now();
        }
        assert!(matches!(running.join().unwrap(), Err(Error::Cancelled { .. })));
        let spinning = scope.spawn(|| pool.call::<_, ()>("spin", ()));
        while pool.cancel_all() == 0 {
            thread::yield_now();
        }
        assert!(matches!(spinning.join().unwrap(), Err(Error::Cancelled { .. })));
    });
}

#[plugin_interface]
trait Echo {
    fn echo(&mut self, text: &str) -> String;
}

#[test]
fn a_context_that_a_user_leaves_behind_is_gone_for_the_next_one() {
    struct Noisy;
    impl Drop for Noisy {
        fn drop(&mut self) {
            if !thread::panicking() {
                panic!("while it is dropped");
            }
        }
    }
    let pool = Pool::new(compiled(), 1);
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let mut user = pool.try_get().unwrap().expect("it is free");
        let mut client = EchoPlugin::view(&mut user).unwrap();
        std::mem::forget(client.with_context(Noisy));
        drop(client);
        drop(user);
    }));
    assert!(caught.is_err(), "the context's own panic goes on");
    assert_eq!(pool.call::<_, String>("echo", "x").unwrap(), "x", "the pool has its place back");
    assert_eq!((pool.instances(), pool.idle_instances()), (1, 1));
}
