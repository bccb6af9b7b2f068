//! Guests and peers for the benchmarks, shared by the benches here and those of `peers/`.

pub mod guests;
pub mod large;
pub mod raw;

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

/// Bytes in the payloads that are measured: 64 B to 16 MiB.
pub const PAYLOADS: [usize; 5] = [64, 1 << 10, 64 << 10, 1 << 20, 16 << 20];

/// The environment variable with the number of instances in a pool; [`POOL`] by default.
pub const POOL_VARIABLE: &str = "BENCHES_POOL";

/// Instances that fit into an engine, as in extism-runtime.
pub const POOL: u32 = 1000;

/// Returns how many instances fit into an engine.
#[must_use]
pub fn pool() -> u32 {
    std::env::var(POOL_VARIABLE).ok().and_then(|number| number.parse().ok()).unwrap_or(POOL)
}

/// Returns a payload: text, so that it is UTF-8 of any length, with a vowel at every third position.
#[must_use]
pub fn payload(bytes: usize) -> Vec<u8> {
    b"the quick brown fox jumps over the lazy dog; ".iter().copied().cycle().take(bytes).collect()
}

/// Returns the result of a future that waits for nothing. It may be pending all the same: a call yields its thread when
/// the clock ticks.
pub fn now<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

/// The output of [`guests::COUNT_VOWELS`].
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub struct Report {
    /// Vowels in this call's text.
    pub count: u32,
    /// Vowels in the texts of all calls so far.
    pub total: u32,
    /// The letters that were counted.
    pub vowels: String,
}

/// [`guests::ECHO`], typed.
#[extism_runtime::plugin_interface]
pub trait Echo {
    /// Its input.
    fn echo(&mut self, text: &str) -> &str;
}

/// [`guests::ECHO`], typed and shared.
#[extism_runtime::plugin_interface]
pub trait SharedEcho {
    /// Its input.
    fn echo(&self, text: &str) -> String;
}
