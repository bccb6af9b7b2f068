use std::sync::Arc;

use super::{
    super::{Callback, Function, IntoFunctions, MissingState},
    Arguments, Binder, Call,
};
use crate::value::{FuncType, ValType};

/// What a host function is to the plug-ins that import it, known while compiling.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// The namespace that plug-ins import it from.
    pub namespace: &'static str,
    /// The name that they import it by.
    pub name: &'static str,
    /// The WebAssembly parameters that make up each argument.
    pub params: &'static [&'static [ValType]],
    /// The WebAssembly results.
    pub results: &'static [ValType],
}

/// A host function, known while compiling; `S` is the value that it shares with others: the `self` of an `impl` block.
#[derive(Clone, Copy, Debug)]
pub struct HostFunction<S> {
    /// Name and types.
    pub signature: Signature,
    /// Binds it to what the builder was given.
    pub bind: fn(Binder<'_>) -> Result<Call<S>, Vec<MissingState>>,
}

/// One or more host functions, known while compiling.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no host function",
    note = "put `#[host_fn]` on the function, or on the `impl` block of the type"
)]
pub trait HostFunctions {
    /// What the functions share.
    type Shared: Send + Sync + 'static;
    /// The functions.
    const FUNCTIONS: &'static [HostFunction<Self::Shared>];
}

/// A function with `#[host_fn]`: the hidden item beside it implements this.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no host function",
    label = "not a function with `#[host_fn]`",
    note = "of a type whose `impl` block has `#[host_fn]`, give a value: `.with_functions(value)`"
)]
pub trait HostFn: HostFunctions<Shared = ()> {
    /// The function.
    const FUNCTION: HostFunction<()>;
}

impl<S: Send + Sync + 'static> HostFunction<S> {
    fn function(&'static self, shared: Arc<S>) -> Function {
        let Signature { namespace, name, params, results } = self.signature;
        Function::with_binding(name.to_owned(), FuncType::new(params.concat(), results), move |states| {
            let call = (self.bind)(Binder::new(states))?;
            let shared = Arc::clone(&shared);
            let callback: Callback = Arc::new(move |plugin, arguments, results| {
                call(&shared, plugin, &mut Arguments::new(arguments), results)
            });
            Ok(callback)
        })
        .with_namespace(namespace)
    }
}

/// What `host_fns!` makes of each name in its list.
#[must_use]
pub fn function(function: &'static HostFunction<()>) -> Function {
    function.function(Arc::new(()))
}

fn functions<T: HostFunctions<Shared = T> + Send + Sync + 'static>(shared: &Arc<T>) -> Vec<Function> {
    T::FUNCTIONS.iter().map(|function| function.function(Arc::clone(shared))).collect()
}

#[diagnostic::do_not_recommend]
impl<T: HostFunctions<Shared = T> + Send + Sync + 'static> IntoFunctions for T {
    fn into_functions(self) -> Vec<Function> {
        functions(&Arc::new(self))
    }
}

#[diagnostic::do_not_recommend]
impl<T: HostFunctions<Shared = T> + Send + Sync + 'static> IntoFunctions for Arc<T> {
    fn into_functions(self) -> Vec<Function> {
        functions(&self)
    }
}
