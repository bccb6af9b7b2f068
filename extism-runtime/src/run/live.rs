use std::{
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

use wasmtime::{Instance, Memory, Store, TypedFunc, WasmParams, WasmResults};

use super::{
    failure::{Failure, classify, guest_error},
    nesting::{self, Nested},
    site,
};
use crate::{
    Error, code::InitCall, compile::CompiledInner, engine::TimedCall, exports::CallKind, kernel, store::StoreData,
};

/// An instance and its store.
pub(crate) struct Live {
    pub(crate) store: Store<StoreData>,
    pub(crate) kernel: Memory,
    /// In the order of the compiled modules.
    instances: Vec<Instance>,
    /// By the main module's exports, which of `functions` it is, counted from 1; 0 for those that weren't called yet. A
    /// module may have very many exports.
    places: Box<[u32]>,
    /// The exports that were called already.
    functions: Vec<Callable>,
    /// Whether start functions and initializers have run.
    initialized: bool,
    /// Whether the instance has ended itself, by `_start` or an exit.
    pub(crate) ended: bool,
}

enum Callable {
    Code(TypedFunc<(), i32>),
    Unit(TypedFunc<(), ()>),
}

/// What a call that ended well gives.
pub(crate) struct Outcome {
    /// Where its output is in the kernel's memory.
    pub(crate) output: Range<usize>,
}

impl Live {
    pub(super) fn new(
        store: Store<StoreData>,
        instances: Vec<Instance>,
        kernel: Memory,
        compiled: &CompiledInner,
    ) -> Self {
        let places = vec![0; compiled.exports.iter().len()].into();
        Self { store, kernel, instances, places, functions: Vec::new(), initialized: false, ended: false }
    }

    /// Initializes the instance where that wasn't done, and calls an export.
    fn call(&mut self, compiled: &CompiledInner, export: u32) -> wasmtime::Result<i32> {
        if !self.initialized {
            self.initialize(compiled, export)?;
        }
        let place = match self.places.get(export as usize) {
            Some(place) if *place > 0 => *place,
            _ => self.resolve(compiled, export)?,
        };
        // Borrowed where it is: a clone would count references that all threads share.
        match self.functions.get(place as usize - 1) {
            Some(Callable::Code(function)) => enter(&mut self.store, compiled, function, ()),
            Some(Callable::Unit(function)) => enter(&mut self.store, compiled, function, ()).map(|()| 0),
            None => Err(wasmtime::Error::msg("no such export")),
        }
    }

    /// Finds an export that is called for the first time; returns its place.
    #[cold]
    fn resolve(&mut self, compiled: &CompiledInner, export: u32) -> wasmtime::Result<u32> {
        let (Some(exported), Some(main), Some(place)) =
            (compiled.exports.get(export), self.instances.get(compiled.main), self.places.get_mut(export as usize))
        else {
            return Err(wasmtime::Error::msg("no such export"));
        };
        self.functions.push(match exported.kind() {
            Some(CallKind::Code) => Callable::Code(main.get_typed_func(&mut self.store, &exported.name)?),
            Some(CallKind::Unit) => Callable::Unit(main.get_typed_func(&mut self.store, &exported.name)?),
            None => return Err(wasmtime::Error::msg("the export can't be called")),
        });
        // No more than there are exports, which a `u32` counts.
        *place = u32::try_from(self.functions.len())?;
        Ok(*place)
    }

    /// Runs the modules' start functions and initializers, dependencies first.
    #[cold]
    fn initialize(&mut self, compiled: &CompiledInner, export: u32) -> wasmtime::Result<()> {
        let starts = compiled.exports.name(export) == "_start";
        for (index, module) in compiled.modules.iter().enumerate() {
            let Some(&instance) = self.instances.get(index) else { continue };
            for call in &module.code.init {
                match call {
                    // `_start` initializes the module itself.
                    InitCall::Plain(name) if starts && index == compiled.main && name == "_initialize" => {}
                    InitCall::Plain(name) => {
                        let function = instance.get_typed_func::<(), ()>(&mut self.store, name)?;
                        enter(&mut self.store, compiled, &function, ())?;
                    }
                    InitCall::Haskell => {
                        let function = instance.get_typed_func::<(i32, i32), ()>(&mut self.store, "hs_init")?;
                        enter(&mut self.store, compiled, &function, (0, 0))?;
                    }
                }
            }
        }
        self.initialized = true;
        Ok(())
    }
}

/// Calls a function; where WASI can wait, as a task that is dropped when the call is to end.
#[inline]
fn enter<P, R>(
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
        return nesting::call(store, compiled, function, params);
    }
    function.call(store, params)
}

/// Calls an export whose input is in the kernel's memory. On an error that ends the instance, it must be dropped.
pub(crate) fn run(live: &mut Live, compiled: &Arc<CompiledInner>, export: u32) -> Result<Outcome, Failure> {
    let data = live.store.data_mut();
    data.export = export;
    // What an earlier call was refused and lived with is no reason for a failure of this one.
    data.limiter.take_refused();
    let nested = Nested::enter().map_err(|error| too_deep(compiled, export, error))?;
    let timed = set_deadline(live, compiled).map_err(Failure::kept)?;
    if let Some(limit) = compiled.fuel_limit() {
        live.store.set_fuel(limit).map_err(|error| Failure::kept(Error::engine("cannot set the fuel", error)))?;
    }
    // Until it returns: when a panic of the host's unwinds through the call, the instance isn't used again.
    live.ended = true;
    let result = live.call(compiled, export);
    live.ended = false;
    drop((timed, nested));
    let code = match result {
        Ok(code) => code,
        Err(error) => return classify(live, compiled, export, error),
    };
    if compiled.exports.name(export) == "_start" {
        live.ended = true;
    }
    finish(live, compiled, export, code)
}

/// The call's output, or the error that the plug-in itself gives.
pub(super) fn finish(live: &mut Live, compiled: &CompiledInner, export: u32, code: i32) -> Result<Outcome, Failure> {
    let memory = live.kernel.data(&live.store);
    if code != 0 || kernel::has_error(memory) {
        return Err(guest_error(memory, compiled, export, code));
    }
    match kernel::output_range(memory) {
        Ok(output) => check_output(compiled, export, output),
        Err(error) => Err(Failure::bad_output(compiled, export, &error)),
    }
}

fn check_output(compiled: &CompiledInner, export: u32, output: Range<usize>) -> Result<Outcome, Failure> {
    let (length, limit) = (output.len() as u64, compiled.settings.limits.output_bytes());
    if length > limit {
        let at = site(compiled, export);
        return Err(Failure::kept(Error::OutputTooLarge { at, length, limit }));
    }
    Ok(Outcome { output })
}

#[cold]
fn too_deep(compiled: &CompiledInner, export: u32, error: String) -> Failure {
    Failure::kept(Error::engine(site(compiled, export).to_string(), error))
}

/// Starts the clock of a call that has a limit.
fn set_deadline<'c>(live: &mut Live, compiled: &'c CompiledInner) -> Result<Option<TimedCall<'c>>, Error> {
    let Some(timeout) = compiled.settings.options.timeout else { return Ok(None) };
    let data = live.store.data_mut();
    data.deadline = deadline(timeout);
    // Any number will do that differs between the plug-ins that run at a time.
    let shard = data.persistent.id.as_bytes()[15];
    compiled.settings.engine.timed_call(usize::from(shard)).map(Some)
}

/// None for a limit so far away that the clock can't express it.
fn deadline(timeout: Duration) -> Option<Instant> {
    Instant::now().checked_add(timeout)
}
