//! Compiled modules with the kernel fused in, shared by all plug-ins of an engine that contain the same module.

#[cfg(feature = "cache")]
mod checked;
mod compiling;
mod crew;
mod disk;
mod init;
mod key;
mod lines;
mod origin;
mod shared;
mod summary;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use wasmparser::{Operator, Parser, Payload};

#[cfg(feature = "cache")]
pub(crate) use self::checked::{CheckedCache, FASTEST_COMPRESSION};
pub(crate) use self::{
    compiling::CompileLimit,
    disk::FusedCache,
    init::{InitCall, Initializer},
    key::Key,
    lines::Lines,
    shared::SharedArtifacts,
    summary::{ModuleSummary, WASI},
};
use self::{compiling::Compiling, disk::Properties, init::init_calls, origin::Origin};
use crate::{
    error::BoxError,
    fuse::{self, Cost, FuseError},
    load::LoadedModule,
};

/// The name under which modules import the kernel's memory, from [`MEMORY_MODULE`].
pub(crate) const MEMORY_NAME: &str = "memory";

/// A module with the kernel fused in, and its properties. Anything that depends on a plug-in, such as the
/// module's name, is kept elsewhere.
pub(crate) struct Artifact {
    origin: Arc<Origin>,
    /// The name under which it exports the kernel's memory, if it defines that memory.
    pub(crate) memory_export: Option<String>,
    /// The functions that are called once per instance.
    pub(crate) init: Vec<InitCall>,
    /// Its exports named like initializers, including those that cannot be one.
    pub(crate) initializers: Vec<Initializer>,
    /// The environment functions that it imported, including those that are now fused: namespaces and names.
    pub(crate) env_imports: Vec<(String, String)>,
    pub(crate) imports_wasi: bool,
    /// Whether it imports from a namespace in which the environment's functions have their old names.
    pub(crate) imports_old_names: bool,
    /// Pages of the memories that it defines, not counting the kernel's.
    pub(crate) initial_pages: u64,
    /// The most bytes that any of its memories may ever have.
    pub(crate) largest_memory: u128,
    /// Its memories, not counting the kernel's, and its tables; including imported ones.
    pub(crate) memories: u32,
    pub(crate) tables: u32,
    /// The estimated cost of compiling it.
    pub(crate) cost: Cost,
    /// The name under which it exports its start function.
    pub(crate) start_export: Option<String>,
    /// The lines of its code, if it has debug information and they are wanted.
    lines: Option<Arc<Lines>>,
    /// One for each underlying engine that it was compiled for: with a pool and without.
    compiled: Mutex<Vec<(wasmtime::Engine, Arc<Compiling>)>>,
}

/// The caches on disk, if there are any.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    /// The fused modules.
    pub(crate) fused: Option<FusedCache>,
    /// The code compiled from them.
    #[cfg(feature = "cache")]
    pub(crate) compiled: Option<Arc<CheckedCache>>,
}

#[cfg(feature = "cache")]
impl Kept {
    /// Loads the code of a fused module, if it is in the cache, undamaged.
    fn load(&self, engine: &wasmtime::Engine, key: &Key) -> wasmtime::Result<Option<wasmtime::Module>> {
        self.compiled.as_ref().map_or(Ok(None), |compiled| compiled.load(engine, key))
    }

    /// Compiles a fused module, and writes its code to the cache.
    fn compile(&self, engine: &wasmtime::Engine, key: &Key, wasm: &[u8]) -> wasmtime::Result<wasmtime::Module> {
        match &self.compiled {
            Some(compiled) => compiled.compile(engine, key, wasm),
            None => wasmtime::Module::from_binary(engine, wasm),
        }
    }
}

#[cfg(not(feature = "cache"))]
#[expect(clippy::unused_self, reason = "the feature `cache` uses it")]
impl Kept {
    #[expect(clippy::unnecessary_wraps, reason = "the feature `cache` uses it")]
    fn load(&self, _: &wasmtime::Engine, _: &Key) -> wasmtime::Result<Option<wasmtime::Module>> {
        Ok(None)
    }

    fn compile(&self, engine: &wasmtime::Engine, _: &Key, wasm: &[u8]) -> wasmtime::Result<wasmtime::Module> {
        wasmtime::Module::from_binary(engine, wasm)
    }
}

impl Artifact {
    /// Fuses the kernel into a module, unless the fused module was `kept` earlier. `with_lines` is whether traps shall show
    /// the lines of its code.
    pub(crate) fn fuse(
        key: &Key,
        module: &LoadedModule,
        summary: ModuleSummary,
        kept: &Kept,
        with_lines: bool,
    ) -> Result<Self, FuseError> {
        let with_lines = with_lines && summary.has_lines;
        let known = kept.fused.as_ref().and_then(|cache| cache.properties(key));
        let (known, fused) = if let Some(known) = known {
            (known, None)
        } else {
            let fused = origin::fused(key, &module.wasm, kept)?;
            (Properties::of(&fused), Some(fused))
        };
        let origin = Arc::new(Origin::new(*key, kept.clone(), fused, module.again()));
        let lines = with_lines.then(|| Arc::new(Lines::new(Arc::clone(&origin))));
        Ok(Self { lines, ..Self::new(origin, known, summary) })
    }

    /// Creates an artifact without lines.
    fn new(origin: Arc<Origin>, known: Properties, summary: ModuleSummary) -> Self {
        let init = init_calls(known.start.as_deref(), &summary.initializers);
        Self {
            origin,
            lines: None,
            memory_export: known.memory_export,
            init,
            imports_wasi: summary.namespaces.contains(WASI),
            imports_old_names: fuse::DIALECTS
                .iter()
                .any(|dialect| dialect.is_old && summary.namespaces.contains(dialect.namespace)),
            env_imports: summary.env_imports,
            initializers: summary.initializers,
            largest_memory: summary.largest_memory,
            initial_pages: known.initial_pages,
            memories: known.memories,
            tables: known.tables,
            cost: known.cost,
            start_export: known.start,
            compiled: Mutex::default(),
        }
    }

    /// Returns the exports that fusing added.
    pub(crate) fn added_exports(&self) -> impl Iterator<Item = &str> {
        [&self.memory_export, &self.start_export].into_iter().flatten().map(String::as_str)
    }

    /// Returns whether its code grows memories of its own, or might. It grows the kernel's memory in any case.
    pub(crate) fn grows_memories(&self) -> bool {
        // It has headroom for what it grows by.
        if self.origin.key.headroom > 0 {
            return false;
        }
        let Ok(fused) = self.origin.fused() else { return true };
        // The kernel's memory comes after them.
        let grows = |operator| matches!(operator, Operator::MemoryGrow { mem } if mem < self.memories);
        let mut bodies = Parser::new(0).parse_all(&fused.wasm).filter_map(|payload| match payload {
            Ok(Payload::CodeSectionEntry(body)) => Some(body),
            _ => None,
        });
        bodies.any(|body| match body.get_operators_reader() {
            Ok(operators) => operators.into_iter().any(|operator| operator.map_or(true, grows)),
            Err(_) => true,
        })
    }

    /// Returns whether fusing added this export.
    pub(crate) fn is_ours(&self, export: &str) -> bool {
        self.added_exports().any(|added| added == export)
    }

    /// Returns whether it tells the lines of its code, which then has to be compiled so that places in it are known.
    pub(crate) fn has_lines(&self) -> bool {
        self.lines.is_some()
    }

    /// Returns what tells the lines of this compiled module's code, if it is this one's.
    pub(crate) fn lines_of(&self, module: &wasmtime::Module) -> Option<&Arc<Lines>> {
        let lines = self.lines.as_ref()?;
        let compiled = lock(&self.compiled);
        compiled.iter().any(|(_, compiling)| compiling.is(module)).then_some(lines)
    }

    /// Returns whether its code for this engine is in the cache.
    #[cfg(feature = "cache")]
    pub(crate) fn is_cached(&self, engine: &wasmtime::Engine) -> bool {
        self.origin.kept.compiled.as_ref().is_some_and(|compiled| compiled.was_written(engine, &self.origin.key))
    }

    /// Returns the module compiled for this engine. If it is already being compiled, waits for that, up to the limit.
    ///
    /// # Errors
    ///
    /// Returns an error if the limit is exceeded (a [`ModuleLimitError`](crate::error::ModuleLimitError)) or if the compiler
    /// fails.
    pub(crate) fn compiled_for(
        &self,
        engine: &wasmtime::Engine,
        limit: Option<&CompileLimit>,
    ) -> Result<wasmtime::Module, BoxError> {
        let mut compiled = lock(&self.compiled);
        let known = compiled.iter().find(|(known, _)| wasmtime::Engine::same(known, engine));
        let compiling = if let Some((_, compiling)) = known {
            Arc::clone(compiling)
        } else if let Some(compiling) = Compiling::at_once(|| self.origin.kept.load(engine, &self.origin.key)) {
            compiled.push((engine.clone(), Arc::clone(&compiling)));
            compiling
        } else {
            let (origin, fused) = (Arc::clone(&self.origin), self.origin.fused()?);
            let for_engine = engine.clone();
            let compile = move || origin.kept.compile(&for_engine, &origin.key, &fused.wasm);
            let compiling = Compiling::start(&self.cost, limit, compile)?;
            compiled.push((engine.clone(), Arc::clone(&compiling)));
            compiling
        };
        drop(compiled);
        compiling.wait(limit)
    }
}

impl fmt::Debug for Artifact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Artifact").field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// Ignores poisoning: the data behind a lock is always consistent.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
