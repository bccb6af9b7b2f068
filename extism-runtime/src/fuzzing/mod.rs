//! What the fuzz targets do with an input, and what must hold then whatever it is.
//!
//! The targets are in `fuzz/`, whose crate is made of this file and of those under test; the tests replay the
//! committed inputs (`fuzz/seeds`). A failure is a panic.

#![allow(unreachable_pub, reason = "public in the crate of the fuzz targets")]

mod codecs;
mod fusion;
#[cfg(feature = "http")]
mod hosts;
mod kernel;
mod manifest;

#[cfg(test)]
mod tests;

#[cfg(feature = "http")]
pub use self::hosts::hosts;
pub use self::{codecs::codecs, fusion::fusion, kernel::kernel, manifest::manifest};

/// Takes numbers off an input; zeros when it is used up.
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        let (taken, rest) = self.0.split_at(N.min(self.0.len()));
        for (byte, taken) in bytes.iter_mut().zip(taken) {
            *byte = *taken;
        }
        self.0 = rest;
        bytes
    }

    fn u8(&mut self) -> u8 {
        u8::from_le_bytes(self.take())
    }

    fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.take())
    }

    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }

    fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.take())
    }
}
