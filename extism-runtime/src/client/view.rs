use std::{
    mem,
    ops::{Deref, DerefMut},
};

use super::{PluginInterface, exports::Exports};
use crate::{Error, Plugin};

/// A typed client that borrows its plug-in; returned by [`PluginInterface::view`].
///
/// Views allow several interfaces of one instance to be used in turn, including an instance from a
/// [`Pool`](crate::Pool). Creating a view finds and checks the exports. A view has all methods of the client.
///
/// The view holds the plug-in, and returns it when it is dropped. If a view is leaked, for instance with
/// [`mem::forget`], the instance is lost with it: the plug-in's next call runs in a new one.
#[derive(Debug)]
pub struct View<'p, W: PluginInterface> {
    client: W,
    /// Where the plug-in returns to; holds a vacant one in the meantime.
    home: &'p mut Plugin,
}

impl<'p, W: PluginInterface> View<'p, W> {
    pub(super) fn new(plugin: &'p mut Plugin) -> Result<Self, Error> {
        let mut exports = Exports::resolve::<W>(plugin)?;
        Ok(Self { client: W::from_exports(plugin.take(), &mut exports), home: plugin })
    }
}

impl<'p, W: PluginInterface> TryFrom<&'p mut Plugin> for View<'p, W> {
    type Error = Error;

    fn try_from(plugin: &'p mut Plugin) -> Result<Self, Error> {
        Self::new(plugin)
    }
}

impl<W: PluginInterface> Deref for View<'_, W> {
    type Target = W;

    fn deref(&self) -> &W {
        &self.client
    }
}

impl<W: PluginInterface> DerefMut for View<'_, W> {
    fn deref_mut(&mut self) -> &mut W {
        &mut self.client
    }
}

impl<W: PluginInterface> Drop for View<'_, W> {
    fn drop(&mut self) {
        mem::swap(self.client.plugin_mut(), self.home);
    }
}
