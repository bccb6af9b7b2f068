use std::{any::Any, fmt, sync::Arc, time::Duration};

use super::{CallFuture, Export, PluginBuilder, export::RawExport, resolve};
use crate::{
    CompiledPlugin, Decode, Encode, Error, Source,
    compile::CompiledInner,
    inspect::{ExportInfo, ImportInfo},
    kernel,
    plugin_id::PluginId,
    run::{self, CallOptions, Calling, Left, Slot},
    store::{CallContext, CallState, CancelHandle},
    usage::{Owner, Usage},
};

/// A running plug-in: one instance, its variables and its configuration.
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use extism_runtime::Plugin;
///
/// let mut plugin = Plugin::new("examples/plugins/echo.wasm")?;
/// let text: &str = plugin.call("echo", "hello")?;
/// assert_eq!(text, "hello");
/// # Ok(())
/// # }
/// ```
///
/// [`call`](Self::call) names an export each time; [`export`](Self::export) finds one once. `#[plugin_interface]`
/// generates clients, which have a method for each export.
///
/// # Life of an instance
///
/// The start functions and initializers of the plug-in's modules run when the instance is created, or before
/// its first call. After that, its memory persists from call to call, except for inputs, outputs and other
/// blocks of the kernel's memory, which the next call frees.
///
/// An error that the plug-in returns ([`Error::Guest`]) leaves the instance as it is. A trap, a timeout, a
/// cancellation, an error of a host function, or running out of memory or fuel ends it, as its state may be
/// inconsistent. The next call runs in a new instance, with the same id, variables and configuration:
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use extism_runtime::{Error, Plugin};
///
/// let mut plugin = Plugin::new("examples/plugins/kitchen_sink.wasm")?;
/// let id = plugin.id();
/// assert!(matches!(plugin.call::<_, ()>("panic", "no luck"), Err(Error::Trap { .. })));
/// assert_eq!(plugin.call::<_, &str>("greet", "World")?, "Hello, World!");
/// assert_eq!(plugin.id(), id);
/// # Ok(())
/// # }
/// ```
pub struct Plugin {
    pub(super) compiled: Arc<CompiledInner>,
    pub(super) call: Arc<CallState>,
    pub(super) slot: Slot,
    /// The timeout of the calls that follow, if it is shorter than the plug-in's own.
    pub(super) timeout: Option<Duration>,
}

impl Plugin {
    /// Loads a plug-in without host functions and without WASI; [`PluginBuilder`] provides these and more.
    ///
    /// # Errors
    ///
    /// Returns an error if the manifest cannot be read, a module cannot be loaded or compiled, or an import is missing.
    pub fn new(source: impl Into<Source>) -> Result<Self, Error> {
        PluginBuilder::new(source).build()
    }

    /// Creates a builder, which adds host functions, WASI, limits and more.
    pub fn builder(source: impl Into<Source>) -> PluginBuilder {
        PluginBuilder::new(source)
    }

    pub(super) fn from_compiled(compiled: Arc<CompiledInner>) -> Result<Self, Error> {
        let call = Arc::new(CallState::default());
        let slot = run::new_instance(&compiled, compiled.persistent(Owner::NONE), &call)?;
        Ok(Self { compiled, call, slot, timeout: None })
    }

    pub(super) async fn from_compiled_async(compiled: Arc<CompiledInner>) -> Result<Self, Error> {
        let call = Arc::new(CallState::default());
        let slot = run::new_instance_async(&compiled, compiled.persistent(Owner::NONE), &call).await?;
        Ok(Self { compiled, call, slot, timeout: None })
    }

    /// Moves the plug-in out, and leaves a vacant one in its place.
    pub(crate) fn take(&mut self) -> Self {
        let vacant = self.vacant();
        std::mem::replace(self, vacant)
    }

    /// Creates a plug-in without an instance, to stand in for this one.
    pub(crate) fn vacant(&self) -> Self {
        Self { compiled: Arc::clone(&self.compiled), call: Arc::clone(&self.call), slot: Slot::vacant(), timeout: None }
    }

    /// Calls an export by name. The result may borrow from the plug-in's memory.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such function, the input cannot be encoded, the plug-in fails or exceeds a
    /// limit, or the output cannot be decoded.
    pub fn call<'p, I, O>(&'p mut self, name: &str, input: I) -> Result<O, Error>
    where
        I: Encode,
        O: Decode<'p>,
    {
        let export = self.find(name)?;
        let options = self.options();
        self.call_by_index(export, &input, &options)
    }

    /// Calls an export by name with a context: a value that host functions can access during this call through
    /// [`CurrentPlugin::context`](crate::CurrentPlugin::context).
    ///
    /// # Errors
    ///
    /// The same as for [`call`](Self::call).
    pub fn call_with_context<'p, I, O, C>(&'p mut self, name: &str, input: I, context: C) -> Result<O, Error>
    where
        I: Encode,
        O: Decode<'p>,
        C: Any + Send + Sync,
    {
        let export = self.find(name)?;
        self.call_by_index_with_context(export, &input, Box::new(context))
    }

    /// Begins to call an export by name, and encodes the input. The call runs as the returned future is polled, on any
    /// executor; the result may borrow from the plug-in's memory.
    ///
    /// The plug-in runs on a separate stack and yields the executor's thread every few milliseconds, and
    /// while it waits: for an async host function, a sleep, or an HTTP request of its own. The call's time
    /// limit starts now.
    ///
    /// Dropping the future ends the call at once. As after a cancellation, the next call then runs in a new
    /// instance, and variables are kept.
    ///
    /// # Errors
    ///
    /// The future returns the same errors as [`call`](Self::call).
    pub fn call_async<'p, I, O>(&'p mut self, name: &str, input: I) -> CallFuture<'p, O>
    where
        I: Encode,
        O: Decode<'p>,
    {
        let export = self.find(name);
        self.call_by_index_async(export, &input, None)
    }

    /// Begins to call an export by name with a context, as [`call_with_context`](Self::call_with_context) and
    /// [`call_async`](Self::call_async) do.
    ///
    /// # Errors
    ///
    /// The same as for [`call_async`](Self::call_async).
    pub fn call_with_context_async<'p, I, O, C>(&'p mut self, name: &str, input: I, context: C) -> CallFuture<'p, O>
    where
        I: Encode,
        O: Decode<'p>,
        C: Any + Send + Sync,
    {
        let export = self.find(name);
        self.call_by_index_async(export, &input, Some(Box::new(context)))
    }

    /// Finds an export, so that it can be called without looking it up again.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such function, or it cannot be called.
    pub fn export<I, O>(&self, name: &str) -> Result<Export<I, O>, Error> {
        let index = self.find(name)?;
        Ok(Export::new(RawExport { index, compiled: self.compiled.serial }))
    }

    /// Returns whether there is a callable function with this name.
    #[must_use]
    pub fn function_exists(&self, name: &str) -> bool {
        self.compiled.exports.callable(name).is_ok()
    }

    /// Returns the main module's exports, in the module's order.
    #[must_use]
    pub fn exports(&self) -> &[ExportInfo] {
        self.compiled.exports.all()
    }

    /// Returns the modules' imports; see [`CompiledPlugin::imports`].
    #[must_use]
    pub fn imports(&self) -> &[ImportInfo] {
        &self.compiled.imports
    }

    /// Returns the compiled plug-in that this is an instance of.
    #[must_use]
    pub fn compiled(&self) -> CompiledPlugin {
        CompiledPlugin(Arc::clone(&self.compiled))
    }

    /// Returns the plug-in's id, unique in the process. It stays the same when a new instance replaces a failed one.
    #[must_use]
    pub fn id(&self) -> PluginId {
        self.slot.persistent().map_or(PluginId::NONE, |persistent| persistent.id)
    }

    /// Returns the plug-in's name, as shown in errors and logs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.compiled.settings.name
    }

    /// Returns a handle that cancels this plug-in's calls from another thread.
    #[must_use]
    pub fn cancel_handle(&self) -> CancelHandle {
        CancelHandle::new(Arc::clone(&self.call), self.compiled.settings.engine.clone())
    }

    /// Returns the fuel that the last call used, in units of about one per instruction; `None` before the first call,
    /// and when the engine does not count fuel ([`EngineBuilder::with_fuel`](crate::engine::EngineBuilder::with_fuel)).
    #[must_use]
    pub fn fuel_consumed(&self) -> Option<u64> {
        self.slot.fuel_consumed
    }

    /// Returns what the plug-in's calls have used, including instances that were replaced.
    #[must_use]
    pub fn usage(&self) -> Usage {
        let usage = self.slot.persistent().map(|persistent| persistent.account.usage()).unwrap_or_default();
        self.compiled.with_fuel(usage)
    }

    /// Frees all blocks of the plug-in's kernel memory, its input, output and error, which otherwise happens at the
    /// next call. Variables, and the memory of the plug-in's own code, are kept.
    pub fn reset(&mut self) {
        if let Some(live) = self.slot.live_mut() {
            kernel::reset(live.kernel.data_mut(&mut live.store));
        }
    }

    fn find(&self, name: &str) -> Result<u32, Error> {
        resolve::find(&self.compiled, name)
    }

    fn call_by_index_with_context<'p, I, O>(
        &'p mut self,
        export: u32,
        input: &I,
        context: Box<dyn Any + Send + Sync>,
    ) -> Result<O, Error>
    where
        I: Encode,
        O: Decode<'p>,
    {
        let options = self.options();
        let Self { compiled, call, slot, .. } = self;
        run::accounted(slot, compiled, call, export, |slot| {
            let within = WithinContext::new(slot, context);
            run::call_export(within.slot, compiled, call, export, input, &options)
        })
    }

    #[inline]
    pub(super) fn call_by_index<'p, I, O>(
        &'p mut self,
        export: u32,
        input: &I,
        options: &CallOptions,
    ) -> Result<O, Error>
    where
        I: Encode,
        O: Decode<'p>,
    {
        let Self { compiled, call, slot, .. } = self;
        run::accounted(slot, compiled, call, export, |slot| {
            run::call_export(slot, compiled, call, export, input, options)
        })
    }

    pub(super) fn call_by_index_async<'p, I, O>(
        &'p mut self,
        export: Result<u32, Error>,
        input: &I,
        context: Option<CallContext>,
    ) -> CallFuture<'p, O>
    where
        I: Encode,
        O: Decode<'p>,
    {
        let options = self.options();
        let Self { compiled, call, slot, .. } = self;
        CallFuture::new(match export {
            Ok(export) => Calling::begin(slot, compiled, call, export, input, options, context),
            Err(error) => Err(error),
        })
    }

    /// Begins a call, and encodes its input.
    pub(super) fn begin<I: Encode>(
        &mut self,
        export: u32,
        input: &I,
        options: CallOptions,
    ) -> Result<Calling<'_>, Error> {
        Calling::begin(&mut self.slot, &self.compiled, &self.call, export, input, options, None)
    }

    /// Returns the limits of a call that starts now.
    #[inline]
    pub(super) fn options(&self) -> CallOptions {
        CallOptions::within(&self.compiled, self.timeout)
    }

    /// Ends a call that has left its output in the plug-in's memory: decodes it.
    pub(super) fn decode<'p, O: Decode<'p>>(&'p self, left: Left) -> Result<O, Error> {
        left.decode(&self.slot, &self.compiled, &self.call)
    }
}

/// A call with a context. At its end, the plug-in's previous context is restored, even when a panic of the
/// host unwinds through it, because a context may identify the user on whose behalf the plug-in acts.
struct WithinContext<'p> {
    slot: &'p mut Slot,
    outer: Option<CallContext>,
}

impl<'p> WithinContext<'p> {
    fn new(slot: &'p mut Slot, context: CallContext) -> Self {
        let outer = slot.persistent_mut().and_then(|persistent| persistent.context.replace(context));
        Self { slot, outer }
    }
}

impl Drop for WithinContext<'_> {
    fn drop(&mut self) {
        if let Some(persistent) = self.slot.persistent_mut() {
            persistent.context = self.outer.take();
        }
    }
}

impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugin").field("name", &self.name()).field("id", &self.id()).finish_non_exhaustive()
    }
}

impl TryFrom<&CompiledPlugin> for Plugin {
    type Error = Error;

    fn try_from(compiled: &CompiledPlugin) -> Result<Self, Error> {
        compiled.instantiate()
    }
}
