use wasmtime::{Instance, Memory, Store, TypedFunc, ValType, WasmParams, WasmResults};

use super::nesting;
use crate::{artifact::InitCall, compile::CompiledInner, exports::CallKind, store::StoreData};

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
    /// The generation of the kernel's memory when it held nothing for the last time; `None` if it may hold more since
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

    /// Initializes the instance if necessary, and calls an export.
    pub(super) fn call_function(&mut self, compiled: &CompiledInner, export: u32) -> wasmtime::Result<i32> {
        if !self.initialized {
            self.initialize(compiled, export)?;
        }
        let number = match self.numbers.get(export as usize) {
            Some(number) if *number > 0 => *number,
            _ => self.resolve(compiled, export)?,
        };
        // Borrowed: a clone would increment a reference count that all threads share.
        match self.functions.get(number as usize - 1) {
            Some(Callable::Code(function)) => call_on_stack(&mut self.store, compiled, function, ()),
            Some(Callable::Unit(function)) => call_on_stack(&mut self.store, compiled, function, ()).map(|()| 0),
            None => Err(wasmtime::Error::msg("no such export")),
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
        self.functions.push(match exported.kind() {
            Some(CallKind::Code) => Callable::Code(main.get_typed_func(&mut self.store, &exported.name)?),
            Some(CallKind::Unit) => Callable::Unit(main.get_typed_func(&mut self.store, &exported.name)?),
            None => return Err(wasmtime::Error::msg("the export can't be called")),
        });
        // At most as many as there are exports, and their number fits a `u32`.
        *number = u32::try_from(self.functions.len())?;
        Ok(*number)
    }

    /// Runs the modules' start functions and initializers, dependencies first.
    #[cold]
    fn initialize(&mut self, compiled: &CompiledInner, export: u32) -> wasmtime::Result<()> {
        let starts = compiled.exports.name(export) == "_start";
        for (index, module) in compiled.modules.iter().enumerate() {
            let Some(&instance) = self.instances.get(index) else { continue };
            for call in &module.artifact.init {
                match call {
                    // `_start` initializes the module itself.
                    InitCall::Plain(name) if starts && index == compiled.main && name == "_initialize" => {}
                    InitCall::Plain(name) => {
                        let function = instance.get_typed_func::<(), ()>(&mut self.store, name)?;
                        call_on_stack(&mut self.store, compiled, &function, ())?;
                    }
                    InitCall::Haskell => self.initialize_haskell(compiled, instance)?,
                }
            }
        }
        self.initialized = true;
        Ok(())
    }

    /// Calls `hs_init`; ignores the number it returns.
    fn initialize_haskell(&mut self, compiled: &CompiledInner, instance: Instance) -> wasmtime::Result<()> {
        let store = &mut self.store;
        let function = instance.get_func(&mut *store, "hs_init");
        let function = function.ok_or_else(|| wasmtime::Error::msg("no `hs_init`"))?;
        let result = function.ty(&*store).results().next();
        macro_rules! call {
            ($result:ty) => {{
                let function = function.typed::<(i32, i32), $result>(&*store)?;
                call_on_stack(store, compiled, &function, (0, 0)).map(|_: $result| ())
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

/// Calls a function; if WASI can wait, as a task that is dropped when the call must end.
#[inline]
fn call_on_stack<P, R>(
    store: &mut Store<StoreData>,
    compiled: &CompiledInner,
    function: &TypedFunc<P, R>,
    params: P,
) -> wasmtime::Result<R>
where
    P: WasmParams + Copy + Sync,
    R: WasmResults + Sync,
{
    #[cfg(feature = "wasi")]
    if compiled.uses_wasi {
        return crate::wasi::block_on(function.call_async(store, params));
    }
    if nesting::is_nested() {
        return nesting::call_on_own_stack(store, compiled, function, params);
    }
    function.call(store, params)
}
