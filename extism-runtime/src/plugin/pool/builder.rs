use std::{fmt, sync::Arc, time::Duration};

use super::{Pool, PoolOptions, places::Places};
use crate::{CompiledPlugin, settings::Reuse};

/// Configures a [`Pool`].
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use std::time::Duration;
/// use extism_runtime::{CompiledPlugin, Pool, pool::Reuse};
///
/// let compiled = CompiledPlugin::new("examples/plugins/echo.wasm")?;
/// let pool = Pool::builder(compiled)
///     .with_max_instances(8)
///     .with_max_wait(Duration::from_millis(100))
///     .with_reuse(Reuse::Fresh)
///     .build();
/// assert_eq!(pool.call::<_, String>("echo", "hello")?, "hello");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` creates the pool"]
pub struct PoolBuilder {
    compiled: CompiledPlugin,
    options: PoolOptions,
}

impl PoolBuilder {
    pub(super) fn new(compiled: CompiledPlugin) -> Self {
        Self { compiled, options: PoolOptions::default() }
    }

    /// Sets the maximum number of instances, which is also the number of calls that run at a time; by
    /// default, the number of the machine's processors. 0 means 1.
    pub fn with_max_instances(mut self, instances: usize) -> Self {
        self.options.max_instances = Some(instances);
        self
    }

    /// Sets how long calls wait for an instance while all are in use, before they fail with
    /// [`Error::Busy`](crate::Error::Busy); 30 seconds by default. With [`Duration::MAX`] there is no limit,
    /// and with [`Duration::ZERO`] they fail at once.
    ///
    /// Waiting counts towards a call's time limit. If that is exceeded first, the error is
    /// [`Error::Timeout`](crate::Error::Timeout).
    pub fn with_max_wait(mut self, wait: Duration) -> Self {
        self.options.max_wait = Some(wait);
        self
    }

    /// Sets how many instances are kept while they are not in use; all of them by default. With 0, each user gets a
    /// new one.
    pub fn with_max_idle(mut self, instances: usize) -> Self {
        self.options.max_idle = Some(instances);
        self
    }

    /// Sets for how long an unused instance is kept; forever by default.
    ///
    /// The pool has no thread: an instance that has been idle for that long is dropped when the pool is next used, and
    /// is never lent again.
    pub fn with_max_idle_time(mut self, time: Duration) -> Self {
        self.options.max_idle_time = Some(time);
        self
    }

    /// Sets what happens to an instance between two users. The default is [`Reuse::Keep`], and [`Reuse::Fresh`] for a
    /// plug-in built with [`PluginBuilder::untrusted`](crate::PluginBuilder::untrusted).
    pub fn with_reuse(mut self, reuse: Reuse) -> Self {
        self.options.reuse = Some(reuse);
        self
    }

    /// Creates the pool; each instance is created when it is first needed.
    #[must_use]
    pub fn build(self) -> Pool {
        Pool::with_options(self.compiled, self.options)
    }
}

impl Pool {
    pub(crate) fn with_options(compiled: CompiledPlugin, options: PoolOptions) -> Self {
        Self(Arc::new(Places::new(compiled, options)))
    }
}

impl fmt::Debug for PoolBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolBuilder").field("compiled", &self.compiled).field("options", &self.options).finish()
    }
}
