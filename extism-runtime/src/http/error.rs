//! Why a request failed.

use std::io;

use super::{
    target::Target,
    wait::{MAX_HEAD_BYTES, Stop},
};

/// Why an HTTP request failed. A response with any status is none of these.
///
/// URLs in messages leave out user names, passwords and queries, which may be secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// What the plug-in passed as its request can't be read.
    #[error("the request is not JSON of the form {{\"url\", \"method\", \"headers\"}}: {message}")]
    Request {
        /// What the JSON reader said.
        message: String,
    },
    /// The text is no URL.
    #[error("\"{url}\" is not a URL: {message}")]
    Url {
        /// The text, or its start.
        url: String,
        /// What is wrong.
        message: String,
    },
    /// The URL is neither `http` nor `https`.
    #[error("only http and https URLs can be requested, not {scheme}")]
    Scheme {
        /// The URL's scheme.
        scheme: String,
    },
    /// The host isn't among the manifest's `allowed_hosts`.
    #[error(
        "HTTP requests to {host} are not allowed; add it to the manifest's `allowed_hosts` if they should be{}",
        redirected(from.as_deref())
    )]
    NotAllowed {
        /// The host, with the port if it isn't the scheme's.
        host: String,
        /// The URL that redirected to this host, if one did.
        from: Option<String>,
    },
    /// The method isn't one.
    #[error("\"{method}\" is not a method for HTTP requests")]
    Method {
        /// What was given.
        method: String,
    },
    /// A header of the request has a wrong name or value, or is one that the request's URL decides.
    #[error("header \"{name}\" of the HTTP request: {message}")]
    Header {
        /// The name.
        name: String,
        /// What is wrong.
        message: String,
    },
    /// There are as many connections as there may be, and none of them ended in half of the request's time.
    #[error("no connection is left: {}", too_many(*limit, *own))]
    TooManyConnections {
        /// The connections that the plug-in may have.
        limit: usize,
        /// Whether it has that many itself; else it is all plug-ins together that have too many.
        own: bool,
    },
    /// The host has no address.
    #[error("cannot find the address of {host}: {source}")]
    Resolve {
        /// The host.
        host: String,
        /// What the system said.
        source: io::Error,
    },
    /// None of the host's addresses takes a connection.
    #[error("cannot connect to {host}: {source}")]
    Connect {
        /// The host, with its port.
        host: String,
        /// What the system said about the last address.
        source: io::Error,
    },
    /// The connection can't be secured: the certificate isn't trusted, or the server doesn't speak TLS.
    #[error("no secure connection to {url}: {message}")]
    Tls {
        /// The URL.
        url: String,
        /// What is wrong.
        message: String,
    },
    /// The server's answer isn't HTTP, or ends too early.
    #[error("the answer of {url} is not HTTP: {message}")]
    Protocol {
        /// The URL.
        url: String,
        /// What is wrong.
        message: String,
    },
    /// The body of the response is not what its `content-encoding` says.
    #[error("the response of {url} cannot be decoded as \"{encoding}\": {message}")]
    Encoding {
        /// The URL.
        url: String,
        /// The response's `content-encoding`.
        encoding: String,
        /// What is wrong.
        message: String,
    },
    /// The connection broke.
    #[error("the connection to {url} broke: {source}")]
    Io {
        /// The URL.
        url: String,
        /// What the system said.
        source: io::Error,
    },
    /// The headers of the response are too long.
    #[error("the headers of the response of {url} are longer than {limit} bytes")]
    HeadTooLarge {
        /// The URL.
        url: String,
        /// The most bytes that are read.
        limit: usize,
    },
    /// The body of the response is too long.
    #[error("the response of {url} is longer than {limit} bytes")]
    TooLarge {
        /// The URL.
        url: String,
        /// The most bytes that are read.
        limit: u64,
    },
    /// The response redirects to something that is no URL.
    #[error("{url} redirects to what is not a URL: {message}")]
    Redirect {
        /// The URL that redirects.
        url: String,
        /// What is wrong.
        message: String,
    },
    /// Too many redirects in a row.
    #[error("more than {limit} redirects, the last from {url}")]
    TooManyRedirects {
        /// The URL of the last one.
        url: String,
        /// How many are followed.
        limit: u32,
    },
    /// The time is over.
    #[error("the HTTP request did not end in time")]
    Timeout,
    /// The call that made the request was cancelled.
    #[error("the HTTP request was cancelled")]
    Cancelled,
}

impl HttpError {
    /// The error for waiting that ended.
    pub(super) fn stopped(stop: Stop, target: &Target) -> Self {
        match stop {
            Stop::Timeout => Self::Timeout,
            Stop::Cancelled => Self::Cancelled,
            Stop::HeadTooLarge => Self::HeadTooLarge { url: target.shown(), limit: MAX_HEAD_BYTES },
        }
    }
}

/// Who has too many connections.
fn too_many(limit: usize, own: bool) -> String {
    if own {
        return format!(
            "the plug-in has {limit}, which is all that it may have; raise the limit by \
             `PluginBuilder::with_max_connections` if it may have more"
        );
    }
    "all plug-ins together have too many; try again later".to_owned()
}

/// Where a request came from by redirect, for messages.
fn redirected(from: Option<&str>) -> String {
    from.map(|from| format!(" ({from} redirects to it)")).unwrap_or_default()
}
