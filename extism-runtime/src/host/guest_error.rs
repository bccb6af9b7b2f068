//! The error of the running call, which the plug-in sets and the host can see and change.

use super::{CurrentPlugin, Handle, memory};
use crate::{error::MemoryError, kernel};

impl CurrentPlugin<'_> {
    /// Returns the error that the plug-in has set for the running call, or that
    /// [`set_guest_error`](Self::set_guest_error) has.
    #[must_use]
    pub fn guest_error(&self) -> Option<&[u8]> {
        kernel::error(self.kernel.data(&self.caller)).ok().flatten()
    }

    /// Makes the running call fail with [`Error::Guest`](crate::Error::Guest) and this message, unless the plug-in
    /// removes it: the plug-in goes on when the host function returns, and keeps its instance. To end the call at once,
    /// return an error from the host function. Returns the block that holds the message; an empty one is no error.
    ///
    /// # Errors
    ///
    /// Returns an error if the plug-in's memory cannot grow enough for the message.
    pub fn set_guest_error(&mut self, message: impl AsRef<str>) -> Result<Handle, MemoryError> {
        let handle = memory::write(self.kernel, &mut self.caller, message.as_ref().as_bytes())?;
        kernel::set_error(self.kernel.data_mut(&mut self.caller), handle.offset, handle.length);
        Ok(handle)
    }

    /// Removes the error of the running call.
    pub fn clear_guest_error(&mut self) {
        kernel::set_error(self.kernel.data_mut(&mut self.caller), 0, 0);
    }
}
