//! What the last call has left in the plug-in's memory, however it ended.

use super::Plugin;
use crate::kernel;

impl Plugin {
    /// Returns the output that the plug-in has set in the last call, also when it then returned an error of its own
    /// ([`Error::Guest`](crate::Error::Guest)). It is there until the next call, and empty if the plug-in has set none.
    /// `None` if the last call has ended the instance.
    #[must_use]
    pub fn last_output(&self) -> Option<&[u8]> {
        let live = self.slot.live()?;
        let memory = live.kernel.data(&live.store);
        memory.get(kernel::output_range(memory).ok()?)
    }

    /// Returns the message of the error that the plug-in has set in the last call; `None` if it has set none, or the
    /// call has ended the instance. [`Error::Guest`](crate::Error::Guest) has a message in any case.
    #[must_use]
    pub fn last_error(&self) -> Option<&[u8]> {
        let live = self.slot.live()?;
        kernel::error(live.kernel.data(&live.store)).ok().flatten()
    }

    /// Returns whether the plug-in may use WASI.
    #[must_use]
    pub fn has_wasi(&self) -> bool {
        self.compiled.settings.options.wasi
    }
}
