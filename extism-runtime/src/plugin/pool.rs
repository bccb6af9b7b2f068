use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{CompiledPlugin, Plugin};
use crate::Error;

/// A bounded set of instances of one compiled plug-in, shared between threads. Cheap to clone.
///
/// An instance starts in microseconds, so a pool isn't for saving that time. It is for bounding how many run at a time,
/// and for plug-ins whose initialization is slow or whose variables should live on.
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use std::time::Duration;
/// use extism_runtime::{CompiledPlugin, Pool};
///
/// let compiled = CompiledPlugin::new("examples/plugins/echo.wasm")?;
/// let pool = Pool::new(compiled, 4);
/// if let Some(mut plugin) = pool.get(Duration::from_secs(1))? {
///     assert_eq!(plugin.call::<_, &str>("echo", "hello")?, "hello");
/// }
/// assert_eq!((pool.len(), pool.idle()), (1, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Pool(Arc<Shared>);

struct Shared {
    compiled: CompiledPlugin,
    max: usize,
    state: Mutex<State>,
    /// Told whenever an instance comes back.
    returned: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Plugin>,
    /// All instances, also those in use.
    count: usize,
}

impl Pool {
    /// A pool of at most `max_instances`, each made when it is first needed.
    #[must_use]
    pub fn new(compiled: CompiledPlugin, max_instances: usize) -> Self {
        let shared = Shared { compiled, max: max_instances, state: Mutex::default(), returned: Condvar::new() };
        Self(Arc::new(shared))
    }

    /// Takes an instance, which goes back when it is dropped. `None` when all are in use for all of `timeout`.
    ///
    /// An instance comes as its last user left it, variables and configuration included.
    ///
    /// # Errors
    ///
    /// When a new instance can't be made.
    pub fn get(&self, timeout: Duration) -> Result<Option<PooledPlugin>, Error> {
        // None for a time so far away that the clock can't express it.
        let deadline = Instant::now().checked_add(timeout);
        let mut state = self.0.lock();
        loop {
            if let Some(plugin) = state.idle.pop() {
                return Ok(Some(self.lend(plugin)));
            }
            if state.count < self.0.max {
                state.count += 1;
                drop(state);
                return self.make().map(Some);
            }
            let left = deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return Ok(None);
            }
            state = self.0.returned.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The compiled plug-in that the instances are of.
    #[must_use]
    pub fn compiled(&self) -> &CompiledPlugin {
        &self.0.compiled
    }

    /// How many instances there are, those in use included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.lock().count
    }

    /// Whether there are no instances yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many instances wait to be used.
    #[must_use]
    pub fn idle(&self) -> usize {
        self.0.lock().idle.len()
    }

    /// Makes an instance whose place is counted already.
    fn make(&self) -> Result<PooledPlugin, Error> {
        match self.0.compiled.instantiate() {
            Ok(plugin) => Ok(self.lend(plugin)),
            Err(error) => {
                self.0.lock().count -= 1;
                self.0.returned.notify_one();
                Err(error)
            }
        }
    }

    fn lend(&self, plugin: Plugin) -> PooledPlugin {
        PooledPlugin { plugin, pool: self.clone() }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("compiled", &self.0.compiled).field("max", &self.0.max).finish_non_exhaustive()
    }
}

/// An instance of a [`Pool`], in use until it is dropped.
#[derive(Debug)]
pub struct PooledPlugin {
    plugin: Plugin,
    pool: Pool,
}

impl Deref for PooledPlugin {
    type Target = Plugin;

    fn deref(&self) -> &Plugin {
        &self.plugin
    }
}

impl DerefMut for PooledPlugin {
    fn deref_mut(&mut self) -> &mut Plugin {
        &mut self.plugin
    }
}

impl Drop for PooledPlugin {
    fn drop(&mut self) {
        let plugin = self.plugin.take();
        self.pool.0.lock().idle.push(plugin);
        self.pool.0.returned.notify_one();
    }
}
