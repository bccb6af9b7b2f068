//! The engine: compiles plug-ins and holds their shared parts: artifacts, pools of memory, and the clock of deadlines.

mod alarms;
mod barrier;
mod beats;
mod builder;
mod cache;
mod config;
mod deadline;
mod options;
mod process;
mod profile;
mod ticker;

use std::{
    collections::HashMap,
    fmt,
    future::poll_fn,
    sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError},
    task::{Poll, Waker},
    time::Instant,
};

pub(crate) use self::{
    beats::{Beat, Since},
    config::{MAX_TABLE_ELEMENTS, POOLED_MEMORY},
    deadline::Deadline,
    options::{CacheChoice, EngineOptions},
    ticker::{Alarm, TICK},
};
pub use self::{builder::EngineBuilder, options::Profiling};
use self::{
    cache::DiskCache,
    ticker::{Tick, Ticked},
};
pub use crate::features::{Features, Proposal};
use crate::{
    Error,
    artifact::{Artifact, Key, ModuleSummary, SharedArtifacts},
    fuse::FuseError,
    load::LoadedModule,
};

/// Compiles plug-ins, and holds their shared parts. Cheap to clone.
///
/// By default, a process has one engine; plug-ins that need another configuration (fuel, core dumps, profiling) share
/// one per configuration. [`Engine::builder`] creates a separate engine.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    options: EngineOptions,
    plain: Engines,
    /// For modules with debug information; the same as `plain` otherwise.
    with_lines: OnceLock<Engines>,
    cache: DiskCache,
    /// The modules of its plug-ins.
    artifacts: SharedArtifacts,
    ticked: Ticked,
}

/// The underlying engines, which differ in how instances are allocated.
struct Engines {
    /// Takes instances from a pool; `None` if the pool is disabled or could not be reserved. In a dense engine, allocates
    /// those whose memories never grow.
    pooled: Option<wasmtime::Engine>,
    /// Allocates each instance individually: for modules that do not fit the pool, and for when the pool is exhausted.
    on_demand: OnceLock<wasmtime::Engine>,
}

impl Engines {
    fn new(options: &EngineOptions, cache: &DiskCache, code: Code) -> Self {
        let pooled = match options.pool_size {
            _ if options.dense => config::still(options, cache, code),
            0 => None,
            _ => config::pooled(options, cache, code),
        };
        Self { pooled, on_demand: OnceLock::new() }
    }

    fn all(&self) -> impl Iterator<Item = &wasmtime::Engine> {
        [self.pooled.as_ref(), self.on_demand.get()].into_iter().flatten()
    }
}

/// What compiled code tells about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// The function that a place in it belongs to.
    Plain,
    /// Also the instruction of the module: for those with debug information. The machine code is the same, with a table beside it.
    WithLines,
}

/// How an instance's memories are allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allocation {
    /// From the pool; in a dense engine, individually, for memories that never grow.
    Pooled,
    /// Individually.
    OnDemand,
}

impl Engine {
    /// Creates a builder for a separate engine.
    pub fn builder() -> EngineBuilder {
        EngineBuilder::default()
    }

    /// Returns the process's shared engine.
    ///
    /// # Errors
    ///
    /// Returns an error if the engine cannot be created: this machine is not supported, or the cache's configuration is
    /// wrong.
    pub fn shared() -> Result<Self, Error> {
        Self::shared_with(EngineOptions::default())
    }

    /// Returns the process's engine with this configuration, created at the first call.
    pub(crate) fn shared_with(options: EngineOptions) -> Result<Self, Error> {
        static ENGINES: LazyLock<Mutex<HashMap<EngineOptions, Engine>>> = LazyLock::new(Mutex::default);
        let mut engines = ENGINES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = engines.get(&options) {
            return Ok(engine.clone());
        }
        let engine = Self::with_options(options.clone())?;
        engines.insert(options, engine.clone());
        Ok(engine)
    }

    pub(crate) fn with_options(options: EngineOptions) -> Result<Self, Error> {
        if options.cache != CacheChoice::Off {
            process::start_thread()
                .map_err(|error| Error::engine("cannot start the threads that an engine needs", error))?;
        }
        let cache = DiskCache::open(&options.cache)?;
        profile::prepare(options.profiling)?;
        let plain = Engines::new(&options, &cache, Code::Plain);
        let (artifacts, ticked) = (SharedArtifacts::default(), Ticked::default());
        let inner = Inner { options, plain, with_lines: OnceLock::new(), cache, artifacts, ticked };
        let engine = Self(Arc::new(inner));
        if engine.0.plain.pooled.is_none() {
            engine.wasmtime(Allocation::OnDemand, Code::Plain)?;
        }
        Ok(engine)
    }

    /// Returns the bytes of stack that a thread needs to call plug-ins of this engine, so that deep recursion is an
    /// error: [`EngineBuilder::with_max_stack`] and 256 KiB. Your own host functions, codecs and log subscribers need stack
    /// in addition to that. A thread with less may abort the process. Threads that Rust creates have 2 MiB.
    ///
    /// ```
    /// # use extism_runtime::{Engine, Plugin};
    /// let stack = Engine::shared()?.needed_stack();
    /// let thread = std::thread::Builder::new().stack_size(stack).spawn(|| -> Result<String, extism_runtime::Error> {
    ///     Plugin::new("examples/plugins/echo.wasm")?.call("echo", "hello")
    /// });
    /// assert_eq!(thread.expect("a thread").join().expect("no panic")?, "hello");
    /// # Ok::<(), extism_runtime::Error>(())
    /// ```
    #[must_use]
    pub fn needed_stack(&self) -> usize {
        self.0.options.needed_stack()
    }

    /// Returns whether compiled code is kept on disk.
    #[cfg(feature = "cache")]
    pub(crate) fn has_cache(&self) -> bool {
        self.0.cache.kept().fused.is_some()
    }

    pub(crate) fn options(&self) -> &EngineOptions {
        &self.0.options
    }

    /// Returns the allocation to try first.
    pub(crate) fn preferred(&self, code: Code) -> Allocation {
        if self.0.engines(code).pooled.is_some() { Allocation::Pooled } else { Allocation::OnDemand }
    }

    /// Returns the underlying engine for this kind of allocation and code; all but the first are created when they are
    /// needed.
    pub(crate) fn wasmtime(&self, allocation: Allocation, code: Code) -> Result<&wasmtime::Engine, Error> {
        let engines = self.0.engines(code);
        if let (Allocation::Pooled, Some(engine)) = (allocation, &engines.pooled) {
            return Ok(engine);
        }
        if let Some(engine) = engines.on_demand.get() {
            return Ok(engine);
        }
        let engine = config::on_demand(&self.0.options, &self.0.cache, code)?;
        Ok(engines.on_demand.get_or_init(|| engine))
    }

    /// Returns a module with the kernel fused in, reusing that of another plug-in or of an earlier process if there is
    /// one.
    pub(crate) fn artifact(
        &self,
        key: Key,
        module: &LoadedModule,
        summary: ModuleSummary,
    ) -> Result<Arc<Artifact>, FuseError> {
        let Inner { options, cache, .. } = &*self.0;
        self.0.artifacts.get(key, || Artifact::fuse(&key, module, summary, cache.kept(), options.source_lines))
    }

    /// Makes every running call check its deadline and whether it was cancelled.
    pub(crate) fn interrupt(&self) {
        self.0.interrupt();
    }

    /// Marks a call that the clock has to interrupt, and that begins now, as running: until the result is dropped,
    /// [`interrupt`](Self::interrupt) is called every few milliseconds.
    #[inline]
    pub(crate) fn timed_call(&self) -> Result<Beat, Error> {
        ticker::begin(&self.0.ticked, &self.0)
    }

    /// Wakes a task at a given time, or up to two milliseconds later, until the result is dropped.
    #[expect(clippy::unused_self, reason = "that all engines have one clock is a detail")]
    pub(crate) fn alarm(&self, at: Instant, waker: Waker) -> Result<Alarm, Error> {
        ticker::alarm(at, waker)
    }

    /// Waits until a given time, or up to two milliseconds longer; forever if there is none.
    #[cfg_attr(not(feature = "wasi"), expect(dead_code, reason = "only WASI needs it"))]
    pub(crate) async fn sleep_until(&self, time: Option<Instant>) -> Result<(), Error> {
        let mut alarm: Option<Alarm> = None;
        poll_fn(|context| {
            let Some(time) = time else { return Poll::Pending };
            match &alarm {
                Some(alarm) => alarm.rewire(context.waker().clone()),
                None => alarm = Some(self.alarm(time, context.waker().clone())?),
            }
            // After it was set: it may have rung in the meantime.
            if Instant::now() >= time { Poll::Ready(Ok(())) } else { Poll::Pending }
        })
        .await
    }
}

impl Inner {
    fn interrupt(&self) {
        let engines = [Some(&self.plain), self.with_lines.get()];
        engines.into_iter().flatten().flat_map(Engines::all).for_each(wasmtime::Engine::increment_epoch);
    }

    fn engines(&self, code: Code) -> &Engines {
        if code == Code::Plain || config::is_debugged(&self.options) {
            // Code for debuggers tells everything.
            return &self.plain;
        }
        self.with_lines.get_or_init(|| Engines::new(&self.options, &self.cache, code))
    }
}

impl Tick for Inner {
    fn tick(&self) {
        self.interrupt();
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Engine").field(&self.0.options).finish()
    }
}
