#![allow(clippy::cast_possible_truncation, reason = "memories of tests are small")]

mod allocator;
mod call;
pub(crate) mod forged;
pub(crate) mod heap;
pub(crate) mod ops;
