//! The work that peers are compared by, and the guests that do it.
#![forbid(unsafe_code)]

mod batch;
mod guests;
pub mod hold;
pub mod wire;
mod work;

pub use crate::{
    batch::{Batch, Result, Start, now, repeated, timed},
    guests::Guest,
    work::{Function, Work},
};

/// The text whose vowels are counted.
pub const TEXT: &str = "Hello, world!";

/// The timeout of calls that have one.
pub const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);

/// Returns a payload: text, so that it is UTF-8 of any length, with a vowel at every third position.
#[must_use]
pub fn payload(bytes: usize) -> Vec<u8> {
    b"the quick brown fox jumps over the lazy dog; ".iter().copied().cycle().take(bytes).collect()
}
