use std::{
    any::Any,
    ops::{Deref, DerefMut},
};

use super::PluginInterface;

/// A plug-in's typed client whose calls have a context; returned by a client's `with_context(value)`.
///
/// While it exists, host functions access the value with [`CurrentPlugin::context`](crate::CurrentPlugin::context) and
/// [`context_mut`](crate::CurrentPlugin::context_mut). [`into_context`](Self::into_context) returns it.
#[derive(Debug)]
pub struct WithContext<'w, W: PluginInterface> {
    client: &'w mut W,
    /// The plug-in's previous context, restored at the end.
    outer: Option<Box<dyn Any + Send>>,
    /// Whether the view's context is still in the plug-in.
    active: bool,
}

impl<'w, W: PluginInterface> WithContext<'w, W> {
    pub(crate) fn new(client: &'w mut W, context: impl Any + Send) -> Self {
        let outer = client.plugin_mut().swap_context(Some(Box::new(context)));
        Self { client, outer, active: true }
    }

    /// Ends the view and returns the context, with the changes that host functions have made.
    ///
    /// Returns `None` if the context is not of type `C`.
    #[must_use]
    pub fn into_context<C: Any>(mut self) -> Option<C> {
        let context = self.end()?;
        context.downcast().ok().map(|context| *context)
    }

    /// Restores the plug-in's previous context, and returns the view's.
    fn end(&mut self) -> Option<Box<dyn Any + Send>> {
        if !std::mem::take(&mut self.active) {
            return None;
        }
        let outer = self.outer.take();
        self.client.plugin_mut().swap_context(outer)
    }
}

impl<W: PluginInterface> Deref for WithContext<'_, W> {
    type Target = W;

    fn deref(&self) -> &W {
        self.client
    }
}

impl<W: PluginInterface> DerefMut for WithContext<'_, W> {
    fn deref_mut(&mut self) -> &mut W {
        self.client
    }
}

impl<W: PluginInterface> Drop for WithContext<'_, W> {
    fn drop(&mut self) {
        self.end();
    }
}
