use std::{any::Any, fmt, ops::Range, sync::Arc, time::Duration};

use super::{CallFuture, Export, PluginBuilder, export::RawExport, resolve};
use crate::{
    CompiledPlugin, Decode, Encode, Error, Source,
    compile::CompiledInner,
    error::VarError,
    inspect::{ExportInfo, ImportInfo},
    kernel,
    plugin_id::PluginId,
    run::{self, CallOptions, Calling, Slot},
    store::{CallContext, CallState, CancelHandle},
};

/// A running plug-in: one instance, its variables and its configuration.
///
/// A trap, a timeout, a cancellation or running out of memory or fuel ends the instance, and the next call runs in a
/// new one; variables are kept.
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// # let wasm = r#"(module
/// #   (import "extism:host/env" "input_length" (func $n (result i64)))
/// #   (import "extism:host/env" "input_offset" (func $o (result i64)))
/// #   (import "extism:host/env" "output_set" (func $set (param i64 i64)))
/// #   (func (export "echo") (call $set (call $o) (call $n))))"#;
/// let mut plugin = extism_runtime::Plugin::new(wasm)?;
/// let text: &str = plugin.call("echo", "hello")?;
/// assert_eq!(text, "hello");
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
        let slot = run::new_instance(&compiled, compiled.persistent(), &call)?;
        Ok(Self { compiled, call, slot, timeout: None })
    }

    pub(super) async fn from_compiled_async(compiled: Arc<CompiledInner>) -> Result<Self, Error> {
        let call = Arc::new(CallState::default());
        let slot = run::new_instance_async(&compiled, compiled.persistent(), &call).await?;
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
        self.call_by_index(export, &input, options)
    }

    /// Like [`call`](Self::call), with a value that host functions can access during this call through
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
    /// The plug-in runs on a stack of its own and gives the executor its thread back every few milliseconds, and while
    /// it waits: for an async host function, a sleep, or an HTTP request of its own. The call's time limit counts from
    /// here.
    ///
    /// Dropping the future ends the call at once. Like after a cancellation, the next call then runs in a new instance,
    /// and variables are kept.
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

    /// Like [`call_async`](Self::call_async), with a context as in [`call_with_context`](Self::call_with_context).
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

    /// Frees all blocks of the plug-in's kernel memory, its input, output and error, which otherwise happens at the
    /// next call. Variables, and the memory of the plug-in's own code, are kept.
    pub fn reset(&mut self) {
        if let Some(live) = self.slot.live_mut() {
            kernel::reset(live.kernel.data_mut(&mut live.store));
        }
    }

    /// Sets configuration values (`Some`) and removes others (`None`), for this instance.
    pub fn set_config<K, V>(&mut self, changes: impl IntoIterator<Item = (K, Option<V>)>)
    where
        K: Into<String>,
        V: Into<String>,
    {
        let Some(persistent) = self.slot.persistent_mut() else { return };
        let config = Arc::make_mut(&mut persistent.config);
        for (key, value) in changes {
            match value {
                Some(value) => config.insert(key.into(), value.into()),
                None => config.remove(&key.into()),
            };
        }
    }

    /// Returns the plug-in's configuration value for this key.
    #[must_use]
    pub fn config(&self, key: &str) -> Option<&str> {
        self.slot.persistent()?.config.get(key).map(String::as_str)
    }

    /// Returns the plug-in's variable with this name.
    #[must_use]
    pub fn var(&self, name: &str) -> Option<&[u8]> {
        self.slot.persistent()?.vars.get(name)
    }

    /// Returns all the plug-in's variables with their names.
    pub fn vars(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.slot.persistent().into_iter().flat_map(|persistent| persistent.vars.iter())
    }

    /// Sets a variable of the plug-in.
    ///
    /// # Errors
    ///
    /// Returns an error if the variables would exceed the manifest's `memory.max_var_bytes`.
    pub fn set_var(&mut self, name: &str, value: &[u8]) -> Result<(), VarError> {
        self.slot.persistent_mut().map_or(Ok(()), |persistent| persistent.vars.set(name, value))
    }

    /// Removes a variable of the plug-in and returns its value.
    pub fn remove_var(&mut self, name: &str) -> Option<Vec<u8>> {
        self.slot.persistent_mut()?.vars.remove(name)
    }

    /// Sets the value that host functions can access in later calls, and returns the previous one.
    #[doc(hidden)]
    pub fn swap_context(&mut self, context: Option<Box<dyn Any + Send + Sync>>) -> Option<Box<dyn Any + Send + Sync>> {
        std::mem::replace(&mut self.slot.persistent_mut()?.context, context)
    }

    /// Sets the timeout of later calls, of which the plug-in's own is the upper bound, and returns the previous one.
    #[doc(hidden)]
    pub fn swap_timeout(&mut self, timeout: Option<Duration>) -> Option<Duration> {
        std::mem::replace(&mut self.timeout, timeout)
    }

    #[doc(hidden)]
    #[inline]
    pub fn call_raw_async<'p, I, O>(&'p mut self, export: RawExport, input: I) -> CallFuture<'p, O>
    where
        I: Encode,
        O: Decode<'p>,
    {
        let export = export.index_in(&self.compiled);
        self.call_by_index_async(export, &input, None)
    }

    #[doc(hidden)]
    #[inline]
    pub fn call_raw<'p, I, O>(&'p mut self, export: RawExport, input: I) -> Result<O, Error>
    where
        I: Encode,
        O: Decode<'p>,
    {
        let index = export.index_in(&self.compiled)?;
        let options = self.options();
        self.call_by_index(index, &input, options)
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
        let outer = self.swap_context(Some(context));
        let within = WithinContext { plugin: self, outer };
        let options = within.plugin.options();
        let output = within.plugin.call_for_output(export, input, options);
        drop(within);
        self.decode(export, output?)
    }

    #[inline]
    pub(super) fn call_by_index<'p, I, O>(
        &'p mut self,
        export: u32,
        input: &I,
        options: CallOptions,
    ) -> Result<O, Error>
    where
        I: Encode,
        O: Decode<'p>,
    {
        let output = self.call_for_output(export, input, options)?;
        self.decode(export, output)
    }

    #[inline]
    fn call_for_output<I: Encode>(
        &mut self,
        export: u32,
        input: &I,
        options: CallOptions,
    ) -> Result<Range<usize>, Error> {
        run::call_export(&mut self.slot, &self.compiled, &self.call, export, input, options)
    }

    fn call_by_index_async<'p, I, O>(
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
        let begin = |export| Calling::begin(slot, compiled, call, export, input, options, context);
        CallFuture::new(export.and_then(begin))
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

    /// Returns what a call that starts now may consume.
    #[inline]
    fn options(&self) -> CallOptions {
        CallOptions::within(&self.compiled, self.timeout)
    }

    #[inline]
    pub(super) fn decode<'p, O: Decode<'p>>(&'p self, export: u32, output: Range<usize>) -> Result<O, Error> {
        self.slot.decode(&self.compiled, export, output)
    }
}

/// A call with a context. At its end, the plug-in's previous context is restored, even when a panic of the host unwinds
/// through it, because a context may say on whose behalf the plug-in acts.
struct WithinContext<'p> {
    plugin: &'p mut Plugin,
    outer: Option<Box<dyn Any + Send + Sync>>,
}

impl Drop for WithinContext<'_> {
    fn drop(&mut self) {
        self.plugin.swap_context(self.outer.take());
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

/// Asserts at compile time that plug-ins, and what they share, can move and be shared between threads.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Plugin>();
    shared::<CompiledPlugin>();
    shared::<crate::Engine>();
    shared::<CancelHandle>();
};
