//! What happens when a plug-in's memory may not grow.

use super::PluginBuilder;
use crate::settings::Growth;

impl<P> PluginBuilder<P> {
    /// Sets whether a call ends with [`Error::OutOfMemory`](crate::Error::OutOfMemory) as soon as a memory would grow
    /// beyond [`with_max_pages`](Self::with_max_pages), as in the official runtime. By default, the plug-in learns that
    /// the memory did not grow, and may go on; a call that then fails ends with the same error.
    pub fn with_fatal_growth(mut self, fatal: bool) -> Self {
        self.options.instance.growth = if fatal { Growth::Fatal } else { Growth::Refused };
        self
    }
}
