use std::{any::Any, time::Duration};

use super::{Forward, View, WithContext, WithTimeout, resolved_exports::ResolvedExports, scope::Scope};
use crate::{
    CompiledPlugin, Error, Plugin,
    interface::Interface,
    plugin::{FromPlugin, pool::PoolOptions},
};

/// A plug-in's typed client, as `#[plugin_interface]` generates it from a trait, for code that is generic over
/// interfaces.
///
/// The clients have the same functions as inherent ones, so only generic code has to import this trait.
pub trait PluginInterface: TryFrom<Plugin, Error = Error> + for<'c> TryFrom<&'c CompiledPlugin, Error = Error> {
    /// Returns the exports that the trait declares.
    fn interface() -> &'static Interface;

    /// Returns the underlying plug-in.
    fn plugin(&self) -> &Plugin;

    /// Returns the underlying plug-in.
    fn plugin_mut(&mut self) -> &mut Plugin;

    /// Returns the underlying plug-in.
    fn into_inner(self) -> Plugin;

    /// Creates the client of a plug-in that has the exports.
    #[doc(hidden)]
    fn from_exports(plugin: Plugin, exports: &mut ResolvedExports) -> Self;

    /// Creates a client that borrows the caller's plug-in, to use several interfaces of one instance:
    ///
    /// ```
    /// use extism_runtime::{Error, prelude::*};
    ///
    /// #[plugin_interface]
    /// trait Greeter {
    ///     fn greet(&mut self, name: &str) -> String;
    /// }
    ///
    /// #[plugin_interface]
    /// trait Repeater {
    ///     fn repeat(&mut self, text: &str, times: u32) -> String;
    /// }
    ///
    /// # fn main() -> Result<(), Error> {
    /// let mut plugin = Plugin::new("examples/plugins/kitchen_sink.wasm")?;
    /// assert_eq!(GreeterPlugin::view(&mut plugin)?.greet("World")?, "Hello, World!");
    /// assert_eq!(RepeaterPlugin::view(&mut plugin)?.repeat("ab", 3)?, "ababab");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error that lists all exports that are missing or cannot be called. The plug-in is left as it was.
    fn view(plugin: &mut Plugin) -> Result<View<'_, Self>, Error> {
        View::new(plugin)
    }

    /// Returns the client of an interface that this one extends, for the same plug-in.
    fn as_client<B>(&mut self) -> &mut B
    where
        Self: Forward<B, Target = B>,
    {
        self.forward()
    }

    /// Returns a view whose calls have a context, which host functions can access.
    fn with_context<C: Any + Send + Sync>(&mut self, context: C) -> WithContext<'_, Self> {
        let mut scope = Scope::new(self);
        scope.set_context(Box::new(context));
        WithContext(scope)
    }

    /// Returns a view whose calls take at most `timeout` each, counted from the start of a call.
    ///
    /// The plug-in's own timeout is the upper bound, and a view of a view keeps the shorter timeout. A call that takes
    /// longer ends with [`Error::Timeout`].
    fn with_timeout(&mut self, timeout: Duration) -> WithTimeout<'_, Self> {
        let mut scope = Scope::new(self);
        scope.set_timeout(timeout);
        WithTimeout(scope)
    }
}

#[diagnostic::do_not_recommend]
impl<P: PluginInterface> FromPlugin for P {
    fn from_compiled(compiled: CompiledPlugin, _: PoolOptions) -> Result<Self, Error> {
        (&compiled).try_into()
    }
}
