//! How much memory the results of a batch may take.

use std::cell::Cell;

/// The bytes that the values of a column may still take.
#[derive(Debug)]
pub(crate) struct Budget {
    left: Cell<u64>,
    limit: u64,
}

impl Budget {
    /// Allows this number of bytes.
    pub(crate) fn new(limit: u64) -> Self {
        Self { left: Cell::new(limit), limit }
    }

    /// Returns how many bytes are left.
    pub(crate) fn left(&self) -> u64 {
        self.left.get()
    }

    /// Takes some; the error says that there are no more.
    #[inline]
    pub(crate) fn take(&self, bytes: usize) -> Result<(), String> {
        match self.left.get().checked_sub(bytes as u64) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => Err(self.is_used_up()),
        }
    }

    #[cold]
    pub(crate) fn is_used_up(&self) -> String {
        format!("the results of a batch take more than {} bytes (`ExecutorPolicy::with_max_result_bytes`)", self.limit)
    }
}
