use std::{
    mem,
    ops::{Deref, DerefMut},
};

use super::{PluginInterface, resolved_exports::ResolvedExports};
use crate::{Error, Plugin};

/// A typed client that borrows its plug-in; returned by [`PluginInterface::view`].
///
/// Views allow several interfaces of one instance to be used in turn, including an instance from a
/// [`Pool`](crate::Pool). Creating a view finds and checks the exports. A view has all methods of the client.
///
/// The view holds the plug-in, and returns it when it is dropped. If a view is leaked, for instance with
/// [`mem::forget`], the instance is lost with it, and the plug-in's later calls fail.
#[derive(Debug)]
#[must_use = "a view does nothing unless its methods are called"]
pub struct View<'p, P: PluginInterface> {
    client: P,
    /// The slot to which the plug-in returns; holds a vacant one in the meantime.
    home: &'p mut Plugin,
}

impl<'p, P: PluginInterface> View<'p, P> {
    pub(super) fn new(plugin: &'p mut Plugin) -> Result<Self, Error> {
        let mut exports = ResolvedExports::resolve::<P>(plugin)?;
        Ok(Self { client: P::from_exports(plugin.take(), &mut exports), home: plugin })
    }
}

impl<'p, P: PluginInterface> TryFrom<&'p mut Plugin> for View<'p, P> {
    type Error = Error;

    fn try_from(plugin: &'p mut Plugin) -> Result<Self, Error> {
        Self::new(plugin)
    }
}

impl<P: PluginInterface> Deref for View<'_, P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.client
    }
}

impl<P: PluginInterface> DerefMut for View<'_, P> {
    fn deref_mut(&mut self) -> &mut P {
        &mut self.client
    }
}

impl<P: PluginInterface> Drop for View<'_, P> {
    fn drop(&mut self) {
        mem::swap(self.client.plugin_mut(), self.home);
    }
}
