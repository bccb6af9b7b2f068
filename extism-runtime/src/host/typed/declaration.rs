use std::{iter, marker::PhantomData, sync::Arc};

use extism_interface::declare::{FunctionDeclaration, Schemas, host_function};

use super::{
    super::{
        AsyncCallback, Callback, CurrentPlugin, Describe, DescribedBy, Function, HostFuture, IntoFunctions,
        MissingState,
    },
    Binder, Call, WasmArguments,
    binder::AsyncCall,
};
use crate::{
    interface::{Interface, Method},
    value::{FuncType, Val, ValType},
};

/// A host function as plug-ins import it, known at compile time.
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

/// A host function, known at compile time; `S` is the value that it shares with others: the `self` of an `impl` block.
#[derive(Clone, Copy, Debug)]
pub struct HostFunction<S> {
    /// Name and types.
    pub signature: Signature,
    /// The permission that plug-ins need to import it.
    pub permission: Option<&'static str>,
    /// Binds it to the builder's states.
    pub bind: fn(Binder<'_>) -> Result<Call<S>, Vec<MissingState>>,
    /// Describes it.
    pub describe: fn(&mut Schemas) -> FunctionDeclaration,
}

/// A type whose methods are host functions, through [`#[host_fn]`](macro@crate::host_fn) on its `impl` block; if there
/// are several such blocks, all but the first have a `part`, the number `PART`.
///
/// Compiler errors name this trait; programs use the attribute. Its items change without notice.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `#[host_fn] impl` block with part {PART}",
    label = "no such block",
    note = "put `#[host_fn]` on the function, or on the `impl` block of the type",
    note = "if a type has several blocks, the first has no `part`, and the next ones are `#[host_fn(part = 2)]`, `#[host_fn(part = 3)]` and so on"
)]
pub trait HostFunctions<const PART: usize = 1>: Send + Sync + Sized + 'static {
    /// The functions of this part and of those after it.
    #[doc(hidden)]
    const FUNCTIONS: Part<Self>;

    /// What is known of the functions' types; `None` if nothing is.
    #[doc(hidden)]
    #[must_use]
    fn interface() -> Option<&'static Interface> {
        None
    }

    /// Named to request the part without its functions.
    #[doc(hidden)]
    fn exists() {}
}

/// The host functions of an `impl` block, and those of the type's next such block.
#[derive(Clone, Copy, Debug)]
pub struct Part<S: 'static> {
    /// Those of this block.
    pub functions: &'static [HostFunction<S>],
    /// Those of the next.
    pub next: Option<&'static Part<S>>,
}

/// Looks for a part that a type may not have: `Next::<T, 2>::FUNCTIONS` is that of
/// [`HostFunctions<2>`](HostFunctions) if `T` implements it, else that of [`NoNext`].
#[derive(Debug)]
pub struct Next<T, const PART: usize>(PhantomData<T>);

impl<T: HostFunctions<PART>, const PART: usize> Next<T, PART> {
    /// The part.
    pub const FUNCTIONS: Option<&'static Part<T>> = Some(const { &T::FUNCTIONS });
}

/// The result if a part does not exist.
pub trait NoNext<T: 'static> {
    /// No part.
    const FUNCTIONS: Option<&'static Part<T>> = None;
}

impl<T: 'static, const PART: usize> NoNext<T> for Next<T, PART> {}

/// The information that `#[host_fn]` generates for a function.
pub trait HostFn {
    /// The function.
    const FUNCTION: HostFunction<()>;
}

/// A number that identifies one function with `#[host_fn]`.
#[derive(Debug)]
pub struct Declaration<const ID: u64>;

/// Leads from a function's number to its generated type, which programs cannot name.
pub trait Declares<F> {}

/// Returns the function with this number. There is only one `F`, which is therefore inferred.
#[must_use]
pub const fn declared<const ID: u64, F: HostFn>() -> &'static HostFunction<()>
where
    Declaration<ID>: Declares<F>,
{
    const { &F::FUNCTION }
}

/// Returns the function with this number, where it may also be an associated function.
#[must_use]
pub const fn declared_part<const ID: u64, F: HostFn>() -> &'static Part<()>
where
    Declaration<ID>: Declares<F>,
{
    const { &Part { functions: &[F::FUNCTION], next: None } }
}

/// The result of `host_fns!` for a name without a `#[host_fn]` function.
#[doc(hidden)]
#[macro_export]
macro_rules! __extism_undeclared {
    ($otherwise:expr, $($function:tt)*) => {
        $otherwise
    };
}

impl<S: Send + Sync + 'static> HostFunction<S> {
    fn function(&'static self, shared: Arc<S>) -> Function {
        let Signature { namespace, name, params, results } = self.signature;
        let function =
            Function::with_binding(name.to_owned(), FuncType::new(params.concat(), results), move |states| {
                let shared = Arc::clone(&shared);
                Ok(match (self.bind)(Binder::new(states))? {
                    Call::Plain(call) => Callback::Plain(Arc::new(move |plugin, arguments, results| {
                        call(&shared, plugin, &mut WasmArguments::new(arguments), results)
                    })),
                    Call::Async(call) => Callback::Async(Arc::new(SharedCall { shared, call })),
                })
            })
            .with_namespace(namespace);
        let function = self.permission.into_iter().fold(function, Function::with_permission);
        function.described_by(DescribedBy::Function(self))
    }
}

impl<S: 'static> Describe for HostFunction<S> {
    fn method(&self, schemas: &mut Schemas, namespace: &str) -> Method {
        // The others come from the host: a `State`, for example.
        let from_plugin = self.signature.params.iter().map(|params| !params.is_empty());
        host_function(namespace, self.signature.name, (self.describe)(schemas), from_plugin)
    }
}

/// An async host function with the value that it shares with others.
struct SharedCall<S> {
    shared: Arc<S>,
    call: AsyncCall<S>,
}

impl<S: Send + Sync + 'static> AsyncCallback for SharedCall<S> {
    fn call<'a>(
        &'a self,
        plugin: &'a mut CurrentPlugin<'_>,
        arguments: &'a [Val],
        results: &'a mut [Val],
    ) -> HostFuture<'a> {
        (self.call)(&self.shared, plugin, WasmArguments::new(arguments), results)
    }
}

/// Creates the function for each name in the list of `host_fns!`.
pub fn function(function: &'static HostFunction<()>) -> Function {
    function.function(Arc::new(()))
}

/// Gives a function in the list of `host_fns!` the list's permission, unless it has one of its own.
pub fn under(permission: &'static str, function: Function) -> Function {
    if function.permission().is_some() { function } else { function.with_permission(permission) }
}

fn functions<T: HostFunctions>(shared: &Arc<T>) -> Vec<Function> {
    let parts = iter::successors(Some(const { &T::FUNCTIONS }), |part| part.next);
    let functions = parts.flat_map(|part| part.functions).map(|function| function.function(Arc::clone(shared)));
    match T::interface() {
        Some(interface) => functions.map(|function| function.described_by(DescribedBy::Interface(interface))).collect(),
        None => functions.collect(),
    }
}

#[diagnostic::do_not_recommend]
impl<T: HostFunctions> IntoFunctions for T {
    fn into_functions(self) -> Vec<Function> {
        functions(&Arc::new(self))
    }
}

#[diagnostic::do_not_recommend]
impl<T: HostFunctions> IntoFunctions for Arc<T> {
    fn into_functions(self) -> Vec<Function> {
        functions(&self)
    }
}
