use std::{any::Any, time::Duration};

use super::PluginInterface;

/// The value that host functions can access during calls.
type Context = Box<dyn Any + Send + Sync>;

/// Sets a view's context or timeout on the plug-in of a client, and restores the previous one at its end,
/// even when a panic of the host unwinds through it.
#[derive(Debug)]
pub(super) struct Scope<'p, P: PluginInterface> {
    client: &'p mut P,
    /// The plug-in's previous context, if the scope has set one.
    outer_context: Option<Replaced<Context>>,
    /// The previous timeout, if the scope has set one.
    outer_timeout: Option<Replaced<Duration>>,
}

/// The previous value; `None` if there was none.
#[derive(Debug)]
struct Replaced<T>(Option<T>);

impl<'p, P: PluginInterface> Scope<'p, P> {
    pub(super) fn new(client: &'p mut P) -> Self {
        Self { client, outer_context: None, outer_timeout: None }
    }

    pub(super) fn client(&self) -> &P {
        self.client
    }

    pub(super) fn client_mut(&mut self) -> &mut P {
        self.client
    }

    pub(super) fn set_context(&mut self, context: Context) {
        let previous = self.client.plugin_mut().swap_context(Some(context));
        self.outer_context.get_or_insert(Replaced(previous));
    }

    /// Sets the time limit, unless an outer view's is shorter: code that was handed the view cannot extend it.
    pub(super) fn set_timeout(&mut self, timeout: Duration) {
        let plugin = self.client.plugin_mut();
        let previous = plugin.swap_timeout(Some(timeout));
        if let Some(shorter) = previous.filter(|previous| *previous < timeout) {
            plugin.swap_timeout(Some(shorter));
        }
        self.outer_timeout.get_or_insert(Replaced(previous));
    }

    /// Restores the previous context and returns the scope's own.
    pub(super) fn end_context(&mut self) -> Option<Context> {
        let Replaced(outer) = self.outer_context.take()?;
        self.client.plugin_mut().swap_context(outer)
    }
}

impl<P: PluginInterface> Drop for Scope<'_, P> {
    fn drop(&mut self) {
        self.end_context();
        if let Some(Replaced(outer)) = self.outer_timeout.take() {
            self.client.plugin_mut().swap_timeout(outer);
        }
    }
}
