//! The modules that a process calls: fetched and compiled once per hash.

use std::{
    collections::HashMap,
    fmt::{self, Write},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use extism_runtime::{
    CompiledPlugin, Engine, Error, Manifest, PluginBuilder, Pool, Wasm, engine::EngineBuilder, pool::Reuse,
};
use sha2::{Digest, Sha256};

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
pub struct Modules(Arc<Inner>);

struct Inner {
    policy: ExecutorPolicy,
    /// `None` in a process that only plans.
    engine: Option<Engine>,
    /// The bytes of modules that came with a plan, or from memory.
    inline: Mutex<HashMap<[u8; 32], Bytes>>,
    ready: Mutex<HashMap<[u8; 32], Slot>>,
    watchdog: Watchdog,
    fetched: AtomicU64,
    compiled: AtomicU64,
}

/// A module, once it is compiled; who compiles it holds the lock.
type Slot = Arc<Mutex<Option<Ready>>>;

/// What the [`Modules`] of a process have done so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Modules that were fetched from a file or an object store.
    pub fetched: u64,
    /// Modules that were compiled, or loaded from the directory of compiled modules.
    pub compiled: u64,
}

/// A compiled module, and its instances.
#[derive(Clone)]
pub(crate) struct Ready {
    /// Each user gets a new instance.
    fresh: Pool,
    /// Users get the instances of earlier ones.
    kept: Pool,
}

impl Ready {
    /// Returns the pool of a function that keeps its state or does not.
    pub(crate) fn pool(&self, keeps_state: bool) -> &Pool {
        if keeps_state { &self.kept } else { &self.fresh }
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
        Self(Arc::new(Inner {
            policy,
            engine,
            inline: Mutex::default(),
            ready: Mutex::default(),
            watchdog: Watchdog::default(),
            fetched: AtomicU64::new(0),
            compiled: AtomicU64::new(0),
        }))
    }

    /// Returns the process's policy.
    pub fn policy(&self) -> &ExecutorPolicy {
        &self.0.policy
    }

    /// Returns what ends batches that take too long.
    pub(crate) fn watchdog(&self) -> &Watchdog {
        &self.0.watchdog
    }

    /// Keeps a module's bytes, for functions whose module is [`Location::Inline`]; returns their SHA-256.
    pub fn provide(&self, bytes: impl Into<Bytes>) -> [u8; 32] {
        let bytes = bytes.into();
        let hash = sha256(&bytes);
        lock(&self.0.inline).entry(hash).or_insert(bytes);
        hash
    }

    /// Returns a module's bytes, if they are in this process.
    #[cfg(feature = "ship")]
    pub(crate) fn kept(&self, sha256: &[u8; 32]) -> Option<Bytes> {
        lock(&self.0.inline).get(sha256).cloned()
    }

    /// Returns how many modules this process has fetched and compiled so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let Inner { fetched, compiled, .. } = &*self.0;
        Counts { fetched: fetched.load(Ordering::Relaxed), compiled: compiled.load(Ordering::Relaxed) }
    }

    /// Returns a module's bytes, whose hash is checked. It waits for the fetching, if they are not in this process.
    ///
    /// # Errors
    ///
    /// Returns an error if the module cannot be fetched, is too large, or has another hash.
    pub fn bytes(&self, function: &str, module: &ModuleRef) -> Result<Bytes, FunctionError> {
        if let Some(bytes) = lock(&self.0.inline).get(&module.sha256) {
            return Ok(bytes.clone());
        }
        let policy = &self.0.policy;
        self.0.fetched.fetch_add(1, Ordering::Relaxed);
        let bytes = fetch::module(module, policy).map_err(|reason| FunctionError::Fetch {
            function: function.to_owned(),
            location: module.at.to_string(),
            reason,
        })?;
        let actual = sha256(&bytes);
        if actual != module.sha256 {
            return Err(FunctionError::hash(function, module, &actual));
        }
        Ok(bytes)
    }

    /// Returns the compiled module. The first caller fetches and compiles it, and others wait for that; a failure is
    /// not remembered, since the next fetch may succeed.
    pub(crate) fn ready(&self, function: &str, module: &ModuleRef) -> Result<Ready, FunctionError> {
        let Some(engine) = &self.0.engine else {
            return Err(FunctionError::Planner { function: function.to_owned() });
        };
        let slot = Arc::clone(lock(&self.0.ready).entry(module.sha256).or_default());
        let mut slot = lock(&slot);
        if let Some(ready) = &*slot {
            return Ok(ready.clone());
        }
        let bytes = self.bytes(function, module)?;
        self.0.compiled.fetch_add(1, Ordering::Relaxed);
        let compiled = compile(&bytes, &module.name, engine, &self.0.policy)
            .map_err(|error| FunctionError::Plugin { function: function.to_owned(), error: Box::new(error) })?;
        let pool = |reuse| {
            Pool::builder(compiled.clone()).with_max_instances(self.0.policy.instances).with_reuse(reuse).build()
        };
        Ok(slot.insert(Ready { fresh: pool(Reuse::Fresh), kept: pool(Reuse::Keep) }).clone())
    }
}

fn engine(policy: &ExecutorPolicy) -> Result<Engine, Error> {
    let builder = Engine::builder().with_fuel(policy.fuel.is_some());
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
        f.debug_struct("Modules").field("policy", &self.0.policy).finish_non_exhaustive()
    }
}
