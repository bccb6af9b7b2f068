//! The allocator takes a bounded number of steps, whatever its state.

use wasmtime::{Config, Engine};

use super::guest::{FusedGuest, every_call};

/// The most steps that a call may take. Most of an allocation's steps go into looking at the few blocks of its size
/// class; an allocation that finds none there takes a hundred.
const MOST: u64 = 1_400;

#[test]
fn steps_do_not_depend_on_the_number_of_blocks() {
    let engine = Engine::new(Config::new().consume_fuel(true)).unwrap();
    let mut guest = FusedGuest::new(&engine, &every_call());
    let mut most = 0;
    let mut handles = Vec::new();
    let mut call = |guest: &mut FusedGuest, name: &str, argument: i64| {
        let (result, steps) = guest.steps(&format!("direct:{name}"), &[argument]);
        most = most.max(steps);
        result
    };
    // Sizes of few classes, in an order that leaves many free blocks that are never adjacent.
    for round in 0..6_000 {
        handles.push(call(&mut guest, "alloc", 17 + round * 7 % 150));
    }
    for handle in handles.iter().step_by(2) {
        call(&mut guest, "free", *handle);
    }
    for round in 0..4_000 {
        let handle = call(&mut guest, "alloc", 100 + round * 11 % 900);
        assert_eq!(call(&mut guest, "length", handle), 100 + round * 11 % 900);
    }
    for handle in handles.iter().skip(1).step_by(2) {
        call(&mut guest, "free", *handle);
        call(&mut guest, "length", *handle + 16);
    }
    assert!(most > 0 && most < MOST, "{most} steps");
}
