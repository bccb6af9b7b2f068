//! The connections of one plug-in, including those that are being opened.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::{HttpError, target::Target, wait::Wait};
use crate::shares::{Lease, Share};

/// The longest that a request waits for other connections to end.
const MAX_WAIT: Duration = Duration::from_secs(10);
/// The interval between checks for connections that have ended.
const LOOK: Duration = Duration::from_millis(5);

/// A plug-in's connections.
#[derive(Debug)]
pub(crate) struct Account {
    /// The maximum number of connections.
    limit: usize,
    made: AtomicUsize,
    connecting: Arc<Share>,
    descriptors: Arc<Share>,
}

/// Counts a connection until both the request and the thread that opens the connection are done.
#[derive(Debug)]
pub(super) struct Connection {
    account: Arc<Account>,
    _descriptor: Lease,
}

impl Account {
    /// Creates the account of a plug-in with at most `limit` connections and this share of the process's descriptors.
    pub(crate) fn new(limit: usize, descriptors: Arc<Share>) -> Arc<Self> {
        Arc::new(Self { limit, made: AtomicUsize::new(0), connecting: Share::of_connecting(), descriptors })
    }

    /// Reserves a connection and a thread to open it. Waits for them for at most half of the request's time.
    pub(super) fn open(self: &Arc<Self>, target: &Target, wait: &Wait) -> Result<(Arc<Connection>, Lease), HttpError> {
        self.take(target, wait, || {
            let mut connecting = self.connecting.lease();
            let connection = self.connection()?;
            connecting.take().then(|| (Arc::new(connection), connecting))
        })
    }

    /// Reserves a connection that a client of the program's opens. Waits for it for at most half of the request's time.
    pub(super) fn reserve(self: &Arc<Self>, target: &Target, wait: &Wait) -> Result<Arc<Connection>, HttpError> {
        self.take(target, wait, || self.connection().map(Arc::new))
    }

    fn take<T>(&self, target: &Target, wait: &Wait, mut take: impl FnMut() -> Option<T>) -> Result<T, HttpError> {
        let until = Instant::now() + (wait.left() / 2).min(MAX_WAIT);
        loop {
            let slice = wait.slice().map_err(|stop| HttpError::stopped(stop, target))?;
            if let Some(taken) = take() {
                return Ok(taken);
            }
            if self.limit == 0 || Instant::now() >= until {
                return Err(HttpError::TooManyConnections { limit: self.limit, own: self.is_full() });
            }
            thread::sleep(slice.min(LOOK));
        }
    }

    fn connection(self: &Arc<Self>) -> Option<Connection> {
        let mut descriptor = self.descriptors.lease();
        let one_more = |made: usize| (made < self.limit).then_some(made + 1);
        if !descriptor.take() || self.made.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_err() {
            return None;
        }
        Some(Connection { account: Arc::clone(self), _descriptor: descriptor })
    }

    fn is_full(&self) -> bool {
        self.made.load(Ordering::Relaxed) >= self.limit
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.account.made.fetch_sub(1, Ordering::Relaxed);
    }
}
