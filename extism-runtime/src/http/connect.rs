//! Resolving and connecting to a host.
//!
//! The system's functions for both may block for an arbitrary time, so they run in a separate thread, which the caller
//! abandons when its time is up. Abandoned threads end on their own, within the system's limit for resolving a name and
//! [`CONNECT_TIMEOUT`]. There are never more than 64 connecting threads in all, and one plug-in has at most half of
//! them (see [`Account`]).

use std::{
    io,
    net::{SocketAddr, TcpStream, ToSocketAddrs as _},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, sync_channel},
    },
    thread,
    time::Duration,
};

use url::Host;

use super::{
    HttpError,
    account::{Account, Connection},
    address::AddressRule,
    target::Target,
    wait::Wait,
};
use crate::shares::Lease;

/// The longest that connecting to one address may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// Connects to the target's host. The connection counts towards the account until the returned value is dropped.
pub(super) fn connect(
    target: &Target,
    addresses: AddressRule,
    account: &Arc<Account>,
    wait: &Wait,
) -> Result<(TcpStream, Arc<Connection>), HttpError> {
    let abandoned = Arc::new(AtomicBool::new(false));
    let stopped = |stop| HttpError::stopped(stop, target);
    let (connection, place) = account.open(target, wait)?;
    let result = start(target, addresses, wait.left(), (Arc::clone(&connection), place), &abandoned)?;
    loop {
        let slice = wait.slice().map_err(|stop| {
            abandoned.store(true, Ordering::Relaxed);
            stopped(stop)
        })?;
        match result.recv_timeout(slice) {
            Ok(Ok(stream)) => return Ok((stream, connection)),
            // If the deadline made connecting fail, that is the cause to report.
            Ok(Err(error)) => return Err(wait.slice().err().map_or(error, stopped)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                let source = io::ErrorKind::ConnectionAborted.into();
                return Err(HttpError::Connect { host: target.display_authority(), source });
            }
        }
    }
}

/// Starts the thread that connects.
fn start(
    target: &Target,
    addresses: AddressRule,
    left: Duration,
    places: (Arc<Connection>, Lease),
    abandoned: &Arc<AtomicBool>,
) -> Result<Receiver<Result<TcpStream, HttpError>>, HttpError> {
    let (sender, receiver) = sync_channel(1);
    let (host, shown, abandoned) = (HostPort::of(target), target.display_authority(), Arc::clone(abandoned));
    let work = move || {
        let _places = places;
        // Fails if the caller has abandoned this thread.
        let _ = sender.send(host.connect(&shown, addresses, left, &abandoned));
    };
    let thread = thread::Builder::new().name("extism-http".to_owned()).spawn(work);
    thread.map_err(|source| HttpError::Connect { host: target.display_authority(), source })?;
    Ok(receiver)
}

/// The destination of a connection.
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

    /// Connects to the first address that answers, among those that the rule allows. A name may have both kinds.
    fn connect(
        self,
        shown: &str,
        rule: AddressRule,
        left: Duration,
        abandoned: &AtomicBool,
    ) -> Result<TcpStream, HttpError> {
        let mut last = io::ErrorKind::NotFound.into();
        let (allowed, refused): (Vec<_>, Vec<_>) =
            self.addresses(shown)?.into_iter().partition(|address| rule(address.ip()));
        if let ([], [refused, ..]) = (allowed.as_slice(), refused.as_slice()) {
            return Err(HttpError::PrivateAddress { host: shown.to_owned(), address: refused.ip() });
        }
        for address in allowed {
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
