use std::{any::Any, time::Duration};

use super::{ForwardShared, resolved_exports::ResolvedExports, shared::SharedPlugin};
use crate::{CompiledPlugin, Error, Pool, interface::Interface, plugin::FromPool};

/// A typed client that threads and tasks share, as `#[plugin_interface]` generates it from a trait whose methods take
/// `&self`, for code that is generic over interfaces.
///
/// Its calls run in the instances of a [`Pool`]. It is cheap to clone, and its clones share that pool. Results are
/// owned, since an instance returns to the pool when its call has ended. The client has the same functions as inherent
/// ones, so only generic code has to import this trait.
pub trait SharedInterface:
    Clone + Send + Sync + FromPool + TryFrom<Pool, Error = Error> + for<'c> TryFrom<&'c CompiledPlugin, Error = Error>
{
    /// Returns the exports that the trait declares.
    fn interface() -> &'static Interface;

    /// Returns the pool of the instances that the calls run in.
    fn pool(&self) -> &Pool {
        self.shared().pool()
    }

    /// Returns a client whose calls have a context, which host functions can access with
    /// [`CurrentPlugin::context`](crate::CurrentPlugin::context).
    ///
    /// It uses the same pool, and each of its calls has its own clone of the context.
    #[must_use]
    fn with_context<C: Any + Clone + Send + Sync>(&self, context: C) -> Self {
        self.with_shared(self.shared().with_context(context))
    }

    /// Returns a client whose calls may take this long, including their waiting for an instance. It uses the same pool.
    /// The plug-in's own time limit applies if it is shorter.
    #[must_use]
    fn with_timeout(&self, timeout: Duration) -> Self {
        self.with_shared(self.shared().with_timeout(timeout))
    }

    /// Returns the client of an interface that this one extends, of the same pool.
    fn as_client<B>(&self) -> &B
    where
        Self: ForwardShared<B, Target = B>,
    {
        self.forward()
    }

    /// Creates the client of a pool of plug-ins that have the exports.
    #[doc(hidden)]
    fn from_exports(plugin: SharedPlugin, exports: &mut ResolvedExports) -> Self;

    /// Returns what the calls are made with.
    #[doc(hidden)]
    fn shared(&self) -> &SharedPlugin;

    /// Returns a client whose calls are made with another one, of the same pool.
    #[doc(hidden)]
    #[must_use]
    fn with_shared(&self, plugin: SharedPlugin) -> Self;
}
