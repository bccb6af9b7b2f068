//! Exports that reach a host's limits: time, memory, depth.

use core::arch::wasm32;
use std::sync::atomic::{AtomicU32, Ordering};

use extism_pdk::{FnResult, Json, plugin_fn};
use serde::Serialize;

/// Never returns.
#[plugin_fn]
pub fn loop_forever() -> FnResult<()> {
    loop {
        std::hint::spin_loop();
    }
}

/// Decimal text in, a number of steps, each of a few instructions; out, what they computed.
#[plugin_fn]
pub fn busy(steps: String) -> FnResult<String> {
    let mut state = 1_u64;
    for step in 0..steps.trim().parse::<u64>()? {
        state = state.rotate_left(5).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ step;
    }
    Ok(state.to_string())
}

/// Pages of 64 KiB of the guest's own memory.
#[derive(Serialize)]
struct Pages {
    /// Before the growth.
    before: usize,
    /// After it.
    after: usize,
    /// Whether the memory has grown.
    grown: bool,
}

/// Decimal text in, by how many pages the guest's memory is to grow; out, as JSON,
/// `{"before", "after", "grown"}`.
#[plugin_fn]
pub fn grow_memory(pages: String) -> FnResult<Json<Pages>> {
    let pages = pages.trim().parse()?;
    let before = wasm32::memory_size::<0>();
    let grown = wasm32::memory_grow::<0>(pages) != usize::MAX;
    Ok(Json(Pages {
        before,
        after: wasm32::memory_size::<0>(),
        grown,
    }))
}

/// Decimal text in, a depth; out, what a recursion of that depth computed.
#[plugin_fn]
pub fn recurse(depth: String) -> FnResult<String> {
    Ok(descend(depth.trim().parse()?).to_string())
}

/// Cannot be turned into a loop: what is done after the call needs its result.
#[inline(never)]
fn descend(depth: u32) -> u32 {
    if depth == 0 {
        1
    } else {
        depth ^ descend(depth - 1).rotate_left(depth)
    }
}

/// Out, as decimal text, how many calls of this export the instance has seen. It restarts with
/// each instance.
#[plugin_fn]
pub fn instance_calls() -> FnResult<String> {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    Ok((CALLS.fetch_add(1, Ordering::Relaxed) + 1).to_string())
}
