//! Users' host functions as engine functions.

use std::{any::Any, sync::Arc};

use wasmtime::{Caller, Linker};

use super::caught::{Caught, caught};
use crate::{
    engine_types,
    host::{Callback, CurrentPlugin, DescribedBy, memory},
    store::StoreData,
    value::{FuncType, Val, ValType},
};

/// A host function whose states are known.
pub(crate) struct BoundFunction {
    /// Its number among the plug-in's host functions.
    pub(crate) number: u32,
    pub(crate) namespace: String,
    pub(crate) name: String,
    /// The permission that the plug-in lacks to import it.
    pub(crate) lacks: Option<String>,
    pub(crate) ty: FuncType,
    pub(crate) callback: Callback,
    /// What is known of its types, among others.
    pub(crate) described: DescribedBy,
}

impl BoundFunction {
    /// Returns whether it may wait.
    pub(crate) fn is_async(&self) -> bool {
        matches!(self.callback, Callback::Async(_))
    }

    /// Runs the function for a plug-in.
    #[inline]
    fn call(&self, caller: Caller<'_, StoreData>, args: &[Val], results: &mut [Val]) -> wasmtime::Result<()> {
        let Callback::Plain(callback) = &self.callback else { return Err(self.fail("it is async".into())) };
        let _metered = caller.data().persistent.account.host_call();
        let mut plugin = self.plugin(caller)?;
        caught(|| callback(&mut plugin, args, results)).map_err(|source| self.fail(source))?;
        self.check_results(results)
    }

    /// Returns a reference for a call of an async function: the one that the instance keeps from its last call. Making a
    /// new one increments a count that all threads share.
    fn lent(self: &Arc<Self>, caller: &mut Caller<'_, StoreData>) -> Arc<Self> {
        let kept = caller.data_mut().functions.get_mut(self.number as usize).and_then(Option::take);
        kept.and_then(|kept| kept.downcast().ok()).unwrap_or_else(|| Arc::clone(self))
    }

    /// Keeps the reference of a call for the next one.
    fn keep(self: Arc<Self>, caller: &mut Caller<'_, StoreData>) {
        let (functions, index) = (&mut caller.data_mut().functions, self.number as usize);
        if functions.len() <= index {
            functions.resize_with(index + 1, || None);
        }
        functions[index] = Some(self as Arc<dyn Any + Send + Sync>);
    }

    /// Runs the function for a plug-in, and waits for it; returns the caller.
    async fn call_async<'c>(
        &self,
        mut caller: Caller<'c, StoreData>,
        args: &[Val],
        results: &mut [Val],
    ) -> wasmtime::Result<Caller<'c, StoreData>> {
        let Callback::Async(callback) = &self.callback else { return Err(self.fail("it is not async".into())) };
        caller.data_mut().last_async = self.number;
        let _metered = caller.data().persistent.account.host_call();
        let mut plugin = self.plugin(caller)?;
        let mut waited = false;
        let result = {
            let mut running = Caught::new(&mut waited);
            match running.start(|| callback.call(&mut plugin, args, results)) {
                Ok(()) => (&mut running).await,
                Err(error) => Err(error),
            }
        };
        if waited {
            plugin.has_waited();
        }
        result.map_err(|source| self.fail(source))?;
        self.check_results(results)?;
        Ok(plugin.into_caller())
    }

    #[inline]
    fn plugin<'c>(&self, caller: Caller<'c, StoreData>) -> wasmtime::Result<CurrentPlugin<'c>> {
        match caller.data().kernel {
            Some(kernel) => Ok(CurrentPlugin::new(caller, kernel)),
            None => Err(self.fail("called before the plug-in's memory exists".into())),
        }
    }

    #[inline]
    fn check_results(&self, results: &[Val]) -> wasmtime::Result<()> {
        for (result, ty) in results.iter().zip(&self.ty.results) {
            if result.ty() != *ty {
                return Err(self.fail(format!("returned an {}, but its signature is {}", result.ty(), self.ty).into()));
            }
        }
        Ok(())
    }

    #[cold]
    fn fail(&self, source: crate::error::BoxError) -> wasmtime::Error {
        wasmtime::Error::new(memory::failure(&self.name, source))
    }
}

/// Adds a function to a linker.
pub(super) fn define(linker: &mut Linker<StoreData>, function: &Arc<BoundFunction>) -> wasmtime::Result<()> {
    let handles = function.ty.params.iter().all(|ty| *ty == ValType::I64);
    let arity = function.ty.params.len();
    match function.ty.results.as_slice() {
        [] if handles && arity <= 4 => define_handles_to_none(linker, function, arity),
        [ValType::I64] if handles && arity <= 4 => define_handles_to_handle(linker, function, arity),
        _ => define_any(linker, function),
    }
}

/// Defines a function whose number of `i64`s is known at compile time: the engine then calls it without going through
/// vectors of values, in a third of the time.
macro_rules! by_arity {
    ($linker:ident, $function:ident, $arity:ident, $results:expr, $ret:ty, $finish:expr,
     $($count:literal: $($arg:ident)*;)*) => {
        match $arity {
            $($count => {
                let bound = Arc::clone($function);
                $linker.func_wrap(
                    &$function.namespace,
                    &$function.name,
                    move |caller: Caller<'_, StoreData>, $($arg: i64),*| -> wasmtime::Result<$ret> {
                        let mut results = $results;
                        bound.call(caller, &[$(Val::I64($arg)),*], &mut results)?;
                        Ok($finish(results))
                    },
                )?;
            })*
            _ => return define_any($linker, $function),
        }
    };
    (async $linker:ident, $function:ident, $arity:ident, $results:expr, $ret:ty, $finish:expr,
     $($count:literal: $($arg:ident)*;)*) => {
        match $arity {
            $($count => {
                let bound = Arc::clone($function);
                $linker.func_wrap_async(
                    &$function.namespace,
                    &$function.name,
                    move |mut caller: Caller<'_, StoreData>, ($($arg,)*): ($(by_arity!(@i64 $arg),)*)| {
                        let bound = bound.lent(&mut caller);
                        Box::new(async move {
                            let mut results = $results;
                            let mut caller = bound.call_async(caller, &[$(Val::I64($arg)),*], &mut results).await?;
                            bound.keep(&mut caller);
                            wasmtime::Result::<$ret>::Ok($finish(results))
                        })
                    },
                )?;
            })*
            _ => return define_any($linker, $function),
        }
    };
    (@i64 $arg:ident) => { i64 };
}

fn define_handles_to_none(
    linker: &mut Linker<StoreData>,
    function: &Arc<BoundFunction>,
    arity: usize,
) -> wasmtime::Result<()> {
    if function.is_async() {
        by_arity!(async linker, function, arity, [], (), |_: [Val; 0]| (),
            0: ; 1: a; 2: a b; 3: a b c; 4: a b c d;);
    } else {
        by_arity!(linker, function, arity, [], (), |_: [Val; 0]| (),
            0: ; 1: a; 2: a b; 3: a b c; 4: a b c d;);
    }
    Ok(())
}

fn define_handles_to_handle(
    linker: &mut Linker<StoreData>,
    function: &Arc<BoundFunction>,
    arity: usize,
) -> wasmtime::Result<()> {
    // `check_results` has ensured that it is an `i64`.
    let handle = |[result]: [Val; 1]| result.i64().unwrap_or(0);
    if function.is_async() {
        by_arity!(async linker, function, arity, [Val::I64(0)], i64, handle,
            0: ; 1: a; 2: a b; 3: a b c; 4: a b c d;);
    } else {
        by_arity!(linker, function, arity, [Val::I64(0)], i64, handle,
            0: ; 1: a; 2: a b; 3: a b c; 4: a b c d;);
    }
    Ok(())
}

fn define_any(linker: &mut Linker<StoreData>, function: &Arc<BoundFunction>) -> wasmtime::Result<()> {
    let bound = Arc::clone(function);
    let ty = engine_types::to_func_type(linker.engine(), &function.ty)?;
    if function.is_async() {
        linker.func_new_async(&function.namespace, &function.name, ty, move |mut caller, args, results| {
            let bound = bound.lent(&mut caller);
            Box::new(async move {
                let (args, mut given) = values(&bound, args);
                let mut caller = bound.call_async(caller, &args, &mut given).await?;
                bound.keep(&mut caller);
                put(results, given);
                Ok(())
            })
        })?;
        return Ok(());
    }
    linker.func_new(&function.namespace, &function.name, ty, move |caller, args, results| {
        let (args, mut given) = values(&bound, args);
        bound.call(caller, &args, &mut given)?;
        put(results, given);
        Ok(())
    })?;
    Ok(())
}

/// Returns a function's arguments and its results, which are zero at first.
fn values(function: &BoundFunction, args: &[wasmtime::Val]) -> (Vec<Val>, Vec<Val>) {
    let args = args.iter().filter_map(engine_types::from_val).collect();
    (args, function.ty.results.iter().filter_map(|ty| Val::zero(*ty)).collect())
}

fn put(results: &mut [wasmtime::Val], given: Vec<Val>) {
    for (result, given) in results.iter_mut().zip(given) {
        *result = engine_types::to_val(given);
    }
}
