//! Tests who waits for an instance, and when it is served.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use extism_runtime::Pool;

use crate::{AGES, compiled, until};

#[test]
fn waiting_threads_are_served_in_the_order_of_their_arrival_and_nobody_passes_them() {
    let pool = Pool::new(compiled(), 1);
    let user = pool.get(AGES).unwrap().expect("an instance");
    let order = Mutex::new(Vec::new());
    let passed = AtomicUsize::new(0);
    thread::scope(|scope| {
        for number in 0..6 {
            let (pool, order) = (&pool, &order);
            scope.spawn(move || {
                let _user = pool.get(AGES).unwrap().expect("an instance");
                order.lock().unwrap().push(number);
                // Others arrive while it has the instance.
                thread::sleep(Duration::from_millis(10));
            });
            until(|| pool.waiting() == number + 1);
        }
        // Threads that keep trying without waiting never get it while others wait.
        let passing = scope.spawn(|| {
            until(|| {
                let waited = pool.waiting() > 0;
                let got = pool.try_get().unwrap().is_some();
                if got && waited && pool.waiting() > 0 {
                    passed.fetch_add(1, Ordering::SeqCst);
                }
                order.lock().unwrap().len() == 6
            });
        });
        drop(user);
        passing.join().unwrap();
    });
    assert_eq!(order.into_inner().unwrap(), [0, 1, 2, 3, 4, 5]);
    assert_eq!(passed.into_inner(), 0);
    assert_eq!((pool.instances(), pool.idle_instances(), pool.waiting()), (1, 1, 0));
}

#[test]
fn who_gives_up_leaves_the_order_of_the_others_as_it_is() {
    let pool = Pool::new(compiled(), 1);
    let user = pool.get(AGES).unwrap().expect("an instance");
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut threads = Vec::new();
    for number in 0..6 {
        let (own, order) = (pool.clone(), Arc::clone(&order));
        let timeout = if number % 2 == 0 { AGES } else { Duration::from_millis(50) };
        threads.push(thread::spawn(move || {
            if let Some(_user) = own.get(timeout).unwrap() {
                order.lock().unwrap().push(number);
            }
        }));
        // One that gives up may have done so already.
        until(|| pool.waiting() > number / 2);
        thread::sleep(Duration::from_millis(5));
    }
    until(|| pool.waiting() == 3);
    drop(user);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(*order.lock().unwrap(), [0, 2, 4]);
}
