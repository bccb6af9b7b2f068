use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::Arc,
    task::Poll,
};

use wasmtime::{Func, Instance, InstancePre, Linker, Memory, PoolConcurrencyLimitError, Store, UpdateDeadline};

use super::{
    Limits, Live, executor,
    failure::classify_instantiation,
    interruptible::{interruptible, interruptible_work},
    nesting,
};
#[cfg(feature = "wasi")]
use crate::clock::InstanceClock;
use crate::{
    Error,
    artifact::MEMORY_NAME,
    compile::CompiledInner,
    engine::Allocation,
    fuse::MEMORY_MODULE,
    kernel,
    link::{Command, Linked},
    store::{Persistent, StoreData},
};

/// Creates an instance with the state at `place`, which is put back if that fails. Only initial values are
/// computed; start functions run as part of the first call. Waits only under the limits of async work.
pub(super) async fn instantiate(
    place: &mut Option<Box<Persistent>>,
    limits: &Limits<'_>,
    allocation: Allocation,
) -> Result<Live, Error> {
    let mut error = wasmtime::Error::msg("the engine has no pool");
    if allocation == limits.compiled.preferred() {
        let (engine, linked) = limits.compiled.linked()?;
        error = match attempt(limits, engine, linked, place).await? {
            Attempt::Made(live) => return Ok(live),
            Attempt::PoolIsUsedUp(error) => error,
        };
    }
    let Some((engine, linked)) = linked_on_demand(limits).await? else {
        return Err(classify_instantiation(limits, error));
    };
    match attempt(limits, engine, linked, place).await? {
        Attempt::Made(live) => Ok(live),
        Attempt::PoolIsUsedUp(error) => Err(classify_instantiation(limits, error)),
    }
}

/// Returns the code for an engine without a pool, compiling it on first use. A call waits for it no longer
/// than its limits allow; outside a call, compiling may take as long as it needs, as it did the first time.
async fn linked_on_demand<'c>(limits: &Limits<'c>) -> Result<Option<(&'c wasmtime::Engine, &'c Linked)>, Error> {
    let compiled = limits.compiled;
    if limits.yields() {
        let prepared = interruptible(limits, pin!(compiled.prepared_on_demand())).await;
        prepared.map_err(|interrupt| limits.error(interrupt))??;
    } else if limits.in_call() {
        compiled.prepare_on_demand(|| limits.interrupted().map_or(Ok(()), |interrupt| Err(limits.error(interrupt))))?;
    }
    compiled.linked_on_demand()
}

enum Attempt {
    Made(Live),
    PoolIsUsedUp(wasmtime::Error),
}

async fn attempt(
    limits: &Limits<'_>,
    engine: &wasmtime::Engine,
    linked: &Linked,
    place: &mut Option<Box<Persistent>>,
) -> Result<Attempt, Error> {
    let Some(persistent) = place.take() else { return Err(Error::engine("no instance", "it is gone")) };
    let mut draft = Draft { store: Some(new_store(limits, engine, persistent)), place };
    let Some(store) = &mut draft.store else { return Err(Error::engine("no instance", "it is gone")) };
    limits.arm(store)?;
    // Initial data takes fuel, too.
    limits.fuel_initialization(store).map_err(|error| Error::engine("cannot set the fuel", error))?;
    match populate(limits, linked, store).await {
        Ok((instances, kernel)) => match draft.store.take() {
            Some(store) => Ok(Attempt::Made(Live::new(store, instances, kernel, limits.compiled))),
            None => Err(Error::engine("no instance", "it is gone")),
        },
        Err(error) if error.is::<PoolConcurrencyLimitError>() => Ok(Attempt::PoolIsUsedUp(error)),
        Err(error) => Err(classify_instantiation(limits, error)),
    }
}

/// A store whose instance is being created. If that fails, is abandoned, or the host panics, the plug-in's
/// state returns to its place.
struct Draft<'p> {
    store: Option<Store<StoreData>>,
    place: &'p mut Option<Box<Persistent>>,
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        if let Some(store) = self.store.take() {
            *self.place = Some(store.into_data().into_persistent());
        }
    }
}

fn new_store(limits: &Limits<'_>, engine: &wasmtime::Engine, persistent: Box<Persistent>) -> Store<StoreData> {
    let (settings, exports) = (&limits.compiled.settings, &limits.compiled.exports);
    let data = StoreData::new(Arc::clone(settings), Arc::clone(exports), persistent, Arc::clone(limits.state));
    let mut store = Store::new(engine, data);
    store.limiter(|data| data);
    // Every tick makes the store check its own deadline and its own cancellation, and no other store's.
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(|store| {
        if let Some(profile) = store.data().settings.options.profile.clone() {
            profile.sample(&store);
        }
        match store.data().interrupted() {
            Some(interrupt) => Err(wasmtime::Error::new(interrupt)),
            None if store.data().yields => Ok(UpdateDeadline::YieldCustom(1, Box::pin(yielding()))),
            None => Ok(UpdateDeadline::Continue(1)),
        }
    });
    store
}

/// Yields to the executor once: on tokio in a way that also lets timers and connections proceed.
async fn yielding() {
    let mut given_back = pin!(tokio::task::yield_now());
    let mut polled = false;
    poll_fn(|context| {
        if std::mem::replace(&mut polled, true) {
            return Poll::Ready(());
        }
        // If the waker panics, nothing would wake the call, so it keeps the thread until the next tick.
        catch_unwind(AssertUnwindSafe(|| given_back.as_mut().poll(context))).unwrap_or(Poll::Ready(()))
    })
    .await;
}

async fn populate(
    limits: &Limits<'_>,
    linked: &Linked,
    store: &mut Store<StoreData>,
) -> wasmtime::Result<(Vec<Instance>, Memory)> {
    let compiled = limits.compiled;
    let instantiated = compiled.modules.iter().filter(|module| !module.is_command);
    let pages = instantiated.map(|module| module.artifact.initial_pages).fold(0, u64::saturating_add);
    let pages = pages.saturating_add(kernel::layout::INITIAL_PAGES.into());
    store.data_mut().limiter.allow_initial(pages);
    #[cfg(feature = "wasi")]
    if let Some(directories) = &compiled.directories {
        let clock = compiled.settings.options.sees.clock.as_ref().map(InstanceClock::new);
        *store.data_mut().wasi_mut() =
            Some(crate::wasi::context(&compiled.settings, directories, clock.as_ref(), pages));
        store.data_mut().clock = clock;
    }
    let instances = match linked {
        Linked::Single(pre) => vec![instantiate_pre(pre, limits, store).await?],
        Linked::Several { linker, modules } => several(limits, linker, modules, store).await?,
    };
    let kernel = match instances.first() {
        Some(first) => kernel_memory(compiled, *first, store)?,
        None => return Err(wasmtime::Error::msg("the plug-in has no modules")),
    };
    if compiled.can_wait {
        take_stack(limits, store).await?;
    }
    if compiled.settings.max_pages.is_some() {
        kernel::set_bounded(kernel.data_mut(&mut *store));
    }
    let data = store.data_mut();
    data.kernel = Some(kernel);
    data.limiter.instantiated();
    Ok((instances, kernel))
}

/// If host functions can wait, an instance is created and run as a task.
async fn instantiate_pre(
    pre: &InstancePre<StoreData>,
    limits: &Limits<'_>,
    store: &mut Store<StoreData>,
) -> wasmtime::Result<Instance> {
    if limits.yields() {
        return interruptible_work(limits, pin!(pre.instantiate_async(store))).await;
    }
    if limits.compiled.can_wait {
        return executor::block_on(limits, pre.instantiate_async(store));
    }
    pre.instantiate(store)
}

/// Takes one of the pool's stacks for all calls of the instance, so that a call never finds the pool exhausted.
async fn take_stack(limits: &Limits<'_>, store: &mut Store<StoreData>) -> wasmtime::Result<()> {
    let nothing = Func::wrap(&mut *store, || {});
    let calling = nothing.call_async(store, &[], &mut []);
    if limits.yields() { calling.await } else { nesting::now(calling) }
}

async fn several(
    limits: &Limits<'_>,
    linker: &Linker<StoreData>,
    modules: &[wasmtime::Module],
    store: &mut Store<StoreData>,
) -> wasmtime::Result<Vec<Instance>> {
    let compiled = limits.compiled;
    let mut linker = linker.clone();
    let mut commands = Vec::new();
    for (module, fused) in modules.iter().zip(&compiled.modules).filter(|(_, fused)| fused.is_command) {
        commands.push((Command::define(&mut linker, &fused.name, module, &fused.artifact)?, module));
    }
    let mut instances = Vec::with_capacity(modules.len());
    for (module, fused) in modules.iter().zip(&compiled.modules).filter(|(_, fused)| !fused.is_command) {
        let pre = linker.instantiate_pre(module)?;
        let instance = instantiate_pre(&pre, limits, store).await?;
        if instances.is_empty() {
            let kernel = kernel_memory(compiled, instance, store)?;
            linker.define(&mut *store, MEMORY_MODULE, MEMORY_NAME, kernel)?;
        }
        linker.instance(&mut *store, &fused.name, instance)?;
        instances.push(instance);
    }
    for (command, module) in commands {
        command.link(linker.instantiate_pre(module)?);
    }
    Ok(instances)
}

fn kernel_memory(compiled: &CompiledInner, first: Instance, store: &mut Store<StoreData>) -> wasmtime::Result<Memory> {
    let name = compiled.modules.first().and_then(|module| module.artifact.memory_export.as_deref());
    name.and_then(|name| first.get_memory(store, name))
        .ok_or_else(|| wasmtime::Error::msg("the module has no kernel memory"))
}
