use std::sync::Arc;

use super::CallState;
use crate::Engine;

/// Ends a plug-in's call from another thread. Cheap to clone, with no lifetime tied to the plug-in.
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use std::{thread, time::Duration};
/// use extism_runtime::{Error, Plugin};
///
/// let mut plugin = Plugin::new(r#"(module (func (export "spin") (loop $again (br $again))))"#)?;
/// let handle = plugin.cancel_handle();
/// let canceller = thread::spawn(move || {
///     // It cancels only a call that is running.
///     while !handle.cancel() {
///         thread::sleep(Duration::from_millis(1));
///     }
/// });
/// assert!(matches!(plugin.call::<_, ()>("spin", ()), Err(Error::Cancelled { .. })));
/// # canceller.join().expect("no panic");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct CancelHandle {
    call: Arc<CallState>,
    engine: Engine,
}

impl CancelHandle {
    pub(crate) fn new(call: Arc<CallState>, engine: Engine) -> Self {
        call.add_handle();
        Self { call, engine }
    }

    /// Cancels the running call, which returns [`Error::Cancelled`](crate::Error::Cancelled); returns whether there was
    /// one. Later calls are not affected.
    ///
    /// The plug-in's own code, its sleeps and its HTTP requests end at once, and so does an async host function that
    /// waits. Another host function of yours is not interrupted; the call ends when it returns. Code of an engine that is
    /// [not interruptible](crate::engine::EngineBuilder::with_interruptible) runs on until it returns or waits.
    #[allow(clippy::must_use_candidate, reason = "cancelling is done for its effect")]
    pub fn cancel(&self) -> bool {
        let running = self.call.cancel();
        if running {
            self.engine.interrupt();
            self.call.wake();
        }
        running
    }
}
