//! WASI's random numbers from a seed.

use std::convert::Infallible;

use rand_core::TryRng;

use crate::random::SeededRandom;

/// A generator as `wasmtime-wasi` wants it.
pub(super) struct Seeded(pub(super) SeededRandom);

impl TryRng for Seeded {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let [a, b, c, d, ..] = self.0.next().to_le_bytes();
        Ok(u32::from_le_bytes([a, b, c, d]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.next())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for piece in bytes.chunks_mut(8) {
            piece.copy_from_slice(&self.0.next().to_le_bytes()[..piece.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_those_of_the_numbers_and_the_last_ones_are_left_out() {
        let mut random = SeededRandom::new(1);
        let numbers = [random.next(), random.next()];
        let mut bytes = [0; 11];
        let Ok(()) = Seeded(SeededRandom::new(1)).try_fill_bytes(&mut bytes);
        assert_eq!(bytes[..8], numbers[0].to_le_bytes());
        assert_eq!(bytes[8..], numbers[1].to_le_bytes()[..3]);
    }
}
