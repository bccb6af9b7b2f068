use std::{any::Any, fmt, time::Duration};

use wasmtime::{AsContextMut as _, Caller, Memory};

use super::{Handle, memory};
use crate::{
    CancelHandle, Decode, Encode,
    error::{MemoryError, VarError},
    kernel,
    plugin_id::PluginId,
    store::StoreData,
    value::Val,
};

/// The plug-in that is calling a host function: its memory, variables, configuration, and the call's context.
///
/// ```
/// use extism_runtime::{Error, error::VarError, prelude::*};
///
/// #[host_fn]
/// fn reflect(plugin: &mut CurrentPlugin<'_>, text: String) -> Result<String, VarError> {
///     plugin.set_var("last", text.as_bytes())?;
///     Ok(format!("{} says {text}", plugin.name()))
/// }
///
/// # fn main() -> Result<(), Error> {
/// let mut plugin =
///     PluginBuilder::new("examples/plugins/reflect.wasm").with_functions(host_fns![reflect]).build()?;
/// assert_eq!(plugin.call::<_, &str>("reflect", "hello")?, "reflect says hello");
/// assert_eq!(plugin.var("last"), Some(&b"hello"[..]));
/// # Ok(())
/// # }
/// ```
///
/// # Memory handles
///
/// Plug-in and host exchange everything but numbers as blocks of the kernel's memory. A block's handle is the offset
/// where it starts, an `i64` in WebAssembly; 0 stands for no bytes. `#[host_fn]` functions take and return values, and
/// never see handles. Functions over raw values ([`Function::new`](crate::Function::new)) use [`get`](Self::get) and
/// [`put`](Self::put) to turn handles into values and values into handles, or the `memory_` methods for the bytes
/// themselves.
///
/// A handle belongs to the plug-in that passed it, and is valid until its block is freed, at the latest when the plug-in's
/// next call begins. Plug-ins can pass any number as a handle, so each method that takes one checks it.
pub struct CurrentPlugin<'a> {
    pub(super) caller: Caller<'a, StoreData>,
    pub(super) kernel: Memory,
}

impl fmt::Debug for CurrentPlugin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CurrentPlugin").field("id", &self.id()).finish_non_exhaustive()
    }
}

impl<'a> CurrentPlugin<'a> {
    pub(crate) fn new(caller: Caller<'a, StoreData>, kernel: Memory) -> Self {
        Self { caller, kernel }
    }

    /// Returns the plug-in's id, unique in the process.
    #[must_use]
    pub fn id(&self) -> PluginId {
        self.caller.data().persistent.id
    }

    /// Returns the plug-in's name, as shown in errors and logs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.caller.data().settings.name
    }

    /// Returns the name of the export that the host called.
    #[must_use]
    pub fn export_name(&self) -> &str {
        self.caller.data().export_name()
    }

    /// Returns the plug-in's configuration value for this key.
    #[must_use]
    pub fn config(&self, key: &str) -> Option<&str> {
        self.caller.data().persistent.config.get(key).map(String::as_str)
    }

    /// Returns the plug-in's variable with this name.
    #[must_use]
    pub fn var(&self, name: &str) -> Option<&[u8]> {
        self.caller.data().persistent.vars().get(name)
    }

    /// Returns all the plug-in's variables with their names.
    pub fn vars(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.caller.data().persistent.vars().iter()
    }

    /// Sets a variable of the plug-in.
    ///
    /// # Errors
    ///
    /// Returns an error if the variables would exceed the manifest's `memory.max_var_bytes`.
    pub fn set_var(&mut self, name: &str, value: &[u8]) -> Result<(), VarError> {
        self.caller.data_mut().persistent.set_var(name, value)
    }

    /// Removes a variable of the plug-in and returns its value.
    pub fn remove_var(&mut self, name: &str) -> Option<Vec<u8>> {
        self.caller.data_mut().persistent.remove_var(name)
    }

    /// Returns the value that the host passed to this call
    /// ([`Plugin::call_with_context`](crate::Plugin::call_with_context)), if it is of this type.
    #[must_use]
    pub fn context<C: Any>(&self) -> Option<&C> {
        self.caller.data().persistent.context.as_deref()?.downcast_ref()
    }

    /// Returns whether the host passed a value to this call, of whatever type.
    #[must_use]
    pub fn has_context(&self) -> bool {
        self.caller.data().persistent.context.is_some()
    }

    /// Returns the value that the host passed to this call, mutably.
    pub fn context_mut<C: Any>(&mut self) -> Option<&mut C> {
        self.caller.data_mut().persistent.context.as_deref_mut()?.downcast_mut()
    }

    /// Returns how much longer the call may take; `None` without a limit. A host function that waits should
    /// return by then.
    #[must_use]
    pub fn time_remaining(&self) -> Option<Duration> {
        self.caller.data().deadline.map(|deadline| deadline.left())
    }

    /// Returns whether the call was cancelled, which ends it when the host function returns.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.caller.data().call.is_cancelled()
    }

    /// Returns a handle that cancels the plug-in's calls.
    #[must_use]
    pub fn cancel_handle(&self) -> CancelHandle {
        let data = self.caller.data();
        CancelHandle::new(data.call.clone(), data.settings.engine.clone())
    }

    /// Returns what it was made from.
    pub(crate) fn into_caller(self) -> Caller<'a, StoreData> {
        self.caller
    }

    /// Records that an async host function has waited, so that the plug-in does not wait again because of
    /// ticks in the meantime.
    pub(crate) fn has_waited(&mut self) {
        self.caller.as_context_mut().set_epoch_deadline(1);
    }

    /// Allocates a block of plug-in memory; its initial content is undefined. An empty block has the handle 0.
    ///
    /// # Errors
    ///
    /// Returns an error if the plug-in's memory cannot grow enough. A host function that returns this error ends the
    /// call with [`Error::OutOfMemory`](crate::Error::OutOfMemory).
    pub fn memory_alloc(&mut self, length: usize) -> Result<Handle, MemoryError> {
        memory::alloc(self.kernel, &mut self.caller, length)
    }

    /// Allocates a block of plug-in memory that holds these bytes.
    ///
    /// # Errors
    ///
    /// Returns an error if the plug-in's memory cannot grow enough. A host function that returns this error ends the
    /// call with [`Error::OutOfMemory`](crate::Error::OutOfMemory).
    pub fn memory_new(&mut self, bytes: impl AsRef<[u8]>) -> Result<Handle, MemoryError> {
        memory::write(self.kernel, &mut self.caller, bytes.as_ref())
    }

    /// Frees a block; invalid handles are ignored.
    pub fn memory_free(&mut self, handle: Handle) {
        kernel::free(self.kernel.data_mut(&mut self.caller), handle.offset);
    }

    /// Returns the block that starts at `offset`, if there is one.
    #[must_use]
    pub fn memory_find(&self, offset: u64) -> Option<Handle> {
        match self.memory_length(offset) {
            0 => None,
            length => Some(Handle { offset, length }),
        }
    }

    /// Returns the length in bytes of the block that starts at `offset`; 0 if there is none.
    #[must_use]
    pub fn memory_length(&self, offset: u64) -> u64 {
        // Measured in the actual memory: a plug-in can write any number into the header of a block.
        memory::block(self.kernel.data(&self.caller), offset).map_or(0, |bytes| bytes.len() as u64)
    }

    /// Returns the bytes of a block; none for the handle 0.
    ///
    /// # Errors
    ///
    /// Returns an error if the handle is not that of a live block.
    pub fn memory_bytes(&self, handle: Handle) -> Result<&[u8], MemoryError> {
        memory::block(self.kernel.data(&self.caller), handle.offset)
    }

    /// Returns the bytes of a block, mutably; none for the handle 0.
    ///
    /// # Errors
    ///
    /// Returns an error if the handle is not that of a live block.
    pub fn memory_bytes_mut(&mut self, handle: Handle) -> Result<&mut [u8], MemoryError> {
        memory::block_mut(self.kernel.data_mut(&mut self.caller), handle.offset)
    }

    /// Returns the block whose handle this WebAssembly value is; `None` for the handle 0.
    ///
    /// # Errors
    ///
    /// Returns an error if the value is not an `i64`, or not the handle of a live block.
    pub fn memory_from_val(&self, value: &Val) -> Result<Option<Handle>, MemoryError> {
        let offset = offset(value)?;
        if offset == 0 {
            return Ok(None);
        }
        self.memory_find(offset).map(Some).ok_or(MemoryError::InvalidHandle { offset })
    }

    /// Decodes a value from the block whose handle this WebAssembly value is. The handle 0 means no bytes.
    ///
    /// # Errors
    ///
    /// Returns an error if the value is not the handle of a live block, the block's bytes cannot be decoded, or the
    /// block is larger than an argument may be
    /// ([`PluginBuilder::with_max_argument_bytes`](crate::PluginBuilder::with_max_argument_bytes)).
    pub fn get<'p, T: Decode<'p>>(&'p self, value: &Val) -> Result<T, MemoryError> {
        let limits = &self.caller.data().settings.limits;
        memory::get(self.kernel.data(&self.caller), offset(value)?, limits)
    }

    /// Encodes a value into a new block and returns its handle, for the host function to return. An empty
    /// encoding has the handle 0.
    ///
    /// # Errors
    ///
    /// Returns an error if the value cannot be encoded, or the plug-in's memory cannot grow enough.
    pub fn put<T: Encode>(&mut self, value: T) -> Result<Val, MemoryError> {
        memory::put(self.kernel, &mut self.caller, &value).map(Val::from)
    }
}

/// Asserts at compile time that async host functions can hold the plug-in, and what they borrow from it, while they
/// wait.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<CurrentPlugin<'static>>();
};

fn offset(value: &Val) -> Result<u64, MemoryError> {
    match value {
        Val::I64(offset) => Ok(offset.cast_unsigned()),
        other => Err(MemoryError::NotAHandle { found: other.ty() }),
    }
}
