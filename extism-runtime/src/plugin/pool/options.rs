use std::time::Duration;

use crate::{processors, settings::Reuse};

/// How long a call waits for an instance, unless the pool's builder says otherwise.
const DEFAULT_MAX_WAIT: Duration = Duration::from_secs(30);

/// The options of a pool.
#[derive(Clone, Copy, Debug, Default)]
pub struct PoolOptions {
    pub(crate) max_instances: Option<usize>,
    pub(crate) max_wait: Option<Duration>,
    pub(crate) max_idle: Option<usize>,
    pub(crate) max_idle_time: Option<Duration>,
    pub(crate) reuse: Option<Reuse>,
}

impl PoolOptions {
    /// Returns how many instances there may be, at least 1.
    pub(super) fn instances(&self) -> usize {
        self.max_instances.unwrap_or_else(processors::count).max(1)
    }

    /// Returns how long calls wait.
    pub(super) fn wait(&self) -> Duration {
        self.max_wait.unwrap_or(DEFAULT_MAX_WAIT)
    }
}
