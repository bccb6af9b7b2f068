//! The configuration of the underlying engine.

use wasmtime::{
    Collector, Config, Enabled, Inlining, InstanceAllocationStrategy, PoolingAllocationConfig, ProfilingStrategy,
};

use super::{
    Code,
    cache::DiskCache,
    options::{EngineOptions, Profiling},
};
use crate::{
    Error,
    kernel::layout::{INITIAL_PAGES, PAGE},
};

/// The number of elements that an instance's tables may have together: at 8 bytes each, at most 80 MB. A pool
/// has room for that many in each table, so the limit does not depend on whether an instance comes from the pool.
pub(crate) const MAX_TABLE_ELEMENTS: usize = 10_000_000;

/// Bytes of a pooled instance's memory. Modules with memories that may grow further are not allocated from
/// the pool, so that they can grow.
pub(crate) const POOLED_MEMORY: u64 = 4 << 30;

/// Bytes with which the kernel's memory begins.
const KERNEL_MEMORY: u64 = INITIAL_PAGES as u64 * PAGE;

/// Stacks for calls that run on a separate stack (WASI, and calls within calls). Each takes the system some
/// microseconds when the engine is created, so there are fewer of them than instances. An instance keeps its stack;
/// when there are none left, instances with WASI are allocated on demand, and calls within calls run on the stack of a
/// thread.
const POOLED_STACKS: u32 = 256;

/// Creates an engine whose instances come from a pool; `None` if the address space cannot be reserved.
pub(super) fn pooled(options: &EngineOptions, cache: &DiskCache, code: Code) -> Option<wasmtime::Engine> {
    let mut config = common(options, cache, code);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(options)));
    match wasmtime::Engine::new(&config) {
        Ok(engine) => Some(engine),
        Err(error) => {
            tracing::debug!("cannot reserve a pool of {} instances; allocating on demand: {error}", options.pool_size);
            None
        }
    }
}

/// Creates an engine that allocates each instance individually. In a dense one, its modules grow their memories.
pub(super) fn on_demand(options: &EngineOptions, cache: &DiskCache, code: Code) -> Result<wasmtime::Engine, Error> {
    let mut config = common(options, cache, code);
    if options.dense {
        // The kernel's memory takes all of this at once, so that the system can merge it with its neighbours. A Rust guest
        // grows its memory by one page at its first call. Without room for that page, the whole memory would be copied,
        // untouched pages included.
        config.memory_reservation(KERNEL_MEMORY).memory_reservation_for_growth(PAGE);
    }
    wasmtime::Engine::new(&config).map_err(|error| Error::engine("cannot create an engine", error))
}

/// Creates the engine of a dense one for modules that never grow their memories. If that fails, all its modules are
/// for [`on_demand`].
pub(super) fn still(options: &EngineOptions, cache: &DiskCache, code: Code) -> Option<wasmtime::Engine> {
    let mut config = common(options, cache, code);
    config.memory_reservation(0).memory_reservation_for_growth(0);
    wasmtime::Engine::new(&config).ok()
}

fn pool(options: &EngineOptions) -> PoolingAllocationConfig {
    let (instances, resident) = (options.pool_size, options.pool_resident);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(instances)
        // The module's own memory, and the kernel's.
        .total_memories(instances.saturating_mul(2))
        .max_memories_per_module(2)
        .max_memory_size(usize::try_from(POOLED_MEMORY).unwrap_or(usize::MAX))
        .total_tables(instances)
        .max_tables_per_module(1)
        // This is address space, 80 GB for a thousand instances, not memory.
        .table_elements(MAX_TABLE_ELEMENTS)
        .total_gc_heaps(instances.min(100))
        .total_stacks(instances.min(POOLED_STACKS))
        .total_component_instances(0)
        .max_unused_warm_slots(instances.min(100));
    if PoolingAllocationConfig::is_pagemap_scan_available() {
        pool.pagemap_scan(Enabled::Yes).linear_memory_keep_resident(resident).table_keep_resident(resident);
    }
    pool
}

/// Whether a debugger or profiler inspects the running code.
pub(super) fn is_debugged(options: &EngineOptions) -> bool {
    options.coredump || options.profiling != Profiling::None
}

fn common(options: &EngineOptions, cache: &DiskCache, code: Code) -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(options.interruptible)
        .consume_fuel(options.fuel)
        .coredump_on_trap(options.coredump)
        // Otherwise, processors choose the bits of a NaN, and the results of relaxed SIMD.
        .cranelift_nan_canonicalization(options.deterministic)
        .relaxed_simd_deterministic(options.deterministic)
        // Positions in the module, which are needed to find lines in its debug information, and tables for native
        // unwinders (wasmtime's own needs none): together a sixth of the compiled code, which is read at each load from
        // the cache.
        .generate_address_map(is_debugged(options) || code == Code::WithLines)
        .native_unwind_info(is_debugged(options))
        .collector(Collector::Auto)
        // The official runtime enables this proposal, though it is off by default.
        .wasm_wide_arithmetic(true)
        .compiler_inlining(if options.inlining { Inlining::Yes } else { Inlining::No })
        .max_wasm_stack(options.max_stack)
        // Stack for the guest and for the host functions that it calls.
        .async_stack_size(options.stack_with_host())
        .profiler(match options.profiling {
            Profiling::None => ProfilingStrategy::None,
            Profiling::PerfMap => ProfilingStrategy::PerfMap,
            Profiling::JitDump => ProfilingStrategy::JitDump,
            Profiling::Vtune => ProfilingStrategy::VTune,
        });
    if options.dense {
        make_dense(&mut config);
    }
    cache.use_in(&mut config);
    config
}

/// Makes memories take the pages that they have, and little else: few addresses to grow into, and no guard pages. The
/// system merges memories whose pages can all be accessed in its list of mappings, whose length it limits
/// (`vm.max_map_count`). Memories that begin as views of a file would each be in that list.
fn make_dense(config: &mut Config) {
    config.memory_guard_size(0).guard_before_linear_memory(false).memory_may_move(true).memory_init_cow(false);
}
