//! Clients as the users of a set get them.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::{Duration, Instant},
};

use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    task::unconstrained,
};

use crate::{Engine, Error, engine::Alarm, plugin::FromPlugin};

/// The client of a plug-in, lent by a [`PluginSet`](super::PluginSet) or a [`Reloadable`](super::Reloadable).
///
/// Its calls run in the version of the plug-in that served when it was lent, even if another one has replaced that since:
/// so get a client for each request instead of keeping one. A client that cannot be shared (whose methods take `&mut
/// self`, and [`Plugin`](crate::Plugin) itself) is the only instance of its plug-in, which others wait for until this is
/// dropped.
#[must_use = "a client is lent until this is dropped"]
pub struct Lent<C> {
    client: Client<C>,
    version: u64,
}

enum Client<C> {
    /// A handle of its own.
    Shared(C),
    /// The only instance.
    Only(OwnedMutexGuard<C>),
}

/// A client, kept so that it can be lent.
pub(super) enum Kept<C> {
    Shared(C),
    /// The lock is fair.
    Only(Arc<Mutex<C>>),
}

impl<C> Lent<C> {
    fn new(client: Client<C>, version: u64) -> Self {
        Self { client, version }
    }

    /// Returns the number of the version that the calls run in: 1 for the first, and one more with each replacement.
    ///
    /// It is a function, not a method, because a client may have a method with that name: `Lent::version(&client)`.
    #[must_use]
    pub fn version(lent: &Self) -> u64 {
        lent.version
    }
}

impl<C: FromPlugin> Kept<C> {
    pub(super) fn new(client: C) -> Self {
        if client.share().is_some() { Self::Shared(client) } else { Self::Only(Arc::new(Mutex::new(client))) }
    }

    /// Lends the client, waiting on this thread. `None` if it is in use until then.
    pub(super) fn lend(&self, version: u64, until: Option<Instant>) -> Option<Lent<C>> {
        let client = match self {
            Self::Shared(client) => Client::Shared(client.share()?),
            Self::Only(client) => Client::Only(lock(client, until)?),
        };
        Some(Lent::new(client, version))
    }

    /// Lends the client, waiting as a task.
    pub(super) async fn lend_async(
        &self,
        version: u64,
        until: Option<Instant>,
        engine: &Engine,
    ) -> Result<Option<Lent<C>>, Error> {
        let client = match self {
            Self::Shared(client) => client.share().map(Client::Shared),
            Self::Only(client) => lock_async(client, until, engine).await?.map(Client::Only),
        };
        Ok(client.map(|client| Lent::new(client, version)))
    }
}

/// Returns the time when waiting ends that begins now; `None` if that is too far away for the clock.
pub(super) fn end_of(wait: Duration) -> Option<Instant> {
    Instant::now().checked_add(wait)
}

/// Locks on this thread, which tokio's own function does not do on threads of its runtimes.
fn lock<C>(client: &Arc<Mutex<C>>, until: Option<Instant>) -> Option<OwnedMutexGuard<C>> {
    if let Ok(guard) = Arc::clone(client).try_lock_owned() {
        return Some(guard);
    }
    // Without the limit on how much one of tokio's tasks does in a row: this thread would wait for its end in vain.
    let mut locking = pin!(unconstrained(Arc::clone(client).lock_owned()));
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(guard) = locking.as_mut().poll(&mut context) {
            return Some(guard);
        }
        match until.map(|until| until.saturating_duration_since(Instant::now())) {
            Some(Duration::ZERO) => return None,
            Some(left) => thread::park_timeout(left),
            None => thread::park(),
        }
    }
}

async fn lock_async<C>(
    client: &Arc<Mutex<C>>,
    until: Option<Instant>,
    engine: &Engine,
) -> Result<Option<OwnedMutexGuard<C>>, Error> {
    let mut locking = pin!(unconstrained(Arc::clone(client).lock_owned()));
    let mut alarm: Option<Alarm> = None;
    std::future::poll_fn(|context| {
        if let Poll::Ready(guard) = locking.as_mut().poll(context) {
            return Poll::Ready(Ok(Some(guard)));
        }
        let Some(until) = until else { return Poll::Pending };
        if until <= Instant::now() {
            return Poll::Ready(Ok(None));
        }
        match &alarm {
            Some(alarm) => alarm.rewire(context.waker().clone()),
            None => alarm = Some(engine.alarm(until, context.waker().clone())?),
        }
        Poll::Pending
    })
    .await
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl<C> Deref for Lent<C> {
    type Target = C;

    #[inline]
    fn deref(&self) -> &C {
        match &self.client {
            Client::Shared(client) => client,
            Client::Only(client) => client,
        }
    }
}

impl<C> DerefMut for Lent<C> {
    #[inline]
    fn deref_mut(&mut self) -> &mut C {
        match &mut self.client {
            Client::Shared(client) => client,
            Client::Only(client) => client,
        }
    }
}

impl<C: fmt::Debug> fmt::Debug for Lent<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lent").field("client", &**self).field("version", &self.version).finish()
    }
}
