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
pub struct WithContext<'p, P: PluginInterface> {
    client: &'p mut P,
    /// The plug-in's previous context, restored at the end.
    outer: Option<Box<dyn Any + Send>>,
    /// Whether the view's context is still in the plug-in.
    active: bool,
}

impl<'p, P: PluginInterface> WithContext<'p, P> {
    pub(crate) fn new(client: &'p mut P, context: impl Any + Send) -> Self {
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

impl<P: PluginInterface> Deref for WithContext<'_, P> {
    type Target = P;

    fn deref(&self) -> &P {
        self.client
    }
}

impl<P: PluginInterface> DerefMut for WithContext<'_, P> {
    fn deref_mut(&mut self) -> &mut P {
        self.client
    }
}

impl<P: PluginInterface> Drop for WithContext<'_, P> {
    fn drop(&mut self) {
        self.end();
    }
}
