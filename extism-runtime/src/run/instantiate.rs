use std::sync::Arc;

use wasmtime::{Instance, Linker, Memory, PoolConcurrencyLimitError, Store, UpdateDeadline};

use super::Live;
use crate::{
    Error,
    code::MEMORY_NAME,
    compile::CompiledInner,
    fuse::MEMORY_MODULE,
    kernel,
    link::Linked,
    store::{CallState, Persistent, StoreData},
};

/// An instance that could not be made, with what it was to be made of.
pub(crate) type Failed = (Error, Box<Persistent>);

/// Makes an instance. None of its code runs yet: start functions belong to the first call, under its limits.
pub(crate) fn instantiate(
    compiled: &Arc<CompiledInner>,
    persistent: Box<Persistent>,
    call: &Arc<CallState>,
) -> Result<Live, Failed> {
    let (engine, linked) = match compiled.linked() {
        Ok(linked) => linked,
        Err(error) => return Err((error, persistent)),
    };
    let (error, persistent) = match attempt(compiled, engine, linked, persistent, call) {
        Ok(live) => return Ok(live),
        Err(failed) => failed,
    };
    if !error.is::<PoolConcurrencyLimitError>() {
        return Err((failed(compiled, error), persistent));
    }
    match compiled.linked_on_demand() {
        Ok(Some((engine, linked))) => attempt(compiled, engine, linked, persistent, call)
            .map_err(|(error, persistent)| (failed(compiled, error), persistent)),
        Ok(None) => Err((failed(compiled, error), persistent)),
        Err(error) => Err((error, persistent)),
    }
}

fn failed(compiled: &CompiledInner, error: wasmtime::Error) -> Error {
    Error::engine(format!("cannot make an instance of plug-in `{}`", compiled.settings.name), error)
}

fn attempt(
    compiled: &Arc<CompiledInner>,
    engine: &wasmtime::Engine,
    linked: &Linked,
    persistent: Box<Persistent>,
    call: &Arc<CallState>,
) -> Result<Live, (wasmtime::Error, Box<Persistent>)> {
    let mut store = new_store(compiled, engine, persistent, call);
    match populate(compiled, linked, &mut store) {
        Ok((instances, kernel)) => Ok(Live::new(store, instances, kernel, compiled)),
        Err(error) => Err((error, store.into_data().persistent)),
    }
}

fn new_store(
    compiled: &Arc<CompiledInner>,
    engine: &wasmtime::Engine,
    persistent: Box<Persistent>,
    call: &Arc<CallState>,
) -> Store<StoreData> {
    let data =
        StoreData::new(Arc::clone(&compiled.settings), Arc::clone(&compiled.exports), persistent, Arc::clone(call));
    let mut store = Store::new(engine, data);
    store.limiter(|data| &mut data.limiter);
    // Every tick makes the store look at its own deadline and whether it was cancelled; nobody else's.
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
    let pages = compiled.modules.iter().map(|module| module.code.initial_pages).fold(0, u64::saturating_add);
    let pages = pages.saturating_add(kernel::layout::INITIAL_PAGES.into());
    store.data_mut().limiter.allow_initial(pages);
    #[cfg(feature = "wasi")]
    if compiled.uses_wasi {
        store.data_mut().wasi = Some(crate::wasi::context(&compiled.settings, pages)?);
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

/// Functions of WASI can wait, so an instance that has them is made and run as a task.
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
    let name = compiled.modules.first().and_then(|module| module.code.memory_export.as_deref());
    name.and_then(|name| first.get_memory(store, name))
        .ok_or_else(|| wasmtime::Error::msg("the module has no kernel memory"))
}
