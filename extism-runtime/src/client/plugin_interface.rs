use std::any::Any;

use super::{Exports, Forward, View, WithContext};
use crate::{CompiledPlugin, Error, FromPlugin, Interface, Plugin};

/// A plug-in's typed client: what `#[plugin_interface]` makes of a trait, for code that is generic over interfaces.
///
/// The wrappers have the same functions as their own, so that the trait has to be imported for generic code only.
pub trait PluginInterface: TryFrom<Plugin, Error = Error> + for<'c> TryFrom<&'c CompiledPlugin, Error = Error> {
    /// The exports that the trait declares.
    fn interface() -> &'static Interface;

    /// The plug-in beneath.
    fn plugin(&self) -> &Plugin;

    /// The plug-in beneath.
    fn plugin_mut(&mut self) -> &mut Plugin;

    /// The plug-in beneath.
    fn into_inner(self) -> Plugin;

    /// The client of a plug-in that has the exports.
    #[doc(hidden)]
    fn from_exports(plugin: Plugin, exports: &mut Exports) -> Self;

    /// A client of a plug-in that stays the caller's, for several interfaces of one instance:
    ///
    /// ```
    /// use extism_runtime::prelude::*;
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
    /// When some exports are missing or cannot be called: all of them. The plug-in stays as it is.
    fn view(plugin: &mut Plugin) -> Result<View<'_, Self>, Error> {
        View::new(plugin)
    }

    /// The client of an interface that this one extends, with the same plug-in.
    fn as_client<B>(&mut self) -> &mut B
    where
        Self: Forward<B, Target = B>,
    {
        self.forward()
    }

    /// A view whose calls have a context, which host functions reach.
    fn with_context<C: Any + Send>(&mut self, context: C) -> WithContext<'_, Self> {
        WithContext::new(self, context)
    }
}

#[diagnostic::do_not_recommend]
impl<W: PluginInterface> FromPlugin for W {
    fn from_plugin(plugin: Plugin) -> Result<Self, Error> {
        plugin.try_into()
    }
}
