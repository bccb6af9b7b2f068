//! Pools of plug-ins that threads share.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    num::NonZero,
    ops::{Deref, DerefMut},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak},
    thread,
    time::{Duration, Instant},
};

use uuid::Uuid;

use crate::{Error, FromBytesOwned, Plugin, ToBytes};

/// Options of a [`Pool`].
#[derive(Clone, Debug)]
pub struct PoolBuilder {
    /// How many instances there may be at the same time; as many as the machine has cores by default.
    pub max_instances: usize,
}

impl PoolBuilder {
    /// Creates the default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many instances there may be at the same time.
    pub fn with_max_instances(mut self, n: usize) -> Self {
        self.max_instances = n;
        self
    }

    /// Creates a pool of the plug-ins that `source` creates.
    pub fn build<F: Fn() -> Result<Plugin, Error> + Send + Sync + 'static>(self, source: F) -> Pool {
        Pool::new_from_builder(source, self)
    }
}

impl Default for PoolBuilder {
    fn default() -> Self {
        Self { max_instances: thread::available_parallelism().map_or(1, NonZero::get) }
    }
}

/// A limited number of plug-ins, which are created as they are needed and lent to threads. Clones share them.
#[derive(Clone)]
pub struct Pool(Arc<Shared>);

struct Shared {
    source: Box<dyn Fn() -> Result<Plugin, Error> + Send + Sync>,
    max: usize,
    plugins: Mutex<Shelf>,
    /// Signalled when a plug-in returns, or a place becomes free.
    returned: Condvar,
    /// Which functions the plug-ins have, as far as somebody has asked.
    functions: Mutex<HashMap<String, bool>>,
}

#[derive(Default)]
struct Shelf {
    /// The one that has been idle longest is lent first.
    idle: VecDeque<Plugin>,
    /// Both lent and idle plug-ins, and those that are being created.
    count: usize,
}

impl Pool {
    /// Creates a pool of the plug-ins that `source` creates.
    pub fn new<F: Fn() -> Result<Plugin, Error> + Send + Sync + 'static>(source: F) -> Self {
        Self::new_from_builder(source, PoolBuilder::default())
    }

    /// Creates a pool with options.
    pub fn new_from_builder<F>(source: F, builder: PoolBuilder) -> Self
    where
        F: Fn() -> Result<Plugin, Error> + Send + Sync + 'static,
    {
        Self(Arc::new(Shared {
            source: Box::new(source),
            max: builder.max_instances,
            plugins: Mutex::default(),
            returned: Condvar::new(),
            functions: Mutex::default(),
        }))
    }

    /// Returns how many plug-ins there are, lent or idle.
    pub fn count(&self) -> usize {
        lock(&self.0.plugins).count
    }

    /// Takes a plug-in; creates one if none is idle and there may be another. `Ok(None)` if none has returned within
    /// `timeout`.
    pub fn get(&self, timeout: Duration) -> Result<Option<PoolPlugin>, Error> {
        let began = Instant::now();
        let mut guard = lock(&self.0.plugins);
        loop {
            if let Some(plugin) = guard.idle.pop_front() {
                return Ok(Some(self.lend(plugin)));
            }
            if guard.count < self.0.max {
                guard.count += 1;
                drop(guard);
                return self.create().map(Some);
            }
            let Some(left) = timeout.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) else {
                return Ok(None);
            };
            guard = self.0.returned.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Creates a plug-in, for which there is a place; without holding the lock, so that others can return theirs.
    fn create(&self) -> Result<PoolPlugin, Error> {
        let mut place = Place { shared: &self.0, kept: false };
        let plugin = (self.0.source)()?;
        place.kept = true;
        Ok(self.lend(plugin))
    }

    fn lend(&self, plugin: Plugin) -> PoolPlugin {
        PoolPlugin { plugin: Some(plugin), home: Arc::downgrade(&self.0) }
    }

    /// Takes a plug-in and passes it to a function. `Ok(None)` if none has returned within `timeout`.
    pub fn with_plugin<T>(
        &self,
        timeout: Duration,
        f: impl FnOnce(&mut Plugin) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.get(timeout)?.map(|mut plugin| f(&mut plugin)).transpose()
    }

    /// Returns whether the plug-ins have a function, which takes a plug-in the first time. `Ok(false)` if none has
    /// returned within `timeout`.
    pub fn function_exists(&self, name: &str, timeout: Duration) -> Result<bool, Error> {
        if let Some(exists) = lock(&self.0.functions).get(name) {
            return Ok(*exists);
        }
        let Some(plugin) = self.get(timeout)? else { return Ok(false) };
        let exists = plugin.function_exists(name);
        lock(&self.0.functions).insert(name.to_owned(), exists);
        Ok(exists)
    }
}

/// A place for a plug-in that is being created, free again if that fails or panics.
struct Place<'p> {
    shared: &'p Shared,
    kept: bool,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if !self.kept {
            lock(&self.shared.plugins).count -= 1;
            self.shared.returned.notify_one();
        }
    }
}

/// Whatever panics under these locks leaves what they guard as it should be.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A plug-in of a [`Pool`], to which it returns when this is dropped.
pub struct PoolPlugin {
    /// `None` only while it is dropped.
    plugin: Option<Plugin>,
    home: Weak<Shared>,
}

impl PoolPlugin {
    /// Calls a function by name.
    pub fn call<'a, Input: ToBytes<'a>, Output: FromBytesOwned>(
        &mut self,
        name: impl AsRef<str>,
        input: Input,
    ) -> Result<Output, Error> {
        Plugin::call(self, name, input)
    }

    /// Returns the plug-in's id.
    pub fn id(&self) -> Uuid {
        self.id
    }
}

impl Deref for PoolPlugin {
    type Target = Plugin;

    fn deref(&self) -> &Plugin {
        self.plugin.as_ref().expect("it is there until this is dropped")
    }
}

impl DerefMut for PoolPlugin {
    fn deref_mut(&mut self) -> &mut Plugin {
        self.plugin.as_mut().expect("it is there until this is dropped")
    }
}

impl Drop for PoolPlugin {
    fn drop(&mut self) {
        if let (Some(plugin), Some(home)) = (self.plugin.take(), self.home.upgrade()) {
            lock(&home.plugins).idle.push_back(plugin);
            home.returned.notify_one();
        }
    }
}

#[allow(clippy::missing_fields_in_debug, reason = "as in the official crate")]
impl fmt::Debug for PoolPlugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolPlugin").field("plugin", &self.plugin.as_ref().map(|plugin| plugin.id)).finish()
    }
}
