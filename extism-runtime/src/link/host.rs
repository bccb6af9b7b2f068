//! Users' host functions as engine functions.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use wasmtime::{Caller, Linker};

use crate::{
    display, engine_types,
    error::HostPanic,
    host::{Callback, CurrentPlugin, memory},
    store::StoreData,
    value::{FuncType, Val, ValType},
};

/// A host function whose states are known.
pub(crate) struct BoundFunction {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) ty: FuncType,
    pub(crate) callback: Callback,
}

impl BoundFunction {
    /// Runs the function for a plug-in.
    fn call(&self, caller: Caller<'_, StoreData>, args: &[Val], results: &mut [Val]) -> wasmtime::Result<()> {
        let Some(kernel) = caller.data().kernel else {
            return Err(self.fail("called before the plug-in has its memory".into()));
        };
        let mut plugin = CurrentPlugin::new(caller, kernel);
        // Truncated inside `catch_unwind`, as formatting an error may panic too.
        let run = || (self.callback)(&mut plugin, args, results).map_err(display::cut_error);
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok(Ok(())) => self.check_results(results),
            Ok(Err(source)) => Err(self.fail(source)),
            Err(panic) => {
                let error = HostPanic::new(&*panic);
                // Dropping the panic's payload may panic again.
                let _ = catch_unwind(AssertUnwindSafe(move || drop(panic)));
                Err(self.fail(error.into()))
            }
        }
    }

    fn check_results(&self, results: &[Val]) -> wasmtime::Result<()> {
        for (result, ty) in results.iter().zip(&self.ty.results) {
            if result.ty() != *ty {
                return Err(self.fail(format!("returned an {}, declared is {}", result.ty(), self.ty).into()));
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
}

fn define_handles_to_none(
    linker: &mut Linker<StoreData>,
    function: &Arc<BoundFunction>,
    arity: usize,
) -> wasmtime::Result<()> {
    by_arity!(linker, function, arity, [], (), |_: [Val; 0]| (),
        0: ; 1: a; 2: a b; 3: a b c; 4: a b c d;);
    Ok(())
}

fn define_handles_to_handle(
    linker: &mut Linker<StoreData>,
    function: &Arc<BoundFunction>,
    arity: usize,
) -> wasmtime::Result<()> {
    // `check_results` has ensured that it is an `i64`.
    by_arity!(linker, function, arity, [Val::I64(0)], i64, |[result]: [Val; 1]| result.i64().unwrap_or(0),
        0: ; 1: a; 2: a b; 3: a b c; 4: a b c d;);
    Ok(())
}

fn define_any(linker: &mut Linker<StoreData>, function: &Arc<BoundFunction>) -> wasmtime::Result<()> {
    let bound = Arc::clone(function);
    let ty = engine_types::to_func_type(linker.engine(), &function.ty)?;
    linker.func_new(&function.namespace, &function.name, ty, move |caller, args, results| {
        let args: Vec<Val> = args.iter().filter_map(engine_types::from_val).collect();
        let mut given: Vec<Val> = bound.ty.results.iter().filter_map(|ty| Val::zero(*ty)).collect();
        bound.call(caller, &args, &mut given)?;
        for (result, given) in results.iter_mut().zip(given) {
            *result = engine_types::to_val(given);
        }
        Ok(())
    })?;
    Ok(())
}
