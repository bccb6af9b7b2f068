use std::{
    any::Any,
    fmt,
    ops::{Deref, DerefMut},
    time::Duration,
};

use super::Plugin;

/// A plug-in whose calls have an additional time limit or a context, until this is dropped; returned by
/// [`Plugin::with_timeout`] and [`Plugin::with_context`].
#[must_use = "the time limit and the context apply only to calls through this view"]
#[allow(clippy::option_option, reason = "the outer says whether there is something to restore")]
pub struct PluginScope<'p> {
    plugin: &'p mut Plugin,
    /// The plug-in's previous context, if it was replaced.
    outer_context: Option<Option<Box<dyn Any + Send + Sync>>>,
    /// The previous time limit, if it was replaced.
    outer_timeout: Option<Option<Duration>>,
}

impl Plugin {
    /// Returns a view whose calls may take at most this long. A limit longer than the plug-in's own has no effect.
    ///
    /// ```
    /// # fn main() -> Result<(), extism_runtime::Error> {
    /// use std::time::Duration;
    /// use extism_runtime::{Error, Plugin};
    ///
    /// # let wasm = r#"(module (func (export "spin") (loop $again (br $again))))"#;
    /// let mut plugin = Plugin::new(wasm)?;
    /// let spin = plugin.export::<(), ()>("spin")?;
    /// let mut hurried = plugin.with_timeout(Duration::from_millis(10));
    /// assert!(matches!(spin.call(&mut hurried, ()), Err(Error::Timeout { .. })));
    /// assert!(matches!(hurried.call::<_, ()>("spin", ()), Err(Error::Timeout { .. })));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_timeout(&mut self, timeout: Duration) -> PluginScope<'_> {
        PluginScope::of(self).with_timeout(timeout)
    }

    /// Returns a view whose calls have a context: a value that host functions can access through
    /// [`CurrentPlugin::context`](crate::CurrentPlugin::context).
    pub fn with_context<C: Any + Send + Sync>(&mut self, context: C) -> PluginScope<'_> {
        PluginScope::of(self).with_context(context)
    }
}

impl<'p> PluginScope<'p> {
    fn of(plugin: &'p mut Plugin) -> Self {
        Self { plugin, outer_context: None, outer_timeout: None }
    }

    /// Also limits the calls' time. A view's limit cannot be extended by another view of it.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        let outer = self.plugin.swap_timeout(None);
        self.plugin.swap_timeout(Some(outer.map_or(timeout, |outer| outer.min(timeout))));
        self.outer_timeout.get_or_insert(outer);
        self
    }

    /// Also sets a context for the calls.
    pub fn with_context<C: Any + Send + Sync>(mut self, context: C) -> Self {
        let outer = self.plugin.swap_context(Some(Box::new(context)));
        self.outer_context.get_or_insert(outer);
        self
    }
}

impl Drop for PluginScope<'_> {
    fn drop(&mut self) {
        if let Some(outer) = self.outer_context.take() {
            self.plugin.swap_context(outer);
        }
        if let Some(outer) = self.outer_timeout.take() {
            self.plugin.swap_timeout(outer);
        }
    }
}

impl Deref for PluginScope<'_> {
    type Target = Plugin;

    fn deref(&self) -> &Plugin {
        self.plugin
    }
}

impl DerefMut for PluginScope<'_> {
    fn deref_mut(&mut self) -> &mut Plugin {
        self.plugin
    }
}

impl fmt::Debug for PluginScope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PluginScope").field(&self.plugin).finish()
    }
}
