use std::any::Any;

use super::{Interface, WithContext};
use crate::{Error, Plugin};

/// A plug-in's typed client: what `#[plugin_interface]` makes of a trait, for code that is generic over interfaces.
///
/// The wrappers have the same functions as their own, so that the trait has to be imported for generic code only.
pub trait PluginInterface: TryFrom<Plugin, Error = Error> {
    /// The exports that the trait declares.
    fn interface() -> &'static Interface;

    /// The plug-in beneath.
    fn plugin(&self) -> &Plugin;

    /// The plug-in beneath.
    fn plugin_mut(&mut self) -> &mut Plugin;

    /// The plug-in beneath.
    fn into_inner(self) -> Plugin;

    /// A view whose calls have a context, which host functions reach.
    fn with_context<C: Any + Send>(&mut self, context: C) -> WithContext<'_, Self> {
        WithContext::new(self, context)
    }
}

/// What [`PluginBuilder::build`](crate::PluginBuilder::build) can give: a plug-in or a typed client of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no plug-in",
    note = "it has to be `Plugin`, or what `#[plugin_interface]` makes of a trait"
)]
pub trait FromPlugin: Sized {
    /// Makes it of a plug-in.
    ///
    /// # Errors
    ///
    /// When the plug-in's exports don't satisfy the interface.
    fn from_plugin(plugin: Plugin) -> Result<Self, Error>;
}

impl FromPlugin for Plugin {
    fn from_plugin(plugin: Plugin) -> Result<Self, Error> {
        Ok(plugin)
    }
}

#[diagnostic::do_not_recommend]
impl<W: PluginInterface> FromPlugin for W {
    fn from_plugin(plugin: Plugin) -> Result<Self, Error> {
        plugin.try_into()
    }
}
