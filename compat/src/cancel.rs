use extism_runtime as rt;
use uuid::Uuid;

use crate::Error;

/// Ends a running call of a plug-in from another thread.
#[derive(Clone)]
pub struct CancelHandle {
    /// The plug-in's id.
    pub id: Uuid,
    handle: rt::CancelHandle,
}

impl CancelHandle {
    pub(crate) fn new(id: Uuid, handle: rt::CancelHandle) -> Self {
        Self { id, handle }
    }

    /// Ends the running call, which then returns the error `timeout`. Does nothing if no call is running.
    pub fn cancel(&self) -> Result<(), Error> {
        self.handle.cancel();
        Ok(())
    }
}
