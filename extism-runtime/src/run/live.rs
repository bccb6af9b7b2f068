use std::sync::Arc;

use wasmtime::{Instance, Memory, PoolConcurrencyLimitError, Store, TypedFunc, ValType, WasmParams, WasmResults};

use super::{Limits, executor, nesting};
use crate::{artifact::InitCall, compile::CompiledInner, exports::CallKind, store::StoreData, usage::Meter};

/// An instance and its store.
pub(crate) struct Live {
    pub(crate) store: Store<StoreData>,
    pub(crate) kernel: Memory,
    /// In the order of the compiled modules.
    instances: Vec<Instance>,
    /// For each of the main module's exports, its index in `functions` plus 1; 0 if it was not called yet. A module may
    /// have very many exports.
    numbers: Box<[u32]>,
    /// The exports that have been called.
    functions: Vec<Callable>,
    /// Whether start functions and initializers have run.
    initialized: bool,
    /// Whether the instance has ended itself, by `_start` or an exit.
    pub(crate) ended: bool,
    /// The generation of the kernel's memory when it was last empty; `None` if it may hold more since then
    /// than the blocks of calls.
    pub(super) wiped: Option<u32>,
}

enum Callable {
    Code(TypedFunc<(), i32>),
    Unit(TypedFunc<(), ()>),
}

impl Live {
    pub(super) fn new(
        store: Store<StoreData>,
        instances: Vec<Instance>,
        kernel: Memory,
        compiled: &CompiledInner,
    ) -> Self {
        let numbers = vec![0; compiled.exports.all().len()].into();
        Self {
            store,
            kernel,
            instances,
            numbers,
            functions: Vec::new(),
            initialized: false,
            ended: false,
            wiped: Some(0),
        }
    }

    /// Returns what counts the instance's calls.
    #[inline]
    pub(super) fn meter(&self) -> &Arc<Meter> {
        &self.store.data().persistent.account
    }

    /// Initializes the instance if necessary, and calls the export.
    pub(super) fn call_function(&mut self, limits: &Limits<'_>) -> wasmtime::Result<i32> {
        if !self.initialized {
            nesting::now(self.initialize(limits))?;
        }
        let number = self.number(limits)?;
        // Borrowed: a clone would increment a reference count that all threads share.
        match self.functions.get(number as usize - 1) {
            Some(Callable::Code(function)) => call_on_stack(&mut self.store, limits, function, ()),
            Some(Callable::Unit(function)) => call_on_stack(&mut self.store, limits, function, ()).map(|()| 0),
            None => Err(wasmtime::Error::msg("no such export")),
        }
    }

    /// The async form of [`call_function`](Self::call_function).
    pub(super) async fn call_function_async(&mut self, limits: &Limits<'_>) -> wasmtime::Result<i32> {
        if !self.initialized {
            // In a separate future, as it takes more space than the call itself.
            return Box::pin(self.call_first(limits)).await;
        }
        let number = self.number(limits)?;
        match self.functions.get(number as usize - 1) {
            Some(Callable::Code(function)) => function.call_async(&mut self.store, ()).await,
            Some(Callable::Unit(function)) => function.call_async(&mut self.store, ()).await.map(|()| 0),
            None => Err(wasmtime::Error::msg("no such export")),
        }
    }

    /// Initializes the instance, and calls the export.
    async fn call_first(&mut self, limits: &Limits<'_>) -> wasmtime::Result<i32> {
        self.initialize(limits).await?;
        let result = Box::pin(self.call_function_async(limits)).await;
        if result.as_ref().is_err_and(lacks_stack) {
            self.initialized = false;
        }
        result
    }

    /// Returns whether none of the guest's code has run yet.
    pub(super) fn is_new(&self) -> bool {
        !self.initialized
    }

    /// Returns the number of the called export's function.
    #[inline]
    fn number(&mut self, limits: &Limits<'_>) -> wasmtime::Result<u32> {
        match self.numbers.get(limits.export as usize) {
            Some(number) if *number > 0 => Ok(*number),
            _ => self.resolve(limits.compiled, limits.export),
        }
    }

    /// Looks up an export on its first call; returns its index.
    #[cold]
    fn resolve(&mut self, compiled: &CompiledInner, export: u32) -> wasmtime::Result<u32> {
        let (Some(exported), Some(main), Some(number)) =
            (compiled.exports.get(export), self.instances.get(compiled.main), self.numbers.get_mut(export as usize))
        else {
            return Err(wasmtime::Error::msg("no such export"));
        };
        // Most plug-ins are called at few exports, and there may be very many instances.
        self.functions.reserve_exact(1);
        self.functions.push(match exported.kind() {
            Some(CallKind::Code) => Callable::Code(main.get_typed_func(&mut self.store, &exported.name)?),
            Some(CallKind::Unit) => Callable::Unit(main.get_typed_func(&mut self.store, &exported.name)?),
            None => return Err(wasmtime::Error::msg("the export is not callable")),
        });
        // At most as many as there are exports, and their number fits a `u32`.
        *number = u32::try_from(self.functions.len())?;
        Ok(*number)
    }

    /// Runs the modules' start functions and initializers, dependencies first. Waits only for async calls.
    #[cold]
    pub(super) async fn initialize(&mut self, limits: &Limits<'_>) -> wasmtime::Result<()> {
        let compiled = limits.compiled;
        limits.fuel_initialization(&mut self.store)?;
        let starts = compiled.exports.name(limits.export) == "_start";
        for (index, module) in compiled.modules.iter().enumerate() {
            let Some(&instance) = self.instances.get(index) else { continue };
            for call in &module.artifact.init {
                match call {
                    // `_start` initializes the module itself.
                    InitCall::Plain(name) if starts && index == compiled.main && name == "_initialize" => {}
                    InitCall::Plain(name) => {
                        let function = instance.get_typed_func::<(), ()>(&mut self.store, name)?;
                        call_either_way(&mut self.store, limits, &function, ()).await?;
                    }
                    InitCall::Haskell => self.initialize_haskell(limits, instance).await?,
                }
            }
        }
        limits.fuel_call(&mut self.store)?;
        self.initialized = true;
        Ok(())
    }

    /// Calls `hs_init`; ignores the number it returns.
    async fn initialize_haskell(&mut self, limits: &Limits<'_>, instance: Instance) -> wasmtime::Result<()> {
        let store = &mut self.store;
        let function = instance.get_func(&mut *store, "hs_init");
        let function = function.ok_or_else(|| wasmtime::Error::msg("no `hs_init`"))?;
        let result = function.ty(&*store).results().next();
        macro_rules! call {
            ($result:ty) => {{
                let function = function.typed::<(i32, i32), $result>(&*store)?;
                call_either_way(store, limits, &function, (0, 0)).await.map(|_: $result| ())
            }};
        }
        match result {
            Some(ValType::I32) => call!(i32),
            Some(ValType::I64) => call!(i64),
            Some(ValType::F32) => call!(f32),
            Some(ValType::F64) => call!(f64),
            _ => call!(()),
        }
    }
}

/// Calls a function on the thread's stack or, if host functions can wait or the call is nested, on a separate stack.
#[inline]
fn call_on_stack<P, R>(
    store: &mut Store<StoreData>,
    limits: &Limits<'_>,
    function: &TypedFunc<P, R>,
    params: P,
) -> wasmtime::Result<R>
where
    P: WasmParams + Copy + Sync,
    R: WasmResults + Sync,
{
    if limits.compiled.can_wait {
        return executor::block_on(limits, function.call_async(store, params));
    }
    if nesting::is_nested() {
        return nesting::call_on_own_stack(store, limits.compiled, function, params);
    }
    function.call(store, params)
}

/// Returns whether a function could not be called because the pool has no stack left; then nothing has run.
pub(super) fn lacks_stack(error: &wasmtime::Error) -> bool {
    error.is::<PoolConcurrencyLimitError>()
}

/// Calls a function as the call of the export is made: as a task, or by [`call_on_stack`].
async fn call_either_way<P, R>(
    store: &mut Store<StoreData>,
    limits: &Limits<'_>,
    function: &TypedFunc<P, R>,
    params: P,
) -> wasmtime::Result<R>
where
    P: WasmParams + Copy + Sync,
    R: WasmResults + Sync,
{
    if limits.yields() {
        function.call_async(store, params).await
    } else {
        call_on_stack(store, limits, function, params)
    }
}
