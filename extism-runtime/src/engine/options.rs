use std::path::PathBuf;

use crate::features::Features;

/// The profiler that the compiled code is registered with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Profiling {
    /// No profiler.
    #[default]
    None,
    /// `perf`, through a symbol map in `/tmp/perf-PID.map`. On Unix, it is an error if a link is in its place.
    PerfMap,
    /// `perf inject --jit`, through a file `jit-PID.dump` in the current directory, where no plug-in may write. On
    /// Unix, it is an error if a link is in its place.
    JitDump,
    /// Intel VTune.
    Vtune,
}

/// The place where compiled code is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum CacheChoice {
    /// Nowhere.
    Off,
    /// The user's cache directory.
    Default,
    /// This directory.
    Directory(PathBuf),
    /// According to this configuration file of wasmtime's cache.
    Config(PathBuf),
}

/// All options that distinguish one engine from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct EngineOptions {
    pub(crate) fuel: bool,
    /// Whether loops of plug-ins that copy become bulk copies.
    pub(crate) bulk_copies: bool,
    /// Whether small functions are compiled into their callers.
    pub(crate) inlining: bool,
    /// Whether code gives the same results on every machine.
    pub(crate) deterministic: bool,
    pub(crate) coredump: bool,
    /// Whether traps show the lines of code with debug information.
    pub(crate) source_lines: bool,
    pub(crate) profiling: Profiling,
    pub(crate) cache: CacheChoice,
    pub(crate) features: Features,
    /// Instances that the pool holds; 0 disables it.
    pub(crate) pool_size: u32,
    /// Bytes of each memory and table that a place of the pool keeps when its instance is gone, on systems that report which
    /// pages were written to: these pages are cleared, and the next instance reuses them. Returning them to the system
    /// and faulting them in again costs more, and makes threads wait for each other.
    pub(crate) pool_resident: usize,
    /// Whether instances take as few addresses as possible.
    pub(crate) dense: bool,
    /// Bytes that a plug-in's memory has before it asks for them.
    pub(crate) headroom: usize,
    /// Whether running code can be interrupted.
    pub(crate) interruptible: bool,
    /// Bytes of stack that WebAssembly may use in a call.
    pub(crate) max_stack: usize,
}

/// Bytes of a page of WebAssembly.
const WASM_PAGE: usize = 64 << 10;
/// Instances that the pool holds by default. It reserves address space, not memory.
const DEFAULT_POOL_SIZE: u32 = 1000;
/// Most calls write to less.
const DEFAULT_POOL_RESIDENT: usize = 128 << 10;
/// The default of wasmtime.
const DEFAULT_MAX_STACK: usize = 512 << 10;

/// Bytes of stack that the crate itself uses in addition to WebAssembly's, to enter and leave a call, and to dispatch
/// host calls.
const OWN_STACK: usize = 256 << 10;

/// Bytes of stack for host functions when a plug-in runs on a separate stack (WASI, and a call within a call). Users'
/// host functions may need as much as on a thread.
const HOST_STACK: usize = 2 << 20;

impl EngineOptions {
    /// Returns whether copy loops are lifted. They are not where fuel is counted: a bulk copy would take less
    /// than the loop, so that the fuel of a call would depend on this option.
    pub(crate) fn lifts_loops(&self) -> bool {
        self.bulk_copies && !self.fuel
    }

    /// Returns how many pages a plug-in's memory has before it asks for them. There are none if fuel is counted: growing a
    /// memory into them takes another amount of fuel.
    pub(crate) fn headroom_pages(&self) -> u32 {
        let pages = if self.fuel { 0 } else { self.headroom.div_ceil(WASM_PAGE) };
        u32::try_from(pages).unwrap_or(u32::MAX)
    }

    /// The bytes of stack that a thread needs to call plug-ins.
    pub(crate) fn needed_stack(&self) -> usize {
        self.max_stack.saturating_add(OWN_STACK)
    }

    /// The bytes of a stack for a plug-in and the host functions that it calls.
    pub(crate) fn stack_with_host(&self) -> usize {
        self.max_stack.saturating_add(HOST_STACK)
    }
}

impl Default for EngineOptions {
    /// The options set by environment variables, which are those of the official runtime.
    fn default() -> Self {
        Self {
            fuel: false,
            bulk_copies: true,
            inlining: false,
            source_lines: true,
            deterministic: false,
            coredump: std::env::var_os("EXTISM_COREDUMP").is_some(),
            profiling: profiling_from_env(),
            cache: cache_from_env(),
            features: Features::all(),
            pool_size: DEFAULT_POOL_SIZE,
            pool_resident: DEFAULT_POOL_RESIDENT,
            dense: false,
            headroom: 0,
            interruptible: true,
            max_stack: DEFAULT_MAX_STACK,
        }
    }
}

fn profiling_from_env() -> Profiling {
    match std::env::var("EXTISM_PROFILE").as_deref() {
        Ok("perf") => Profiling::PerfMap,
        Ok("jitdump") => Profiling::JitDump,
        Ok("vtune") => Profiling::Vtune,
        Ok(other) => {
            tracing::warn!("EXTISM_PROFILE is `{other}`, which is not supported; use perf, jitdump or vtune");
            Profiling::None
        }
        Err(_) => Profiling::None,
    }
}

fn cache_from_env() -> CacheChoice {
    match std::env::var_os("EXTISM_CACHE_CONFIG") {
        Some(path) if path.is_empty() => CacheChoice::Off,
        Some(path) => CacheChoice::Config(path.into()),
        None => CacheChoice::Default,
    }
}
