use super::{SharedInterface, resolved_exports::ResolvedExports, shared::SharedPlugin};
use crate::interface::Interface;

/// The client of an interface that another one with `&self` methods extends.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the client of an interface with `&self` methods",
    label = "cannot be extended here",
    note = "an interface extends interfaces of its own kind: all their methods take `&self`, or all take `&mut self`"
)]
pub trait SharedBase: Sized {
    /// Returns the exports that the trait declares.
    fn interface() -> &'static Interface;

    /// Creates the client of a pool of plug-ins that have the exports.
    fn from_exports(plugin: SharedPlugin, exports: &mut ResolvedExports) -> Self;

    /// Returns a client whose calls are made with another one, of the same pool.
    #[must_use]
    fn with_shared(&self, plugin: SharedPlugin) -> Self;
}

#[diagnostic::do_not_recommend]
impl<C: SharedInterface> SharedBase for C {
    fn interface() -> &'static Interface {
        C::interface()
    }

    fn from_exports(plugin: SharedPlugin, exports: &mut ResolvedExports) -> Self {
        C::from_exports(plugin, exports)
    }

    fn with_shared(&self, plugin: SharedPlugin) -> Self {
        SharedInterface::with_shared(self, plugin)
    }
}
