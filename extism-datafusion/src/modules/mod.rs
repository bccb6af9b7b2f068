//! The modules that a process calls: fetched and compiled once per hash.

mod compiled;
mod held;

use std::{
    fmt::{self, Write},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use extism_runtime::{
    CompiledPlugin, Engine, Error, Manifest, PluginBuilder, Pool, Wasm, engine::EngineBuilder, pool::Reuse,
};
use sha2::{Digest, Sha256};

use self::{
    compiled::{CompiledModules, Limits, Pools, Slot},
    held::{Held, HeldModules},
};
use crate::{
    error::FunctionError,
    fetch,
    policy::{Cache, ExecutorPolicy},
    spec::{Location, ModuleRef},
    watchdog::Watchdog,
};

/// The modules that a process calls: each is fetched when it is first needed, compiled once per hash, and has one pool of
/// instances. Cheap to clone; all functions of a process share one.
#[derive(Clone)]
pub struct Modules {
    inner: Arc<Inner>,
    /// The bytes of a function's module, which are kept as long as the function.
    _held: Option<Arc<Held>>,
}

struct Inner {
    policy: ExecutorPolicy,
    /// `None` in a process that only plans.
    engine: Option<Engine>,
    held: Mutex<HeldModules>,
    compiled: Mutex<CompiledModules<Pools>>,
    watchdog: Watchdog,
    times_fetched: AtomicU64,
    times_compiled: AtomicU64,
}

/// What the [`Modules`] of a process have done so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Modules that were fetched from a file or an object store.
    pub fetched: u64,
    /// Modules that were compiled, or loaded from the directory of compiled modules.
    pub compiled: u64,
}

/// A compiled module. It is not dropped as long as somebody has this.
pub(crate) struct Ready {
    pools: Pools,
    _in_use: Arc<Slot<Pools>>,
}

impl Ready {
    /// Returns the pool of a function that keeps its state or does not.
    pub(crate) fn pool(&self, keeps_state: bool) -> &Pool {
        if keeps_state { &self.pools.kept } else { &self.pools.fresh }
    }
}

impl Modules {
    /// Creates the modules of a process that calls plug-ins under this policy.
    ///
    /// # Errors
    ///
    /// Returns an error if the cache's directory cannot be used, or this machine is not supported.
    pub fn new(policy: ExecutorPolicy) -> Result<Self, Error> {
        let engine = engine(&policy)?;
        Ok(Self::of(policy, Some(engine)))
    }

    /// Creates the modules of a process that calls no plug-ins, such as a scheduler: it makes and passes on functions, and
    /// their calls are errors.
    #[must_use]
    pub fn planner() -> Self {
        Self::planner_with(ExecutorPolicy::default())
    }

    /// Creates the modules of a process that calls no plug-ins, as [`planner`](Self::planner), under a policy for what it
    /// reads and sends: sizes and object stores.
    #[must_use]
    pub fn planner_with(policy: ExecutorPolicy) -> Self {
        Self::of(policy, None)
    }

    fn of(policy: ExecutorPolicy, engine: Option<Engine>) -> Self {
        let limits = Limits { modules: policy.max_kept_modules, bytes: policy.max_kept_module_bytes };
        let inner = Inner {
            policy,
            engine,
            held: Mutex::default(),
            compiled: Mutex::new(CompiledModules::new(limits)),
            watchdog: Watchdog::default(),
            times_fetched: AtomicU64::new(0),
            times_compiled: AtomicU64::new(0),
        };
        Self { inner: Arc::new(inner), _held: None }
    }

    /// Returns the process's policy.
    pub fn policy(&self) -> &ExecutorPolicy {
        &self.inner.policy
    }

    /// Returns what ends batches that take too long.
    pub(crate) fn watchdog(&self) -> &Watchdog {
        &self.inner.watchdog
    }

    /// Keeps a module's bytes for good, for functions whose module is [`Location::Inline`]; returns their SHA-256.
    ///
    /// The functions that a [`PluginStore`](crate::PluginStore) makes keep those of their own modules.
    pub fn provide(&self, bytes: impl Into<Bytes>) -> [u8; 32] {
        let bytes = bytes.into();
        let hash = sha256(&bytes);
        lock(&self.inner.held).give(hash, bytes);
        hash
    }

    /// Returns the modules for a function whose module has these bytes: they are kept as long as the function.
    pub(crate) fn holding(&self, hash: [u8; 32], bytes: Bytes, is_sent: bool) -> Self {
        Self { inner: Arc::clone(&self.inner), _held: lock(&self.inner.held).hold(hash, bytes, is_sent) }
    }

    /// Returns the modules for a function whose module's bytes may be in this process.
    #[cfg(feature = "ship")]
    pub(crate) fn holding_if_there(&self, hash: &[u8; 32]) -> Self {
        Self { inner: Arc::clone(&self.inner), _held: lock(&self.inner.held).holder(hash) }
    }

    /// Returns a module's bytes, if they are in this process.
    pub(crate) fn held(&self, sha256: &[u8; 32]) -> Option<Bytes> {
        lock(&self.inner.held).bytes(sha256)
    }

    /// Whether a module's bytes came within a plan.
    #[cfg(feature = "ship")]
    pub(crate) fn is_sent(&self, sha256: &[u8; 32]) -> bool {
        lock(&self.inner.held).is_sent(sha256)
    }

    /// Returns how many modules this process has fetched and compiled so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let Inner { times_fetched, times_compiled, .. } = &*self.inner;
        Counts { fetched: times_fetched.load(Ordering::Relaxed), compiled: times_compiled.load(Ordering::Relaxed) }
    }

    /// Returns a module's bytes, whose hash is checked. It waits for the fetching, if they are not in this process.
    ///
    /// # Errors
    ///
    /// Returns an error if the policy does not grant the module's place
    /// ([`with_modules_from`](ExecutorPolicy::with_modules_from)), or if the module cannot be fetched, is too large, or has
    /// another hash.
    pub fn bytes(&self, function: &str, module: &ModuleRef) -> Result<Bytes, FunctionError> {
        if let Some(bytes) = self.held(&module.sha256) {
            return Ok(bytes);
        }
        self.inner.times_fetched.fetch_add(1, Ordering::Relaxed);
        let bytes = fetch::module(module, &self.inner.policy).map_err(|reason| FunctionError::Fetch {
            function: function.to_owned(),
            location: module.at.to_string(),
            reason,
        })?;
        if sha256(&bytes) == module.sha256 { Ok(bytes) } else { Err(FunctionError::hash(function, module, &bytes)) }
    }

    /// Returns the compiled module. The first caller fetches and compiles it, and others wait for that; a failure is
    /// not remembered, since the next fetch may succeed.
    pub(crate) fn ready(&self, function: &str, module: &ModuleRef) -> Result<Ready, FunctionError> {
        let Some(engine) = &self.inner.engine else {
            return Err(FunctionError::Planner { function: function.to_owned() });
        };
        // Dropped after the lock.
        let mut dropped = Vec::new();
        let slot = lock(&self.inner.compiled).slot(module.sha256, &mut dropped);
        let mut place = slot.lock();
        if let Some(pools) = &*place {
            let pools = pools.clone();
            drop(place);
            return Ok(Ready { pools, _in_use: slot });
        }
        match self.compile(function, module, engine) {
            Ok((pools, bytes)) => {
                *place = Some(pools.clone());
                drop(place);
                lock(&self.inner.compiled).compiled(&module.sha256, bytes, &mut dropped);
                Ok(Ready { pools, _in_use: slot })
            }
            Err(error) => {
                drop(place);
                lock(&self.inner.compiled).failed(&module.sha256);
                Err(error)
            }
        }
    }

    /// Compiles a module; also returns the number of its bytes.
    fn compile(&self, function: &str, module: &ModuleRef, engine: &Engine) -> Result<(Pools, u64), FunctionError> {
        let policy = &self.inner.policy;
        let bytes = self.bytes(function, module)?;
        self.inner.times_compiled.fetch_add(1, Ordering::Relaxed);
        let compiled = compile(&bytes, &module.name, engine, policy)
            .map_err(|error| FunctionError::Plugin { function: function.to_owned(), error: Box::new(error) })?;
        let pool = |reuse| {
            let pool = Pool::builder(compiled.clone()).with_max_instances(policy.instances).with_reuse(reuse);
            // Each batch ends, so that waiting does, too; others may take longer than a pool would wait.
            pool.with_max_wait(Duration::MAX).build()
        };
        Ok((Pools { fresh: pool(Reuse::Fresh), kept: pool(Reuse::Keep) }, bytes.len() as u64))
    }
}

/// What an instance leaves to the next one. Each batch has a new instance, which writes to a few times the batch's bytes.
const RESIDENT: usize = 4 << 20;

fn engine(policy: &ExecutorPolicy) -> Result<Engine, Error> {
    let builder = Engine::builder().with_fuel(policy.fuel.is_some()).with_pool_resident_bytes(RESIDENT);
    let cached = |builder: EngineBuilder| match &policy.cache {
        Cache::Default => builder,
        Cache::Directory(directory) => builder.with_cache_directory(directory),
        Cache::Off => builder.with_cache(false),
    };
    cached(builder).build()
}

fn compile(bytes: &Bytes, name: &str, engine: &Engine, policy: &ExecutorPolicy) -> Result<CompiledPlugin, Error> {
    let manifest = Manifest::new([Wasm::data(bytes.to_vec())])
        .with_allowed_hosts(policy.hosts.iter().cloned())
        .with_allowed_paths(policy.paths.iter().cloned());
    let mut builder = PluginBuilder::untrusted(manifest)
        .with_name(name)
        .with_engine(engine)
        .with_wasi(policy.wasi)
        .with_timeout(policy.timeout)
        .with_compile_timeout(policy.compile_timeout)
        .with_max_pages(policy.max_pages)
        .with_max_module_bytes(policy.max_module_bytes)
        .with_max_output_bytes(policy.max_output_bytes)
        .with_max_log_bytes(policy.max_log_bytes)
        .with_private_addresses(policy.private_addresses);
    if let Some(fuel) = policy.fuel {
        builder = builder.with_fuel_limit(fuel);
    }
    builder.compile()
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

pub(crate) fn hex(hash: &[u8; 32]) -> String {
    let mut text = String::with_capacity(2 * hash.len());
    for byte in hash {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inline => f.write_str("the plan"),
            Self::Url(url) => f.write_str(url),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

impl fmt::Debug for Modules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Modules").field("policy", &self.inner.policy).finish_non_exhaustive()
    }
}
