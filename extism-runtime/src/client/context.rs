use std::{
    any::Any,
    ops::{Deref, DerefMut},
};

use super::PluginInterface;

/// A plug-in's typed client whose calls have a context: what a wrapper's `with_context(value)` gives.
///
/// While it lives, host functions reach the value by [`CurrentPlugin::context`](crate::CurrentPlugin::context) and
/// [`context_mut`](crate::CurrentPlugin::context_mut). [`into_context`](Self::into_context) gives it back.
#[derive(Debug)]
pub struct WithContext<'w, W: PluginInterface> {
    wrapper: &'w mut W,
    /// What the plug-in had before, given back at the end.
    outer: Option<Box<dyn Any + Send>>,
    /// Whether the plug-in's context is still that of the view.
    active: bool,
}

impl<'w, W: PluginInterface> WithContext<'w, W> {
    pub(crate) fn new(wrapper: &'w mut W, context: impl Any + Send) -> Self {
        let outer = wrapper.plugin_mut().swap_context(Some(Box::new(context)));
        Self { wrapper, outer, active: true }
    }

    /// Ends the view and gives back the context, with what host functions have changed in it.
    ///
    /// `None` when `C` is not its type.
    #[must_use]
    pub fn into_context<C: Any>(mut self) -> Option<C> {
        let context = self.end()?;
        context.downcast().ok().map(|context| *context)
    }

    /// Gives the plug-in back the context that it had before, and returns the view's.
    fn end(&mut self) -> Option<Box<dyn Any + Send>> {
        if !std::mem::take(&mut self.active) {
            return None;
        }
        let outer = self.outer.take();
        self.wrapper.plugin_mut().swap_context(outer)
    }
}

impl<W: PluginInterface> Deref for WithContext<'_, W> {
    type Target = W;

    fn deref(&self) -> &W {
        self.wrapper
    }
}

impl<W: PluginInterface> DerefMut for WithContext<'_, W> {
    fn deref_mut(&mut self) -> &mut W {
        self.wrapper
    }
}

impl<W: PluginInterface> Drop for WithContext<'_, W> {
    fn drop(&mut self) {
        self.end();
    }
}
