//! The configuration of the engine beneath.

use wasmtime::{Collector, Config, InstanceAllocationStrategy, PoolingAllocationConfig, ProfilingStrategy};

use super::options::{CacheChoice, EngineOptions, Profiling};
use crate::Error;

/// Tables' elements in a pooled instance; larger modules are allocated on demand. Compiled interpreters have some
/// thousands.
const POOLED_TABLE_ELEMENTS: usize = 20_000;

/// An engine whose instances come from a pool, or none where its addresses can't be reserved.
pub(super) fn pooled(options: &EngineOptions) -> Result<Option<wasmtime::Engine>, Error> {
    let mut config = common(options)?;
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(options.pool_size)));
    match wasmtime::Engine::new(&config) {
        Ok(engine) => Ok(Some(engine)),
        Err(error) => {
            tracing::debug!("no pool of {} instances, allocating on demand: {error}", options.pool_size);
            Ok(None)
        }
    }
}

/// An engine that allocates each instance on its own.
pub(super) fn on_demand(options: &EngineOptions) -> Result<wasmtime::Engine, Error> {
    wasmtime::Engine::new(&common(options)?).map_err(|error| Error::engine("cannot make an engine", error))
}

fn pool(instances: u32) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(instances)
        // The module's own memory, and the kernel's.
        .total_memories(instances.saturating_mul(2))
        .max_memories_per_module(2)
        .total_tables(instances)
        .max_tables_per_module(1)
        .table_elements(POOLED_TABLE_ELEMENTS)
        .total_gc_heaps(instances.min(100))
        .total_stacks(instances)
        .total_component_instances(0)
        .max_unused_warm_slots(instances.min(100));
    pool
}

fn common(options: &EngineOptions) -> Result<Config, Error> {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .consume_fuel(options.fuel)
        .coredump_on_trap(options.coredump)
        .collector(Collector::Auto)
        // The official runtime has it, though it is off by default.
        .wasm_wide_arithmetic(true)
        .max_wasm_stack(options.max_stack)
        // The guest's stack, and room for the host functions that it calls.
        .async_stack_size(options.max_stack.saturating_add(ASYNC_HOST_STACK))
        .profiler(match options.profiling {
            Profiling::None => ProfilingStrategy::None,
            Profiling::PerfMap => ProfilingStrategy::PerfMap,
            Profiling::JitDump => ProfilingStrategy::JitDump,
            Profiling::Vtune => ProfilingStrategy::VTune,
        });
    set_cache(&mut config, &options.cache)?;
    Ok(config)
}

/// Bytes of stack for host functions when a plug-in runs on a stack of its own (WASI, and a call within a call). Host
/// functions of users may need as much as on a thread.
const ASYNC_HOST_STACK: usize = 2 << 20;

#[cfg(feature = "cache")]
fn set_cache(config: &mut Config, choice: &CacheChoice) -> Result<(), Error> {
    use wasmtime::{Cache, CacheConfig};

    let cache = match choice {
        CacheChoice::Off => None,
        CacheChoice::Default => match Cache::new(CacheConfig::new()) {
            Ok(cache) => Some(cache),
            Err(error) => {
                tracing::debug!("no cache of compiled code: {error}");
                None
            }
        },
        CacheChoice::Directory(directory) => {
            let mut config = CacheConfig::new();
            config.with_directory(directory);
            let cache = Cache::new(config);
            Some(cache.map_err(|error| cache_error(directory, error))?)
        }
        CacheChoice::Config(file) => {
            let cache = Cache::from_file(Some(file));
            Some(cache.map_err(|error| cache_error(file, error))?)
        }
    };
    config.cache(cache);
    Ok(())
}

#[cfg(feature = "cache")]
fn cache_error(path: &std::path::Path, error: wasmtime::Error) -> Error {
    Error::engine(format!("cannot use `{}` for the cache of compiled code", path.display()), error)
}

#[cfg(not(feature = "cache"))]
fn set_cache(_: &mut Config, choice: &CacheChoice) -> Result<(), Error> {
    match choice {
        CacheChoice::Off | CacheChoice::Default => Ok(()),
        CacheChoice::Directory(path) | CacheChoice::Config(path) => {
            let context = format!("cannot use `{}` for the cache of compiled code", path.display());
            Err(Error::engine(context, "the feature `cache` is off"))
        }
    }
}
