use std::{
    any::Any,
    ops::{Deref, DerefMut},
    time::Duration,
};

use super::{PluginInterface, scope::Scope};

/// A plug-in's typed client whose calls have a context; returned by a client's `with_context(value)`.
///
/// While it exists, host functions access the value with [`CurrentPlugin::context`](crate::CurrentPlugin::context) and
/// [`context_mut`](crate::CurrentPlugin::context_mut). [`into_context`](Self::into_context) returns it.
#[derive(Debug)]
#[must_use = "the context is there only for calls through this view"]
pub struct WithContext<'p, P: PluginInterface>(pub(super) Scope<'p, P>);

impl<P: PluginInterface> WithContext<'_, P> {
    /// Limits the time of each call too; see [`PluginInterface::with_timeout`].
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.0.set_timeout(timeout);
        self
    }

    /// Ends the view and returns the context, with the changes that host functions have made.
    ///
    /// Returns `None` if the context is not of type `C`.
    #[must_use]
    pub fn into_context<C: Any>(mut self) -> Option<C> {
        let context = self.0.end_context()?;
        context.downcast().ok().map(|context| *context)
    }
}

impl<P: PluginInterface> Deref for WithContext<'_, P> {
    type Target = P;

    fn deref(&self) -> &P {
        self.0.client()
    }
}

impl<P: PluginInterface> DerefMut for WithContext<'_, P> {
    fn deref_mut(&mut self) -> &mut P {
        self.0.client_mut()
    }
}
