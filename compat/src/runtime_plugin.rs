//! The way on to the runtime: one plug-in, used through both APIs.

use extism_runtime as rt;
use uuid::Uuid;

use crate::Plugin;

/// What the official crate does not have.
impl Plugin {
    /// Takes a plug-in of the runtime, however it was built, into code that uses this API.
    pub fn from_runtime(plugin: rt::Plugin) -> Self {
        Self { id: Uuid::from_u128(plugin.id().as_u128()), inner: plugin, too_large: false }
    }

    /// Returns the plug-in of the runtime underneath.
    pub fn as_runtime(&self) -> &rt::Plugin {
        &self.inner
    }

    /// Returns the plug-in of the runtime underneath, to call it through typed interfaces:
    ///
    /// ```
    /// use extism::{Plugin, Wasm, Manifest, runtime::{PluginInterface as _, plugin_interface}};
    ///
    /// #[plugin_interface(crate = "extism::runtime")]
    /// trait Greeter {
    ///     fn greet(&mut self, name: &str) -> String;
    /// }
    ///
    /// let manifest = Manifest::new([Wasm::file("../examples/plugins/kitchen_sink.wasm")]);
    /// let mut plugin = Plugin::new(&manifest, [], true)?;
    /// assert_eq!(GreeterPlugin::view(plugin.as_runtime_mut())?.greet("World")?, "Hello, World!");
    /// assert_eq!(plugin.call::<&str, &str>("greet", "World")?, "Hello, World!");
    /// # Ok::<(), extism::Error>(())
    /// ```
    pub fn as_runtime_mut(&mut self) -> &mut rt::Plugin {
        &mut self.inner
    }

    /// Returns the plug-in of the runtime underneath, for good.
    pub fn into_runtime(self) -> rt::Plugin {
        self.inner
    }
}

impl From<rt::Plugin> for Plugin {
    fn from(plugin: rt::Plugin) -> Self {
        Self::from_runtime(plugin)
    }
}

impl From<Plugin> for rt::Plugin {
    fn from(plugin: Plugin) -> Self {
        plugin.into_runtime()
    }
}
