use std::{fmt, sync::Arc};

use super::{Plugin, PluginBuilder};
use crate::{
    Engine, Error, Source,
    compile::CompiledInner,
    inspect::{ExportInfo, ImportInfo, Permissions},
    usage::Usage,
};

/// A plug-in that is loaded, compiled and linked, and creates instances. Cheap to clone.
///
/// # Threads
///
/// Loading and compiling takes milliseconds to seconds, creating an instance microseconds. So a program
/// compiles a plug-in once, and its threads share the result: each creates its own instance, or they use a
/// [`Pool`](crate::Pool). Host functions and their states are shared by all instances; variables,
/// configuration and memory are not.
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use std::thread;
/// use extism_runtime::{CompiledPlugin, Error};
///
/// let compiled = CompiledPlugin::new("examples/plugins/count_vowels.wasm")?;
/// thread::scope(|scope| {
///     let count = || -> Result<serde_json::Value, Error> { compiled.instantiate()?.call("count_vowels", "hello") };
///     for thread in [scope.spawn(count), scope.spawn(count)] {
///         // Each instance has its own total.
///         assert_eq!(thread.join().expect("no panic")?["total"], 2);
///     }
///     Ok(())
/// })
/// # }
/// ```
#[derive(Clone)]
pub struct CompiledPlugin(pub(crate) Arc<CompiledInner>);

impl CompiledPlugin {
    /// Loads and compiles a plug-in without host functions and without WASI; [`PluginBuilder`] provides these and more.
    ///
    /// # Errors
    ///
    /// Returns an error if the manifest cannot be read, a module cannot be loaded or compiled, or an import is missing.
    pub fn new(source: impl Into<Source>) -> Result<Self, Error> {
        PluginBuilder::new(source).compile()
    }

    /// Creates an instance, with its own variables.
    ///
    /// # Errors
    ///
    /// Returns an error if there is not enough memory for it.
    pub fn instantiate(&self) -> Result<Plugin, Error> {
        Plugin::from_compiled(Arc::clone(&self.0))
    }

    /// Creates an instance without blocking the executor's thread. This matters where it takes long, because
    /// the engine's pool is exhausted and the code has to be compiled again.
    ///
    /// # Errors
    ///
    /// Returns an error if there is not enough memory for it.
    pub async fn instantiate_async(&self) -> Result<Plugin, Error> {
        Plugin::from_compiled_async(Arc::clone(&self.0)).await
    }

    /// Returns the plug-in's name, as shown in errors and logs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.settings.name
    }

    /// Returns the main module's exports, in the module's order.
    #[must_use]
    pub fn exports(&self) -> &[ExportInfo] {
        self.0.exports.all()
    }

    /// Returns the modules' imports, from the runtime, the host, WASI and each other.
    #[must_use]
    pub fn imports(&self) -> &[ImportInfo] {
        &self.0.imports
    }

    /// Returns what the plug-in may do beyond computing, and of that what it was granted.
    #[must_use]
    pub fn permissions(&self) -> &Permissions {
        &self.0.permissions
    }

    /// Returns the imports that nothing provides, which fail when the plug-in calls them. Only a plug-in that was built by
    /// [`PluginBuilder::probe`] has any: without `probe`, such a plug-in is not built.
    pub fn missing_imports(&self) -> impl Iterator<Item = &ImportInfo> {
        let missing = &self.0.missing;
        self.imports().iter().filter(move |import| {
            missing.iter().any(|(namespace, name)| *namespace == import.namespace && *name == import.name)
        })
    }

    /// Returns the engine that compiled it.
    pub(crate) fn engine(&self) -> &Engine {
        &self.0.settings.engine
    }

    /// Returns what the calls of all its instances have used together, including instances of pools and those
    /// that are gone.
    ///
    /// ```
    /// # fn main() -> Result<(), extism_runtime::Error> {
    /// use extism_runtime::CompiledPlugin;
    ///
    /// let compiled = CompiledPlugin::new("examples/plugins/echo.wasm")?;
    /// compiled.instantiate()?.call::<_, String>("echo", "hello")?;
    /// let mut plugin = compiled.instantiate()?;
    /// plugin.call::<_, String>("echo", "hello")?;
    /// assert_eq!((plugin.usage().input_bytes, compiled.usage().input_bytes), (5, 10));
    /// assert_eq!((compiled.usage().calls.total(), compiled.usage().instances), (2, 1));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.0.usage(None)
    }

    /// Returns whether there is a callable function with this name.
    #[must_use]
    pub fn function_exists(&self, name: &str) -> bool {
        self.0.exports.callable(name).is_ok()
    }
}

impl fmt::Debug for CompiledPlugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompiledPlugin").field("name", &self.name()).finish_non_exhaustive()
    }
}
