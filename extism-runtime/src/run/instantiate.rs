use std::sync::Arc;

use wasmtime::{Instance, Linker, Memory, PoolConcurrencyLimitError, Store, UpdateDeadline};

use super::{Limits, Live, failure::classify_instantiation};
use crate::{
    Error,
    artifact::MEMORY_NAME,
    compile::CompiledInner,
    fuse::MEMORY_MODULE,
    kernel,
    link::Linked,
    store::{Persistent, StoreData},
};

/// The error of an instance that could not be created, with the state that it would have used.
pub(super) type Failed = (Error, Box<Persistent>);

/// Creates an instance. Only initial values are computed; start functions run as part of the first call.
pub(super) fn instantiate(persistent: Box<Persistent>, limits: &Limits<'_>) -> Result<Live, Failed> {
    let (engine, linked) = match limits.compiled.linked() {
        Ok(linked) => linked,
        Err(error) => return Err((error, persistent)),
    };
    let (error, persistent) = match attempt(limits, engine, linked, persistent)? {
        Attempt::Made(live) => return Ok(live),
        Attempt::PoolIsUsedUp(error, persistent) => (error, persistent),
    };
    let (engine, linked) = match linked_on_demand(limits) {
        Ok(Some(linked)) => linked,
        Ok(None) => return Err((classify_instantiation(limits, error), persistent)),
        Err(error) => return Err((error, persistent)),
    };
    match attempt(limits, engine, linked, persistent)? {
        Attempt::Made(live) => Ok(live),
        Attempt::PoolIsUsedUp(error, persistent) => Err((classify_instantiation(limits, error), persistent)),
    }
}

/// Returns the code for an engine without a pool, compiling it on first use. A call waits for it no longer than its
/// limits allow; outside a call, compiling may take as long as it needs, as it did the first time.
fn linked_on_demand<'c>(limits: &Limits<'c>) -> Result<Option<(&'c wasmtime::Engine, &'c Linked)>, Error> {
    let compiled = limits.compiled;
    if limits.in_call() {
        compiled.prepare_on_demand(|| limits.interrupted().map_or(Ok(()), |interrupt| Err(limits.error(interrupt))))?;
    }
    compiled.linked_on_demand()
}

enum Attempt {
    Made(Live),
    PoolIsUsedUp(wasmtime::Error, Box<Persistent>),
}

fn attempt(
    limits: &Limits<'_>,
    engine: &wasmtime::Engine,
    linked: &Linked,
    persistent: Box<Persistent>,
) -> Result<Attempt, Failed> {
    let mut store = new_store(limits, engine, persistent);
    if let Err(error) = limits.arm(&mut store) {
        return Err((error, store.into_data().persistent));
    }
    match populate(limits.compiled, linked, &mut store) {
        Ok((instances, kernel)) => Ok(Attempt::Made(Live::new(store, instances, kernel, limits.compiled))),
        Err(error) => {
            let persistent = store.into_data().persistent;
            if error.is::<PoolConcurrencyLimitError>() {
                return Ok(Attempt::PoolIsUsedUp(error, persistent));
            }
            Err((classify_instantiation(limits, error), persistent))
        }
    }
}

fn new_store(limits: &Limits<'_>, engine: &wasmtime::Engine, persistent: Box<Persistent>) -> Store<StoreData> {
    let (settings, exports) = (&limits.compiled.settings, &limits.compiled.exports);
    let data = StoreData::new(Arc::clone(settings), Arc::clone(exports), persistent, Arc::clone(limits.state));
    let mut store = Store::new(engine, data);
    store.limiter(|data| &mut data.limiter);
    // Every tick makes the store check its own deadline and its own cancellation, and no other store's.
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(|store| match store.data().interrupted() {
        Some(interrupt) => Err(wasmtime::Error::new(interrupt)),
        None => Ok(UpdateDeadline::Continue(1)),
    });
    store
}

fn populate(
    compiled: &CompiledInner,
    linked: &Linked,
    store: &mut Store<StoreData>,
) -> wasmtime::Result<(Vec<Instance>, Memory)> {
    let pages = compiled.modules.iter().map(|module| module.artifact.initial_pages).fold(0, u64::saturating_add);
    let pages = pages.saturating_add(kernel::layout::INITIAL_PAGES.into());
    store.data_mut().limiter.allow_initial(pages);
    #[cfg(feature = "wasi")]
    if let Some(directories) = &compiled.directories {
        store.data_mut().wasi = Some(crate::wasi::context(&compiled.settings, directories, pages));
    }
    let instances = match linked {
        Linked::Single(pre) => vec![instantiate_pre(pre, compiled.uses_wasi, store)?],
        Linked::Several { linker, modules } => several(compiled, linker, modules, store)?,
    };
    let kernel = match instances.first() {
        Some(first) => kernel_memory(compiled, *first, store)?,
        None => return Err(wasmtime::Error::msg("the plug-in has no modules")),
    };
    if compiled.settings.max_pages.is_some() {
        kernel::set_bounded(kernel.data_mut(&mut *store));
    }
    let data = store.data_mut();
    data.kernel = Some(kernel);
    data.limiter.instantiated();
    Ok((instances, kernel))
}

/// WASI functions can wait, so an instance that has them is created and run as a task.
fn instantiate_pre(
    pre: &wasmtime::InstancePre<StoreData>,
    uses_wasi: bool,
    store: &mut Store<StoreData>,
) -> wasmtime::Result<Instance> {
    #[cfg(feature = "wasi")]
    if uses_wasi {
        return crate::wasi::block_on(pre.instantiate_async(store));
    }
    let _ = uses_wasi;
    pre.instantiate(store)
}

fn several(
    compiled: &CompiledInner,
    linker: &Linker<StoreData>,
    modules: &[wasmtime::Module],
    store: &mut Store<StoreData>,
) -> wasmtime::Result<Vec<Instance>> {
    let mut linker = linker.clone();
    let mut instances = Vec::with_capacity(modules.len());
    for (module, fused) in modules.iter().zip(&compiled.modules) {
        let pre = linker.instantiate_pre(module)?;
        let instance = instantiate_pre(&pre, compiled.uses_wasi, store)?;
        if instances.is_empty() {
            let kernel = kernel_memory(compiled, instance, store)?;
            linker.define(&mut *store, MEMORY_MODULE, MEMORY_NAME, kernel)?;
        }
        linker.instance(&mut *store, &fused.name, instance)?;
        instances.push(instance);
    }
    Ok(instances)
}

fn kernel_memory(compiled: &CompiledInner, first: Instance, store: &mut Store<StoreData>) -> wasmtime::Result<Memory> {
    let name = compiled.modules.first().and_then(|module| module.artifact.memory_export.as_deref());
    name.and_then(|name| first.get_memory(store, name))
        .ok_or_else(|| wasmtime::Error::msg("the module has no kernel memory"))
}
