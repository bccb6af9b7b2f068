use std::{fmt, pin::Pin, sync::Arc};

use super::{CurrentPlugin, DescribedBy, MissingState, States};
use crate::{
    error::BoxError,
    value::{FuncType, Val, ValType},
};

/// The namespace of host functions unless they name another; PDKs import from it by default.
pub const DEFAULT_NAMESPACE: &str = "extism:host/user";

/// The return type of an async host function: see [`Function::new_async`].
pub type HostFuture<'a> = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send + 'a>>;

/// A host function that returns its result directly.
type PlainCallback = dyn Fn(&mut CurrentPlugin<'_>, &[Val], &mut [Val]) -> Result<(), BoxError> + Send + Sync;

/// The function that runs when a plug-in calls a host function.
#[derive(Clone)]
pub(crate) enum Callback {
    Plain(Arc<PlainCallback>),
    Async(Arc<dyn AsyncCallback>),
}

/// An async host function. Not a closure, so that its future can borrow it.
pub(crate) trait AsyncCallback: Send + Sync {
    fn call<'a>(
        &'a self,
        plugin: &'a mut CurrentPlugin<'_>,
        arguments: &'a [Val],
        results: &'a mut [Val],
    ) -> HostFuture<'a>;
}

impl<F> AsyncCallback for F
where
    F: for<'a> Fn(&'a mut CurrentPlugin<'_>, &'a [Val], &'a mut [Val]) -> HostFuture<'a> + Send + Sync,
{
    fn call<'a>(
        &'a self,
        plugin: &'a mut CurrentPlugin<'_>,
        arguments: &'a [Val],
        results: &'a mut [Val],
    ) -> HostFuture<'a> {
        self(plugin, arguments, results)
    }
}

/// Creates the [`Callback`] once the builder's states are known.
type Bind = Arc<dyn Fn(&States) -> Result<Callback, Vec<MissingState>> + Send + Sync>;

/// A function of the host that plug-ins can import.
///
/// `#[host_fn]` creates one from a Rust function; [`Function::new`] is the dynamic form.
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use extism_runtime::{Function, PluginBuilder, ValType};
///
/// let reflect = Function::new("reflect", [ValType::PTR], [ValType::PTR], |plugin, arguments, results| {
///     let text: String = plugin.get(&arguments[0])?;
///     results[0] = plugin.put(text.to_uppercase())?;
///     Ok(())
/// });
/// let mut plugin = PluginBuilder::new("examples/plugins/reflect.wasm").with_functions(reflect).build()?;
/// assert_eq!(plugin.call::<_, &str>("reflect", "hello")?, "HELLO");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a host function does nothing until a builder's `with_functions` adds it"]
pub struct Function {
    name: String,
    namespace: String,
    permission: Option<String>,
    ty: FuncType,
    bind: Bind,
    /// What is known of its types, among others.
    described: DescribedBy,
}

impl Function {
    /// Creates a function over raw WebAssembly values.
    ///
    /// `callback` receives the calling plug-in, the arguments, and the results, which it sets (they are initially
    /// zero). An error, like a panic, ends the plug-in's call with [`Error::HostFunction`](crate::Error::HostFunction).
    pub fn new<F>(
        name: impl Into<String>,
        params: impl Into<Vec<ValType>>,
        results: impl Into<Vec<ValType>>,
        callback: F,
    ) -> Self
    where
        F: Fn(&mut CurrentPlugin<'_>, &[Val], &mut [Val]) -> Result<(), BoxError> + Send + Sync + 'static,
    {
        let callback = Callback::Plain(Arc::new(callback));
        Self::with_binding(name.into(), FuncType::new(params, results), move |_| Ok(callback.clone()))
    }

    /// Creates a function over raw WebAssembly values that may wait without holding the thread.
    ///
    /// `callback` is like that of [`new`](Self::new), and returns a future that may borrow all of its
    /// arguments. The call's time limit and a cancellation drop the future while it waits. A panic in it is
    /// an error, as in other host functions.
    ///
    /// ```
    /// use extism_runtime::{Function, ValType};
    ///
    /// let double = Function::new_async("double", [ValType::I64], [ValType::I64], |plugin, arguments, results| {
    ///     Box::pin(async move {
    ///         let text: String = plugin.get(&arguments[0])?;
    ///         let doubled = async { text.repeat(2) }.await;
    ///         results[0] = plugin.put(doubled)?;
    ///         Ok(())
    ///     })
    /// });
    /// # assert_eq!(double.name(), "double");
    /// ```
    ///
    /// An async call of the plug-in, such as [`Plugin::call_async`](crate::Plugin::call_async), yields its
    /// executor's thread while the future waits. A plain call waits on the calling thread. If that is the
    /// only thread of a tokio runtime, whose timers and connections it would block, the call fails as soon as
    /// the future waits.
    pub fn new_async<F>(
        name: impl Into<String>,
        params: impl Into<Vec<ValType>>,
        results: impl Into<Vec<ValType>>,
        callback: F,
    ) -> Self
    where
        F: for<'a> Fn(&'a mut CurrentPlugin<'_>, &'a [Val], &'a mut [Val]) -> HostFuture<'a> + Send + Sync + 'static,
    {
        let callback = Callback::Async(Arc::new(callback));
        Self::with_binding(name.into(), FuncType::new(params, results), move |_| Ok(callback.clone()))
    }

    /// Creates a function whose callback is created when the plug-in is built, from the builder's states.
    pub(crate) fn with_binding<B>(name: String, ty: FuncType, bind: B) -> Self
    where
        B: Fn(&States) -> Result<Callback, Vec<MissingState>> + Send + Sync + 'static,
    {
        let namespace = DEFAULT_NAMESPACE.to_owned();
        Self { name, namespace, permission: None, ty, bind: Arc::new(bind), described: DescribedBy::No }
    }

    /// Sets the namespace, instead of [`DEFAULT_NAMESPACE`].
    pub fn with_namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = namespace.into();
        self
    }

    /// Sets what describes it.
    pub(crate) fn described_by(mut self, described: DescribedBy) -> Self {
        self.described = described;
        self
    }

    /// Returns what describes it.
    pub(crate) fn description(&self) -> DescribedBy {
        self.described
    }

    /// Sets the permission that a plug-in needs to import it, which
    /// [`PluginBuilder::grant`](crate::PluginBuilder::grant) gives. A name has 1 to 64 letters, digits and characters of
    /// `_-.:/`; with any other, building a plug-in fails. By default every plug-in may import it.
    pub fn with_permission(mut self, permission: impl Into<String>) -> Self {
        self.permission = Some(permission.into());
        self
    }

    /// Returns the name under which plug-ins import it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the namespace from which plug-ins import it.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Returns the permission that a plug-in needs to import it; `None` if every plug-in may.
    #[must_use]
    pub fn permission(&self) -> Option<&str> {
        self.permission.as_deref()
    }

    /// Returns its signature.
    #[must_use]
    pub fn ty(&self) -> &FuncType {
        &self.ty
    }

    pub(crate) fn bind(&self, states: &States) -> Result<Callback, Vec<MissingState>> {
        (self.bind)(states)
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Function({}.{} {})", self.namespace, self.name, self.ty)
    }
}

/// One or more host functions, as [`PluginBuilder::with_functions`](crate::PluginBuilder::with_functions) accepts them.
///
/// `host_fns![a, b]` creates such a list, and `#[host_fn]` on an `impl` block implements it for the block's type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of host functions",
    label = "has no host functions",
    note = "list `#[host_fn]` functions with `host_fns![a, b]`, or put `#[host_fn]` on an `impl` block of the type"
)]
pub trait IntoFunctions {
    /// Returns the functions.
    fn into_functions(self) -> Vec<Function>;
}

impl IntoFunctions for Function {
    fn into_functions(self) -> Vec<Function> {
        vec![self]
    }
}

impl IntoFunctions for Vec<Function> {
    fn into_functions(self) -> Vec<Function> {
        self
    }
}

impl<const N: usize> IntoFunctions for [Function; N] {
    fn into_functions(self) -> Vec<Function> {
        self.into()
    }
}
