use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{CompiledPlugin, Plugin, loan::PooledPlugin};
use crate::{
    Decode, Encode, Error,
    run::{self, CallOptions},
    settings::Reuse,
    store::CallState,
};

/// A bounded set of instances of one compiled plug-in, shared between threads. Cheap to clone.
///
/// An instance starts in microseconds, so a pool does not save that time. It limits how many run at a time, and keeps
/// plug-ins alive whose initialization is slow or whose variables should be kept. Requests are served in the order in
/// which they arrive.
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
/// assert_eq!((pool.instances(), pool.idle_instances()), (1, 1));
/// # Ok(())
/// # }
/// ```
///
/// If a host function locks a `Mutex<Plugin>` to call its own plug-in, while that mutex is locked for the running call,
/// it waits forever, and no timeout can end that. A pool in place of the mutex detects this: see [`get`](Self::get).
#[derive(Clone)]
pub struct Pool(Arc<PoolInner>);

/// Configures a [`Pool`].
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use extism_runtime::{CompiledPlugin, Pool, pool::Reuse};
///
/// let compiled = CompiledPlugin::new("examples/plugins/echo.wasm")?;
/// let pool = Pool::builder(compiled).with_max_instances(8).with_reuse(Reuse::Fresh).build();
/// assert_eq!(pool.call::<_, String>("echo", "hello")?, "hello");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a pool is made by `build`"]
pub struct PoolBuilder {
    compiled: CompiledPlugin,
    max: usize,
    reuse: Reuse,
}

struct PoolInner {
    compiled: CompiledPlugin,
    max: usize,
    reuse: Reuse,
    instances: Mutex<Instances>,
}

#[derive(Default)]
struct Instances {
    idle: Vec<Plugin>,
    /// All instances, including those in use and those being created.
    count: usize,
    /// The running calls of instances in use, by loan.
    lent: HashMap<u64, Arc<CallState>>,
    /// How many loans there have been.
    loans: u64,
    /// Threads that wait for an instance, in the order of their arrival.
    queue: VecDeque<Arc<Condvar>>,
}

impl PoolBuilder {
    /// Sets how many instances there are at most; by default, the number of the machine's processors.
    pub fn with_max_instances(mut self, instances: usize) -> Self {
        self.max = instances;
        self
    }

    /// Sets what happens to an instance between two users. The default is [`Reuse::Keep`], and [`Reuse::Fresh`] for a
    /// plug-in built with [`PluginBuilder::untrusted`](crate::PluginBuilder::untrusted).
    pub fn with_reuse(mut self, reuse: Reuse) -> Self {
        self.reuse = reuse;
        self
    }

    /// Creates the pool; each instance is created when it is first needed.
    #[must_use]
    pub fn build(self) -> Pool {
        let Self { compiled, max, reuse } = self;
        Pool(Arc::new(PoolInner { compiled, max, reuse, instances: Mutex::default() }))
    }
}

impl Pool {
    /// Creates a pool of at most `max_instances`, each created when it is first needed.
    #[must_use]
    pub fn new(compiled: CompiledPlugin, max_instances: usize) -> Self {
        Self::builder(compiled).with_max_instances(max_instances).build()
    }

    /// Creates a builder, which also sets what happens to an instance between two users.
    pub fn builder(compiled: CompiledPlugin) -> PoolBuilder {
        let reuse = compiled.0.settings.options.reuse;
        let max = std::thread::available_parallelism().map_or(1, usize::from);
        PoolBuilder { compiled, max, reuse }
    }

    /// Takes an instance, which returns to the pool when it is dropped. `None` if all stay in use until `timeout` has
    /// passed.
    ///
    /// # Errors
    ///
    /// Returns an error if a new instance cannot be created, or if waiting is futile because all instances are running
    /// calls on this thread whose host functions wait here.
    pub fn get(&self, timeout: Duration) -> Result<Option<PooledPlugin>, Error> {
        // `None` for a time too far in the future for the clock.
        let deadline = Instant::now().checked_add(timeout);
        self.get_by(deadline)
    }

    /// Calls an export of an instance; waiting for one counts towards the call's time limit. The result cannot borrow,
    /// as the instance returns to the pool.
    ///
    /// # Errors
    ///
    /// The same as for [`Plugin::call`] and [`get`](Self::get). [`Error::Timeout`] if all instances stay in use for the
    /// whole time limit of a call.
    pub fn call<I, O>(&self, name: &str, input: I) -> Result<O, Error>
    where
        I: Encode,
        O: for<'a> Decode<'a>,
    {
        let compiled = &self.0.compiled.0;
        let export = self.0.compiled.find(name)?;
        let options = CallOptions::of(compiled);
        match self.get_by(options.deadline())? {
            Some(mut plugin) => plugin.call_by_index(export, &input, options),
            None => Err(options.timed_out(run::site(compiled, export))),
        }
    }

    /// Returns the compiled plug-in that the pool's instances belong to.
    #[must_use]
    pub fn compiled(&self) -> &CompiledPlugin {
        &self.0.compiled
    }

    /// Returns how many instances there are, including those in use.
    #[must_use]
    pub fn instances(&self) -> usize {
        self.0.lock().count
    }

    /// Returns how many instances are not in use.
    #[must_use]
    pub fn idle_instances(&self) -> usize {
        self.0.lock().idle.len()
    }

    fn get_by(&self, deadline: Option<Instant>) -> Result<Option<PooledPlugin>, Error> {
        let mut instances = self.0.lock();
        if !instances.queue.is_empty() || !self.0.has_place(&instances) {
            instances = match self.0.wait(instances, deadline)? {
                Some(instances) => instances,
                None => return Ok(None),
            };
        }
        let idle = instances.idle.pop();
        instances.count += usize::from(idle.is_none());
        if self.0.has_place(&instances) {
            instances.tell_next();
        }
        if let Some(plugin) = idle {
            return Ok(Some(self.lend(&mut instances, plugin)));
        }
        drop(instances);
        match self.0.compiled.instantiate() {
            Ok(plugin) => Ok(Some(self.lend(&mut self.0.lock(), plugin))),
            Err(error) => {
                let mut instances = self.0.lock();
                instances.count -= 1;
                instances.tell_next();
                Err(error)
            }
        }
    }

    fn lend(&self, instances: &mut Instances, plugin: Plugin) -> PooledPlugin {
        let loan = instances.loans;
        instances.loans += 1;
        instances.lent.insert(loan, plugin.call_state());
        PooledPlugin::new(plugin, self.clone(), loan)
    }

    /// Takes an instance back; its next user must not find anything in it that belongs to the previous one.
    pub(super) fn take_back(&self, mut plugin: Plugin, loan: u64) {
        let kept = match self.0.reuse {
            Reuse::Fresh => {
                drop(plugin);
                None
            }
            reuse => {
                plugin.end_loan(reuse);
                Some(plugin)
            }
        };
        let mut instances = self.0.lock();
        instances.lent.remove(&loan);
        match kept {
            Some(plugin) => instances.idle.push(plugin),
            None => instances.count -= 1,
        }
        instances.tell_next();
    }
}

impl PoolInner {
    fn lock(&self) -> MutexGuard<'_, Instances> {
        self.instances.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether an instance is idle or may be created.
    fn has_place(&self, instances: &Instances) -> bool {
        !instances.idle.is_empty() || instances.count < self.max
    }

    /// Waits, at most until `deadline`, until an instance is idle or may be created and no earlier request waits for
    /// it.
    fn wait<'s>(
        &'s self,
        mut instances: MutexGuard<'s, Instances>,
        deadline: Option<Instant>,
    ) -> Result<Option<MutexGuard<'s, Instances>>, Error> {
        let told = Arc::new(Condvar::new());
        instances.queue.push_back(Arc::clone(&told));
        let given_up = loop {
            if instances.is_first(&told) && self.has_place(&instances) {
                instances.leave(&told);
                return Ok(Some(instances));
            }
            let left = deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                break Ok(None);
            }
            if self.waits_for_itself(&instances) {
                break Err(self.in_vain());
            }
            instances = told.wait_timeout(instances, left).unwrap_or_else(PoisonError::into_inner).0;
        };
        instances.leave(&told);
        if self.has_place(&instances) {
            instances.tell_next();
        }
        given_up
    }

    /// Returns whether all instances run calls on this thread, which cannot end before this thread continues.
    fn waits_for_itself(&self, instances: &Instances) -> bool {
        let thread = run::thread();
        self.max > 0 && instances.lent.len() == self.max && instances.lent.values().all(|call| call.runs_on(thread))
    }

    #[cold]
    fn in_vain(&self) -> Error {
        let context = format!("cannot wait for an instance of plug-in `{}`", self.compiled.name());
        let reason = format!(
            "all {} of its pool run calls on this thread, which would wait for itself; a host function that calls its own \
             plug-in needs a larger pool",
            self.max
        );
        Error::engine(context, reason)
    }
}

impl Instances {
    fn is_first(&self, waiting: &Arc<Condvar>) -> bool {
        self.queue.front().is_some_and(|first| Arc::ptr_eq(first, waiting))
    }

    /// Leaves the queue.
    fn leave(&mut self, waiting: &Arc<Condvar>) {
        self.queue.retain(|other| !Arc::ptr_eq(other, waiting));
    }

    /// Notifies the longest-waiting thread that there is an instance.
    fn tell_next(&self) {
        if let Some(next) = self.queue.front() {
            next.notify_one();
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("compiled", &self.0.compiled).field("max", &self.0.max).finish_non_exhaustive()
    }
}
