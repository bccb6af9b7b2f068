use std::{
    any::Any,
    ops::{Deref, DerefMut},
};

use super::{PluginInterface, WithContext, scope::Scope};

/// A plug-in's typed client whose calls have a time limit of their own; returned by a client's `with_timeout(duration)`.
#[derive(Debug)]
#[must_use = "the time limit applies only to calls through this view"]
pub struct WithTimeout<'p, P: PluginInterface>(pub(super) Scope<'p, P>);

impl<'p, P: PluginInterface> WithTimeout<'p, P> {
    /// Adds a context for the calls; see [`PluginInterface::with_context`].
    pub fn with_context<C: Any + Send + Sync>(mut self, context: C) -> WithContext<'p, P> {
        self.0.set_context(Box::new(context));
        WithContext(self.0)
    }
}

impl<P: PluginInterface> Deref for WithTimeout<'_, P> {
    type Target = P;

    fn deref(&self) -> &P {
        self.0.client()
    }
}

impl<P: PluginInterface> DerefMut for WithTimeout<'_, P> {
    fn deref_mut(&mut self) -> &mut P {
        self.0.client_mut()
    }
}
