//! A plug-in's instance, and its calls.

use std::{any::Any, fmt};

use extism_runtime as rt;
use uuid::Uuid;

use crate::{
    CancelHandle, CompiledPlugin, Error, FromBytes, Function, PluginBuilder, ToBytes, WasmInput,
    error::{self, NO_CODE},
};

/// A plug-in: an instance of its modules, with its variables.
pub struct Plugin {
    /// Its id, unique among all plug-ins.
    pub id: Uuid,
    pub(crate) inner: rt::Plugin,
    /// Whether it starts with more memory than it may have, so that each call fails.
    pub(crate) too_large: bool,
}

impl Plugin {
    /// Loads a plug-in with host functions; [`PluginBuilder`] has more options.
    pub fn new<'a>(
        wasm: impl Into<WasmInput<'a>>,
        imports: impl IntoIterator<Item = Function>,
        with_wasi: bool,
    ) -> Result<Self, Error> {
        PluginBuilder::new(wasm).with_functions(imports).with_wasi(with_wasi).build()
    }

    /// Creates an instance of a compiled plug-in.
    ///
    /// The main module's initializers run here if it is a WASI reactor, as in the official crate: it has no `_start`, and
    /// no constructors of its own.
    pub fn new_from_compiled(compiled: &CompiledPlugin) -> Result<Self, Error> {
        let mut plugin = compiled.as_runtime()?.instantiate()?;
        let later = ["_start", "__wasm_call_ctors", "hs_init"];
        if !compiled.is_too_large()
            && !later.iter().any(|name| plugin.exports().iter().any(|export| export.name == *name))
        {
            plugin.initialize().map_err(|error| error::of_call(error).0)?;
        }
        let plugin = Self { too_large: compiled.is_too_large(), ..Self::from_runtime(plugin) };
        tracing::debug!(plugin = plugin.id.to_string(), "created");
        Ok(plugin)
    }

    /// Returns whether there is a function with this name that can be called.
    pub fn function_exists(&self, function: impl AsRef<str>) -> bool {
        self.inner.function_exists(function.as_ref())
    }

    /// Frees all blocks of the memory that plug-in and host share. The next call does so, too.
    pub fn reset(&mut self) -> Result<(), Error> {
        self.inner.reset();
        Ok(())
    }

    /// Returns whether the plug-in may use WASI.
    pub fn has_wasi(&self) -> bool {
        self.inner.has_wasi()
    }

    /// Calls a function by name. The result may borrow from the plug-in's memory.
    ///
    /// A code other than 0 that the function returns is an error, whose text is that of the error that the plug-in set.
    pub fn call<'a, 'b, T: ToBytes<'a>, U: FromBytes<'b>>(
        &'b mut self,
        name: impl AsRef<str>,
        input: T,
    ) -> Result<U, Error> {
        let input = input.to_bytes()?;
        match self.run(name.as_ref(), input.as_ref()) {
            Ok(0) => self.output(),
            Ok(code) => Err(Error::msg(format!("Returned non-zero exit code: {code}"))),
            Err((error, _)) => Err(error),
        }
    }

    /// Calls a function by name with a value that host functions can access during the call, by
    /// [`CurrentPlugin::host_context`](crate::CurrentPlugin::host_context).
    pub fn call_with_host_context<'a, 'b, T, U, C>(
        &'b mut self,
        name: impl AsRef<str>,
        input: T,
        host_context: C,
    ) -> Result<U, Error>
    where
        T: ToBytes<'a>,
        U: FromBytes<'b>,
        C: Any + Send + Sync + 'static,
    {
        let input = input.to_bytes()?;
        self.check_size().map_err(|(error, _)| error)?;
        let result = self.inner.call_with_context(name.as_ref(), input.as_ref(), host_context);
        self.code(result).map_err(|(error, _)| error)?;
        self.output()
    }

    /// Calls a function by name; an error comes with the code that the function returned, -1 if it has returned none.
    ///
    /// If the function returns a code other than 0 and sets no error, that is a success, as in the official crate.
    pub fn call_get_error_code<'a, 'b, T: ToBytes<'a>, U: FromBytes<'b>>(
        &'b mut self,
        name: impl AsRef<str>,
        input: T,
    ) -> Result<U, (Error, i32)> {
        let without_code = |error| (error, NO_CODE);
        let input = input.to_bytes().map_err(without_code)?;
        self.run(name.as_ref(), input.as_ref())?;
        self.output().map_err(without_code)
    }

    /// Returns a handle that ends this plug-in's calls from another thread.
    pub fn cancel_handle(&self) -> CancelHandle {
        CancelHandle::new(self.id, self.inner.cancel_handle())
    }

    /// Returns the fuel that the last call used; `None` if the plug-in has no fuel limit.
    pub fn fuel_consumed(&self) -> Option<u64> {
        self.inner.fuel_consumed().or_else(|| self.inner.usage().fuel.map(|_| 0))
    }

    /// Calls a function, and leaves its output in the plug-in's memory; returns its code.
    fn run(&mut self, name: &str, input: &[u8]) -> Result<i32, (Error, i32)> {
        self.check_size()?;
        let result = self.inner.call(name, input);
        self.code(result)
    }

    fn check_size(&self) -> Result<(), (Error, i32)> {
        if self.too_large { Err(error::too_large()) } else { Ok(()) }
    }

    /// Returns the code of a call. As in the official crate, a code other than 0 is an error only if the plug-in set a message.
    fn code(&self, result: Result<(), rt::Error>) -> Result<i32, (Error, i32)> {
        match result {
            Ok(()) => Ok(0),
            Err(rt::Error::Guest { code, .. }) if self.inner.last_error().is_none_or(<[u8]>::is_empty) => Ok(code),
            Err(rt::Error::Guest { code, .. })
                if let Some(Err(error)) = self.inner.last_error().map(std::str::from_utf8) =>
            {
                Err((Error::msg(format!("unable to load error message from memory: {error}")), code))
            }
            Err(error) => Err(error::of_call(error)),
        }
    }

    fn output<'b, U: FromBytes<'b>>(&'b self) -> Result<U, Error> {
        U::from_bytes(self.inner.last_output().unwrap_or_default())
    }
}

impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plugin({})", self.id)
    }
}
