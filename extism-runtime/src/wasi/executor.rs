use std::{
    pin::pin,
    sync::{Arc, LazyLock},
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use tokio::runtime::{Builder, Runtime};

/// For WASI functions that require a runtime. They do their work on the calling thread, so this runtime has no threads,
/// and can be created even if the system cannot start any.
static RUNTIME: LazyLock<Option<Runtime>> = LazyLock::new(|| Builder::new_current_thread().enable_all().build().ok());

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future to completion on this thread.
///
/// Unlike tokio's own, it may be called on a thread that runs tokio tasks. WASI's functions are ready at once, as long
/// as files are read on the calling thread, so the future rarely waits.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let _runtime = RUNTIME.as_ref().map(Runtime::enter);
    let mut future = pin!(future);
    if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return output;
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
