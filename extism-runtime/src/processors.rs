//! The number of processors that the process may use.

use std::{sync::LazyLock, thread};

/// Asking the system means reading several files about control groups, for each compiled plug-in.
static COUNT: LazyLock<usize> = LazyLock::new(|| thread::available_parallelism().map_or(1, usize::from));

/// Returns the number of processors that the process could use when this was called first; at least 1.
pub(crate) fn count() -> usize {
    *COUNT
}
