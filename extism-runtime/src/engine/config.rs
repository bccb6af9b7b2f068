//! The configuration of the engine beneath.

use wasmtime::{Collector, Config, Enabled, InstanceAllocationStrategy, PoolingAllocationConfig, ProfilingStrategy};

use super::{
    cache::DiskCache,
    options::{EngineOptions, Profiling},
};
use crate::Error;

/// Elements that an instance's tables may have together: at 8 bytes each, no more than 80 MB. A pool has room for as many
/// in each, so that it doesn't matter to a plug-in whether it has its place in one.
pub(crate) const MAX_TABLE_ELEMENTS: usize = 10_000_000;

/// Bytes of a pooled instance's memory. Modules whose memories may grow further aren't given a place in the pool, so
/// that they can.
pub(crate) const POOLED_MEMORY: u64 = 4 << 30;

/// Stacks for calls that run on one of their own (WASI, and calls within calls). Each takes the system some microseconds
/// as the engine is made, so there are fewer than instances. An instance keeps the one that it has had; when there are no
/// more, instances with WASI are allocated on demand, and calls within calls run on the stack of a thread.
const POOLED_STACKS: u32 = 256;

/// Bytes of each memory and table that stay with a place of the pool when its instance is gone, where the system (Linux
/// 6.7 or later) tells which pages were written: these are cleared, and the next instance finds them there. Giving them
/// back and faulting them in again costs more, and makes threads wait for each other.
const KEPT_RESIDENT: usize = 128 << 10;

/// An engine whose instances come from a pool, or none where its addresses can't be reserved.
pub(super) fn pooled(options: &EngineOptions, cache: &DiskCache) -> Option<wasmtime::Engine> {
    let mut config = common(options, cache);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(options.pool_size)));
    match wasmtime::Engine::new(&config) {
        Ok(engine) => Some(engine),
        Err(error) => {
            tracing::debug!("no pool of {} instances, allocating on demand: {error}", options.pool_size);
            None
        }
    }
}

/// An engine that allocates each instance on its own.
pub(super) fn on_demand(options: &EngineOptions, cache: &DiskCache) -> Result<wasmtime::Engine, Error> {
    wasmtime::Engine::new(&common(options, cache)).map_err(|error| Error::engine("cannot make an engine", error))
}

fn pool(instances: u32) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(instances)
        // The module's own memory, and the kernel's.
        .total_memories(instances.saturating_mul(2))
        .max_memories_per_module(2)
        .max_memory_size(usize::try_from(POOLED_MEMORY).unwrap_or(usize::MAX))
        .total_tables(instances)
        .max_tables_per_module(1)
        // These are addresses, 80 GB for a thousand instances, not memory.
        .table_elements(MAX_TABLE_ELEMENTS)
        .total_gc_heaps(instances.min(100))
        .total_stacks(instances.min(POOLED_STACKS))
        .total_component_instances(0)
        .max_unused_warm_slots(instances.min(100));
    if PoolingAllocationConfig::is_pagemap_scan_available() {
        pool.pagemap_scan(Enabled::Yes).linear_memory_keep_resident(KEPT_RESIDENT).table_keep_resident(KEPT_RESIDENT);
    }
    pool
}

/// Whether somebody looks at the code that runs.
fn is_debugged(options: &EngineOptions) -> bool {
    options.coredump || options.profiling != Profiling::None
}

fn common(options: &EngineOptions, cache: &DiskCache) -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .consume_fuel(options.fuel)
        .coredump_on_trap(options.coredump)
        // Places in the original code, for debuggers (backtraces here tell functions), and what native unwinders want to
        // know (wasmtime's own needs nothing): a sixth of compiled code, which is read at each load from the cache.
        .generate_address_map(is_debugged(options))
        .native_unwind_info(is_debugged(options))
        .collector(Collector::Auto)
        // The official runtime has it, though it is off by default.
        .wasm_wide_arithmetic(true)
        .max_wasm_stack(options.max_stack)
        // The guest's stack, and room for the host functions that it calls.
        .async_stack_size(options.stack_with_host())
        .profiler(match options.profiling {
            Profiling::None => ProfilingStrategy::None,
            Profiling::PerfMap => ProfilingStrategy::PerfMap,
            Profiling::JitDump => ProfilingStrategy::JitDump,
            Profiling::Vtune => ProfilingStrategy::VTune,
        });
    cache.use_in(&mut config);
    config
}
