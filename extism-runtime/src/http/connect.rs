//! Finding and connecting to a host.
//!
//! The system's functions for both block for as long as they like, so that they run in a thread of their own:
//! the caller leaves it behind when its time is over. Such threads end on their own, by the system's limit for
//! looking up a name and [`CONNECT_TIMEOUT`], and there are never more than [`MAX_THREADS`] of them.

use std::{
    io,
    net::{SocketAddr, TcpStream, ToSocketAddrs as _},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{Receiver, RecvTimeoutError, sync_channel},
    },
    thread,
    time::Duration,
};

use url::Host;

use super::{
    HttpError,
    target::Target,
    wait::{Stop, Wait},
};

/// The most threads that look up and connect at the same time, for all plug-ins together.
pub(super) const MAX_THREADS: usize = 64;

/// The longest that connecting to one address may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// Connects to the target's host.
pub(super) fn connect(target: &Target, wait: &Wait) -> Result<TcpStream, HttpError> {
    let abandoned = Arc::new(AtomicBool::new(false));
    let stopped = |stop| HttpError::stopped(stop, target);
    let place = Place::acquire(wait).map_err(stopped)?;
    let result = start(target, wait.left(), place, &abandoned)?;
    loop {
        let slice = wait.slice().map_err(|stop| {
            abandoned.store(true, Ordering::Relaxed);
            stopped(stop)
        })?;
        match result.recv_timeout(slice) {
            Ok(Ok(stream)) => return Ok(stream),
            // Connecting may fail because of the deadline, which then is the cause to be named.
            Ok(Err(error)) => return Err(wait.slice().err().map_or(error, stopped)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                let source = io::ErrorKind::ConnectionAborted.into();
                return Err(HttpError::Connect { host: target.shown_authority(), source });
            }
        }
    }
}

/// Starts the thread that connects.
fn start(
    target: &Target,
    left: Duration,
    place: Place,
    abandoned: &Arc<AtomicBool>,
) -> Result<Receiver<Result<TcpStream, HttpError>>, HttpError> {
    let (sender, receiver) = sync_channel(1);
    let (host, shown, abandoned) = (HostPort::of(target), target.shown_authority(), Arc::clone(abandoned));
    let work = move || {
        let _place = place;
        // Nobody listens any more when the caller left this thread behind.
        let _ = sender.send(host.connect(&shown, left, &abandoned));
    };
    let thread = thread::Builder::new().name("extism-http".to_owned()).spawn(work);
    thread.map_err(|source| HttpError::Connect { host: target.shown_authority(), source })?;
    Ok(receiver)
}

/// What to connect to.
enum HostPort {
    Name(String, u16),
    Address(SocketAddr),
}

impl HostPort {
    fn of(target: &Target) -> Self {
        let port = target.port();
        match target.host() {
            Some(Host::Ipv4(address)) => Self::Address((address, port).into()),
            Some(Host::Ipv6(address)) => Self::Address((address, port).into()),
            Some(Host::Domain(_)) | None => Self::Name(target.host_str().to_owned(), port),
        }
    }

    /// Connects to the first address that answers.
    fn connect(self, shown: &str, left: Duration, abandoned: &AtomicBool) -> Result<TcpStream, HttpError> {
        let mut last = io::ErrorKind::NotFound.into();
        for address in self.addresses(shown)? {
            if abandoned.load(Ordering::Relaxed) {
                break;
            }
            match TcpStream::connect_timeout(&address, left.clamp(Duration::from_millis(1), CONNECT_TIMEOUT)) {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            }
        }
        Err(HttpError::Connect { host: shown.to_owned(), source: last })
    }

    fn addresses(self, shown: &str) -> Result<Vec<SocketAddr>, HttpError> {
        let found = match self {
            Self::Address(address) => Ok(vec![address]),
            Self::Name(name, port) => (name, port).to_socket_addrs().map(Iterator::collect),
        };
        found.map_err(|source| HttpError::Resolve { host: shown.to_owned(), source })
    }
}

/// A place among the threads that may run at the same time.
pub(super) struct Place;

/// How many places are taken.
static TAKEN: AtomicUsize = AtomicUsize::new(0);

impl Place {
    /// Takes a place, waiting until one is free.
    pub(super) fn acquire(wait: &Wait) -> Result<Self, Stop> {
        let take = |taken: usize| (taken < MAX_THREADS).then_some(taken + 1);
        loop {
            let slice = wait.slice()?;
            if TAKEN.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok() {
                return Ok(Self);
            }
            thread::sleep(slice);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        TAKEN.fetch_sub(1, Ordering::Relaxed);
    }
}
