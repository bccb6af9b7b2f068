use std::{
    mem,
    ops::{Deref, DerefMut},
};

use super::{Exports, PluginInterface};
use crate::{Error, Plugin};

/// A typed client of a plug-in that stays another's: what [`PluginInterface::view`] gives.
///
/// Several interfaces of one instance are used by turns in this way, also that of an instance from a
/// [`Pool`](crate::Pool). The exports are found and checked when the view is made. It has all that the client has.
///
/// The plug-in is in the view while that lives, and goes back when it is dropped. A view that is leaked, by
/// [`mem::forget`] for instance, takes the instance with it: the plug-in's next call runs in a new one.
#[derive(Debug)]
pub struct View<'p, W: PluginInterface> {
    client: W,
    /// Where the plug-in belongs; a vacant one is there meanwhile.
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
