//! Modules with the kernel fused in, compiled: what all plug-ins of an engine share that have the same module.

#[cfg(feature = "cache")]
mod checked;
mod compiling;
mod crew;
mod init;
mod key;
mod shape;
mod shared;
mod stored;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

#[cfg(feature = "cache")]
pub(crate) use self::checked::Checked;
pub(crate) use self::{
    compiling::CompileLimit,
    init::{InitCall, Initializer},
    key::Key,
    shape::Shape,
    shared::Shared,
    stored::Stored,
};
use self::{compiling::Compiling, init::init_calls};
use crate::{
    error::BoxError,
    fuse::{Cost, FuseError, Fused, KernelMemory, MEMORY_MODULE, fuse_except},
};

/// The name under which modules import the kernel's memory, from [`MEMORY_MODULE`].
pub(crate) const MEMORY_NAME: &str = "memory";

/// A module with the kernel fused in, and what is known of it. What depends on a plug-in, such as the module's name,
/// isn't here.
pub(crate) struct Code {
    key: Key,
    kept: Kept,
    /// The fused module.
    wasm: Arc<Vec<u8>>,
    /// Under which name it exports the kernel's memory, where it defines that.
    pub(crate) memory_export: Option<String>,
    /// What is called once per instance.
    pub(crate) init: Vec<InitCall>,
    /// What it exports under the names of initializers, also what can't be one.
    pub(crate) initializers: Vec<Initializer>,
    /// The functions that it imported of the environment, those that are fused now included: namespaces and names.
    pub(crate) env_imports: Vec<(String, String)>,
    pub(crate) imports_wasi: bool,
    /// Pages of the memories that it defines, without the kernel's.
    pub(crate) initial_pages: u64,
    /// The most bytes that one of its memories may ever have.
    pub(crate) largest_memory: u128,
    /// Its memories, without the kernel's, and its tables; imported ones included.
    pub(crate) memories: u32,
    pub(crate) tables: u32,
    /// What compiling it costs.
    pub(crate) cost: Cost,
    start_export: Option<String>,
    /// One for each engine beneath that it was compiled for: that with a pool, and that without.
    compiled: Mutex<Vec<(wasmtime::Engine, Arc<Compiling>)>>,
}

/// What is kept on disk, if anything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    /// The fused modules.
    pub(crate) fused: Option<Stored>,
    /// The code compiled from them.
    #[cfg(feature = "cache")]
    pub(crate) compiled: Option<Arc<Checked>>,
}

impl Kept {
    /// Compiles a fused module, or takes its code from the cache.
    fn compile(&self, engine: &wasmtime::Engine, key: &Key, wasm: &[u8]) -> wasmtime::Result<wasmtime::Module> {
        #[cfg(feature = "cache")]
        if let Some(compiled) = &self.compiled {
            return compiled.compile(engine, key, wasm);
        }
        let _ = key;
        wasmtime::Module::from_binary(engine, wasm)
    }
}

impl Code {
    /// Fuses the kernel into a module; where it is `kept` from an earlier time, takes it from there.
    pub(crate) fn fuse(key: &Key, wasm: &[u8], shape: Shape, kept: &Kept) -> Result<Self, FuseError> {
        let fused = match kept.fused.as_ref().and_then(|stored| stored.get(key)) {
            Some(fused) => fused,
            None => {
                let fused = fuse_except(wasm, kernel_memory(key), key.given)?;
                kept.fused.iter().for_each(|stored| stored.put(key, &fused));
                fused
            }
        };
        Ok(Self::new(*key, fused, shape, kept.clone()))
    }

    fn new(key: Key, fused: Fused, shape: Shape, kept: Kept) -> Self {
        let init = init_calls(fused.start.as_deref(), &shape.initializers);
        Self {
            key,
            kept,
            wasm: Arc::new(fused.wasm),
            memory_export: fused.memory_export,
            init,
            imports_wasi: shape.namespaces.contains("wasi_snapshot_preview1"),
            env_imports: shape.env_imports,
            initializers: shape.initializers,
            largest_memory: shape.largest_memory,
            initial_pages: fused.initial_pages,
            memories: fused.memories,
            tables: fused.tables,
            cost: fused.cost,
            start_export: fused.start,
            compiled: Mutex::default(),
        }
    }

    /// The exports that were added with the kernel.
    pub(crate) fn added_exports(&self) -> impl Iterator<Item = &str> {
        [&self.memory_export, &self.start_export].into_iter().flatten().map(String::as_str)
    }

    /// Whether an export was added with the kernel.
    pub(crate) fn is_ours(&self, export: &str) -> bool {
        self.added_exports().any(|added| added == export)
    }

    /// The module compiled for this engine. Whoever asks while it is being compiled waits for that, up to the limit.
    ///
    /// # Errors
    ///
    /// A [`ModuleLimitError`](crate::ModuleLimitError) where the limit is exceeded, else what the compiler said.
    pub(crate) fn compiled_for(
        &self,
        engine: &wasmtime::Engine,
        limit: Option<&CompileLimit>,
    ) -> Result<wasmtime::Module, BoxError> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        let known = compiled.iter().find(|(known, _)| wasmtime::Engine::same(known, engine));
        let compiling = match known {
            Some((_, compiling)) => Arc::clone(compiling),
            None => {
                let (wasm, for_engine) = (Arc::clone(&self.wasm), engine.clone());
                let (key, kept) = (self.key, self.kept.clone());
                let compile = move || kept.compile(&for_engine, &key, &wasm);
                let compiling = Compiling::start(&self.cost, limit, compile)?;
                compiled.push((engine.clone(), Arc::clone(&compiling)));
                compiling
            }
        };
        drop(compiled);
        compiling.wait(limit)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code").field("wasm", &format_args!("[{} bytes]", self.wasm.len())).finish_non_exhaustive()
    }
}

fn kernel_memory(key: &Key) -> KernelMemory<'static> {
    if key.defines_memory {
        KernelMemory::Define
    } else {
        KernelMemory::Import { module: MEMORY_MODULE, name: MEMORY_NAME }
    }
}
