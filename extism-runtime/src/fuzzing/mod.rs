//! The operations of the fuzz targets on an input, and their invariants.
//!
//! The targets are in `fuzz/`, a crate that includes this file and the files under test; the tests replay the committed
//! inputs (`fuzz/seeds`). A failure is a panic.

#![allow(unreachable_pub, reason = "public in the crate of the fuzz targets")]

mod codecs;
mod dwarf;
mod fusion;
#[cfg(feature = "http")]
mod hosts;
mod kernel;
mod manifest;

#[cfg(test)]
mod tests;

#[cfg(feature = "http")]
pub use self::hosts::hosts;
pub use self::{codecs::codecs, dwarf::dwarf, fusion::fusion, kernel::kernel, manifest::manifest};
use crate::fuzzing_numbers::Numbers;
