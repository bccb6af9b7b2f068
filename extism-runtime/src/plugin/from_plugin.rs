use super::Plugin;
use crate::Error;

/// What [`PluginBuilder::build`](crate::PluginBuilder::build) can return: a plug-in or a typed client of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a plug-in nor a client of one",
    note = "a builder builds `Plugin`, or a client that `#[plugin_interface]` generates"
)]
pub trait FromPlugin: Sized {
    /// Creates it from a plug-in.
    ///
    /// # Errors
    ///
    /// Returns an error if the plug-in's exports do not satisfy the interface.
    fn from_plugin(plugin: Plugin) -> Result<Self, Error>;
}

impl FromPlugin for Plugin {
    fn from_plugin(plugin: Plugin) -> Result<Self, Error> {
        Ok(plugin)
    }
}
