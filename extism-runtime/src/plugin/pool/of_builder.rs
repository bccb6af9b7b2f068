//! Pool options of builders.

use std::time::Duration;

use super::super::{FromPool, PluginBuilder};
use crate::settings::Reuse;

/// The options of the pool that holds the instances of a [`Pool`](crate::Pool) or a shared client.
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use std::time::Duration;
/// use extism_runtime::{PluginBuilder, Pool};
///
/// let pool = PluginBuilder::new("examples/plugins/echo.wasm")
///     .typed::<Pool>()
///     .with_max_instances(8)
///     .with_max_wait(Duration::from_millis(100))
///     .build()?;
/// assert_eq!(pool.call::<_, String>("echo", "hello")?, "hello");
/// # Ok(())
/// # }
/// ```
impl<P: FromPool> PluginBuilder<P> {
    /// Sets how many instances there are at most; see
    /// [`PoolBuilder::with_max_instances`](crate::pool::PoolBuilder::with_max_instances).
    pub fn with_max_instances(mut self, instances: usize) -> Self {
        self.options.pool.max_instances = Some(instances);
        self
    }

    /// Sets how long calls wait for an instance; see [`PoolBuilder::with_max_wait`](crate::pool::PoolBuilder::with_max_wait).
    pub fn with_max_wait(mut self, wait: Duration) -> Self {
        self.options.pool.max_wait = Some(wait);
        self
    }

    /// Sets how many instances are kept while they are not in use; see
    /// [`PoolBuilder::with_max_idle`](crate::pool::PoolBuilder::with_max_idle).
    pub fn with_max_idle(mut self, instances: usize) -> Self {
        self.options.pool.max_idle = Some(instances);
        self
    }

    /// Sets for how long an unused instance is kept; see
    /// [`PoolBuilder::with_max_idle_time`](crate::pool::PoolBuilder::with_max_idle_time).
    pub fn with_max_idle_time(mut self, time: Duration) -> Self {
        self.options.pool.max_idle_time = Some(time);
        self
    }

    /// Sets what happens to an instance between two calls; see
    /// [`PoolBuilder::with_reuse`](crate::pool::PoolBuilder::with_reuse).
    pub fn with_reuse(mut self, reuse: Reuse) -> Self {
        self.options.pool.reuse = Some(reuse);
        self
    }
}
