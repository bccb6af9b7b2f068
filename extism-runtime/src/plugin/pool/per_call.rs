use std::{any::Any, fmt, sync::Arc, time::Duration};

use super::super::Plugin;
use crate::{compile::CompiledInner, run::CallOptions};

/// The options of each call of a shared plug-in, besides its input. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct PerCall {
    /// The time that a call may take, if that is less than the plug-in's own limit.
    pub(crate) timeout: Option<Duration>,
    context: Option<Arc<dyn MakeContext>>,
}

impl PerCall {
    /// Sets the context, which is cloned for each call.
    pub(crate) fn set_context<C: Any + Clone + Send + Sync>(&mut self, context: C) {
        self.context = Some(Arc::new(context));
    }

    /// Returns the limits of a call that starts now.
    #[inline]
    pub(super) fn options(&self, compiled: &CompiledInner) -> CallOptions {
        CallOptions::within(compiled, self.timeout)
    }

    /// Sets the call's context on the plug-in. The pool removes it when the plug-in returns.
    #[inline]
    pub(super) fn enter(&self, plugin: &mut Plugin) {
        if let Some(context) = &self.context {
            // Clones the context itself, not its `Arc`, which can be cloned too.
            plugin.swap_context(Some((**context).make()));
        }
    }
}

/// A context, cloned for each call, since calls that run at the same time may change theirs.
trait MakeContext: Send + Sync {
    fn make(&self) -> Box<dyn Any + Send + Sync>;
}

impl<C: Any + Clone + Send + Sync> MakeContext for C {
    fn make(&self) -> Box<dyn Any + Send + Sync> {
        Box::new(self.clone())
    }
}

impl fmt::Debug for PerCall {
    /// Omits the context, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PerCall").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
