use std::path::PathBuf;

use super::{Engine, EngineOptions, Profiling, options::CacheChoice};
use crate::{Error, features::Features};

/// Configures an [`Engine`].
///
/// ```
/// # use extism_runtime::Engine;
/// let engine = Engine::builder().with_fuel(true).with_pool_size(200).build()?;
/// # Ok::<(), extism_runtime::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until `build` creates the engine"]
pub struct EngineBuilder {
    options: EngineOptions,
}

impl EngineBuilder {
    /// Sets whether code counts its instructions, so that calls can be limited
    /// ([`PluginBuilder::with_fuel_limit`](crate::PluginBuilder::with_fuel_limit)) and measured
    /// ([`Plugin::fuel_consumed`](crate::Plugin::fuel_consumed)). It makes calls slower; off by default.
    pub fn with_fuel(mut self, fuel: bool) -> Self {
        self.options.fuel = fuel;
        self
    }

    /// Sets whether loops by which plug-ins copy between their own memory and input, output or blocks become
    /// bulk copies; on by default. PDKs copy one byte or eight at a time; with this option, a loop that
    /// copies more than some dozen bytes copies the rest at once, several times faster. The loop itself
    /// remains for shorter copies, so results, memory and traps are the same. A plug-in's own copies
    /// (`memory.copy`) of 4 KiB or more are split into pieces where the C library would take a slow path.
    /// Switch it off to compare, or if in doubt.
    ///
    /// It has no effect in an engine that counts fuel ([`with_fuel`](Self::with_fuel)). There, each iteration
    /// of a loop consumes fuel, so that the fuel of a call does not depend on this option.
    pub fn with_bulk_copies(mut self, bulk_copies: bool) -> Self {
        self.options.bulk_copies = bulk_copies;
        self
    }

    /// Sets whether code gives the same results on every machine; off by default. WebAssembly leaves two things to the
    /// processor: the bits of a NaN that an operation produces, and the results of relaxed SIMD. With this option, each
    /// operation that produces a NaN produces the canonical one, and relaxed SIMD does what the specification's
    /// deterministic profile says. Code with floating-point numbers or relaxed SIMD becomes slower.
    ///
    /// For calls that repeat exactly, see
    /// [`PluginBuilder::with_random_seed`](crate::PluginBuilder::with_random_seed).
    #[doc(alias = "deterministic")]
    pub fn with_deterministic(mut self, deterministic: bool) -> Self {
        self.options.deterministic = deterministic;
        self
    }

    /// Sets how many instances the pool holds, 1000 by default; 0 disables it. An instance from the pool starts in a
    /// few microseconds. Instances beyond the pool's size are allocated one by one. A pool reserves address space (8
    /// GiB per instance), not memory; but see [`with_pool_resident_bytes`](Self::with_pool_resident_bytes).
    pub fn with_pool_size(mut self, instances: u32) -> Self {
        self.options.pool_size = instances;
        self
    }

    /// Sets how many bytes of each of its memories an instance leaves to the next one in its place of the pool, 128 KiB by
    /// default. Up to a hundred places keep as much as their instances had written to. What is kept is cleared; all else
    /// goes back to the system, and taking it from there again, page by page, takes ten times as long. More than the
    /// default pays if instances that live for one call, see [`Reuse::Fresh`](crate::pool::Reuse::Fresh), write to
    /// megabytes.
    ///
    /// It has an effect on Linux 6.7 or later, which reports the pages that were written to.
    pub fn with_pool_resident_bytes(mut self, bytes: usize) -> Self {
        self.options.pool_resident = bytes;
        self
    }

    /// Sets whether the engine is for very many small instances, such as a hundred thousand idle ones; off by default.
    ///
    /// By default, each memory of an instance reserves 4 GiB of addresses, so that code need not check its bounds, and
    /// the system keeps a list of these reservations. That is quick, but a process has room for some 16,000 instances
    /// only. In a dense engine an instance has the memory that it has grown to and no more, all checked by its code:
    ///
    /// - Code runs more slowly where it mostly accesses memory.
    /// - There is no pool: creating an instance takes longer, and [`with_pool_size`](Self::with_pool_size) has no effect.
    /// - A memory that grows is copied, so one that grows in small steps to many megabytes takes long.
    ///
    /// Linux limits the list of a process's mappings (`vm.max_map_count`, 65,530 by default). Instances of a plug-in that
    /// never grows its memory, such as most written in C, take no entries of their own. Those of other plug-ins, such as
    /// most written in Rust, take two, or one after the memory has grown for the first time: for 100,000 of them, give their
    /// memories [headroom](Self::with_memory_headroom), or raise that limit. Reaching it is an error that says so. The
    /// limits of plug-ins are the same as in other engines.
    pub fn with_dense(mut self, dense: bool) -> Self {
        self.options.dense = dense;
        self
    }

    /// Sets how many bytes the memory of a plug-in has before it asks for them (rounded up to pages of 64 KiB), for programs
    /// that create an instance for each call; 0 by default.
    ///
    /// Most guests grow their memory in their first call; one in Rust by a page. That takes the system two calls, one more
    /// to take the page away again afterwards, and threads wait for each other in both. With headroom for it, a new Rust
    /// instance takes six tenths of the time, and in a [dense](Self::with_dense) engine no entry of its own in the process's
    /// list of mappings. Pages that nothing is written to take no memory.
    ///
    /// It changes one thing that WebAssembly defines: an access just behind the end of the plug-in's memory does not trap, if
    /// it lies in the headroom. It reads zeros or what the plug-in itself wrote there, and nothing else. What
    /// `memory.size` and `memory.grow` return is the same. The headroom counts as growth: a plug-in whose limit of pages
    /// is lower gets as much as that allows. It has no effect on plug-ins of several modules, and where
    /// [fuel](Self::with_fuel) is counted.
    pub fn with_memory_headroom(mut self, bytes: usize) -> Self {
        self.options.headroom = bytes;
        self
    }

    /// Sets whether running code can be interrupted: on by default, and off only for plug-ins that you trust like your
    /// own code. Then nothing ends an endless loop in a plug-in except the end of the process.
    ///
    /// Interruptible code looks at a clock in each loop and each function, which is what timeouts and cancelling need.
    /// Without that, plug-ins that mostly compute run as fast as wasmtime's default code. In such an engine:
    ///
    /// - A plug-in with a timeout, of its builder or its manifest, and an [untrusted](crate::PluginBuilder::untrusted) one
    ///   (which has a timeout) are errors when they are built. A timeout for a single call makes that call fail.
    /// - [`CancelHandle::cancel`](crate::CancelHandle::cancel) and [`Pool::cancel_all`](crate::Pool::cancel_all) end a call when it
    ///   waits, in an async host function, a sleep or an HTTP request, or when it returns. Code that runs goes on.
    /// - An async call gives its thread back only when it waits. A plug-in that computes for long holds up all other tasks of
    ///   that thread.
    /// - Fuel still limits calls, if the engine [counts](Self::with_fuel) it.
    pub fn with_interruptible(mut self, interruptible: bool) -> Self {
        self.options.interruptible = interruptible;
        self
    }

    /// Sets whether small functions of a plug-in are compiled into those that call them (wasmtime's
    /// [`Inlining`](https://docs.rs/wasmtime/48/wasmtime/enum.Inlining.html)); off by default.
    ///
    /// Guests that were built for size (`opt-level = "z"` in Rust) consist of many functions of a few instructions each. Their
    /// calls take a tenth less time with it. Compiling takes three to four times as long, so keep compiled code in a
    /// cache. Backtraces of traps and profiles lack functions that were inlined.
    pub fn with_inlining(mut self, inlining: bool) -> Self {
        self.options.inlining = inlining;
        self
    }

    /// Sets the bytes of stack that WebAssembly may use in a call, 512 KiB by default. Code that needs more traps.
    pub fn with_max_stack(mut self, bytes: usize) -> Self {
        self.options.max_stack = bytes;
        self
    }

    /// Sets which WebAssembly proposals its plug-ins may use at most; all by default. A plug-in's own
    /// [`PluginBuilder::with_features`](crate::PluginBuilder::with_features) may allow fewer.
    pub fn with_features(mut self, features: Features) -> Self {
        self.options.features = features;
        self
    }

    /// Sets whether traps produce core dumps, for
    /// [`PluginBuilder::with_coredump`](crate::PluginBuilder::with_coredump); off by default.
    pub fn with_coredump(mut self, coredump: bool) -> Self {
        self.options.coredump = coredump;
        self
    }

    /// Sets whether traps show the lines of a plug-in's source ([`Frame::line`](crate::error::Frame::line)) if its module
    /// has debug information (DWARF); on by default. Such a module then stays in memory as it was loaded, its compiled
    /// code is larger, and the first one makes the engine reserve a second pool of instances
    /// ([`with_pool_size`](Self::with_pool_size)). Calls take as long as without. Modules without debug information are
    /// not affected.
    pub fn with_source_lines(mut self, source_lines: bool) -> Self {
        self.options.source_lines = source_lines;
        self
    }

    /// Sets the profiler that the compiled code is registered with; none by default.
    pub fn with_profiling(mut self, profiling: Profiling) -> Self {
        self.options.profiling = profiling;
        self
    }

    /// Sets whether compiled code is kept in the user's cache directory (wasmtime's, and `wasmtime-fused`
    /// beside it); on by default. Each of the two is kept below 512 MiB. The cache's content is executed: a
    /// file whose SHA-256 has changed since it was written is not used but written again, and if users other
    /// than the process's own (or root) may write to its directories, there is no cache, which is reported
    /// through `tracing`. Feature `cache`.
    pub fn with_cache(mut self, cache: bool) -> Self {
        self.options.cache = if cache { CacheChoice::Default } else { CacheChoice::Off };
        self
    }

    /// Keeps compiled code in this directory, which is created for the process's own user alone (on Unix, mode 0700) if
    /// it does not exist. It holds up to 4 GiB of compiled code and as much of what that was compiled from; beyond that,
    /// the least recently used is removed. A plug-in whose code was in the cache may need the cache or its own file once
    /// more, unchanged: when all instances of the engine's pool are in use for the first time. Anyone who can write to it can make the process run any code: [`build`](Self::build) fails if
    /// users other than the process's own (or root) may write to it or to a directory of the cache in it, or if a
    /// plug-in may.
    pub fn with_cache_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.options.cache = CacheChoice::Directory(directory.into());
        self
    }

    /// Keeps compiled code according to this configuration file of wasmtime's cache, and the fused modules
    /// that it was compiled from beside it: in the directory with the same name and `-fused` appended. Both
    /// must belong to the process's own user, as for [`with_cache_directory`](Self::with_cache_directory).
    pub fn with_cache_config(mut self, file: impl Into<PathBuf>) -> Self {
        self.options.cache = CacheChoice::Config(file.into());
        self
    }

    /// Creates the engine.
    ///
    /// # Errors
    ///
    /// Returns an error if this machine is not supported, the cache's configuration is wrong, other users may write to
    /// the cache, or the file of a profile cannot be created.
    pub fn build(self) -> Result<Engine, Error> {
        Engine::with_options(self.options)
    }
}
