//! Buffers for the bytes of calls. They are kept from call to call, as allocating one takes as long as all else that a short
//! call needs.

use std::{cell::Cell, thread::LocalKey};

/// A buffer that is kept.
pub(crate) type Room = LocalKey<Cell<Vec<u8>>>;

thread_local! {
    /// For the input of the running call.
    pub(crate) static INPUT: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    /// For what is sent to the host.
    pub(crate) static OUTPUT: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// The bytes of a new buffer. Most inputs and outputs fit.
pub(crate) const SHORT: usize = 256;
/// The bytes of the largest buffer that is kept. More would stay in the memory of each idle instance.
pub(crate) const KEPT: usize = 4096;

/// Runs `run` with a buffer of at least `length` bytes, whose content is arbitrary.
pub(crate) fn with<R>(room: &'static Room, length: usize, run: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    // Something nested finds none, and makes its own.
    let mut buffer = room.take();
    if buffer.len() < length {
        buffer = vec![0; length.max(SHORT)];
    }
    let result = run(&mut buffer);
    if buffer.len() <= KEPT {
        room.set(buffer);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_buffers_are_kept_and_long_ones_are_not() {
        let addresses = [1, SHORT, 0].map(|length| {
            with(&INPUT, length, |buffer| {
                assert_eq!(buffer.len(), SHORT);
                buffer.as_ptr()
            })
        });
        assert!(addresses.iter().all(|address| *address == addresses[0]));
        with(&INPUT, SHORT + 1, |buffer| {
            assert_eq!(buffer.len(), SHORT + 1);
            with(&INPUT, 1, |nested| assert!(nested.len() == SHORT && nested.as_ptr() != buffer.as_ptr()));
        });
        assert_eq!(with(&INPUT, 0, |buffer| buffer.len()), SHORT + 1);
        with(&INPUT, KEPT + 1, |buffer| assert_eq!(buffer.len(), KEPT + 1));
        assert_eq!(with(&INPUT, 0, |buffer| buffer.len()), 0, "what was too long is gone");
    }
}
