//! Describes why a request failed.

use std::{io, net::IpAddr};

use super::{
    target::Target,
    wait::{MAX_HEAD_BYTES, Stop},
};

/// Any error; the same as [`crate::error::BoxError`], which is above this folder.
pub(super) type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;

/// Why an HTTP request failed. A response is not an error, whatever its status.
///
/// URLs in messages omit user names, passwords and queries, which may be secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The request that the plug-in passed cannot be parsed.
    #[error("the request is not JSON of the form {{\"url\", \"method\", \"headers\"}}: {message}")]
    #[non_exhaustive]
    Request {
        /// The JSON parser's message.
        message: String,
    },
    /// The text is not a URL.
    #[error("\"{url}\" is not a URL: {message}")]
    #[non_exhaustive]
    Url {
        /// The text; truncated if it is long.
        url: String,
        /// What is wrong.
        message: String,
    },
    /// The URL is neither `http` nor `https`.
    #[error("a URL must start with http or https, not with {scheme}")]
    #[non_exhaustive]
    Scheme {
        /// The URL's scheme.
        scheme: String,
    },
    /// The host is not among the manifest's `allowed_hosts`.
    #[error(
        "HTTP requests to {host} are not allowed; add it to the manifest's `allowed_hosts` to allow them{}",
        redirected(from.as_deref())
    )]
    #[non_exhaustive]
    NotAllowed {
        /// The host, with the port if it is not the scheme's default.
        host: String,
        /// The URL, as the plug-in wrote it if nothing in it may be secret.
        url: String,
        /// The URL that redirected to this host, if any.
        from: Option<String>,
    },
    /// All addresses of the host are private, local or reserved, and the plug-in may not reach such.
    #[error(
        "HTTP requests to {host} are not allowed: its address {address} is not of the public internet; \
         `with_private_addresses(true)` of the plug-in's builder allows it"
    )]
    #[non_exhaustive]
    PrivateAddress {
        /// The host, with the port if it is not the scheme's default.
        host: String,
        /// Its first address.
        address: IpAddr,
    },
    /// The program's own [client](crate::http::HttpClient) failed or panicked.
    #[error("the program's HTTP client failed to request {url}: {source}")]
    #[non_exhaustive]
    Client {
        /// The URL.
        url: String,
        /// The client's error.
        source: BoxError,
    },
    /// The method is invalid.
    #[error("\"{method}\" is not a supported HTTP method")]
    #[non_exhaustive]
    Method {
        /// The method that was passed.
        method: String,
    },
    /// A header of the request has an invalid name or value, or is one that the request's URL determines.
    #[error("invalid header \"{name}\" in the HTTP request: {message}")]
    #[non_exhaustive]
    Header {
        /// The name.
        name: String,
        /// What is wrong.
        message: String,
    },
    /// The maximum number of connections is open, and none ended within half of the request's time.
    #[error("no connection is available: {}", too_many(*limit, *own))]
    #[non_exhaustive]
    TooManyConnections {
        /// The maximum number of connections of the plug-in.
        limit: usize,
        /// Whether the plug-in itself has that many; otherwise all plug-ins together have too many.
        own: bool,
    },
    /// The host name cannot be resolved.
    #[error("cannot resolve host {host}: {source}")]
    #[non_exhaustive]
    Resolve {
        /// The host.
        host: String,
        /// The system's error.
        source: io::Error,
    },
    /// None of the host's addresses accepts a connection.
    #[error("cannot connect to {host}: {source}")]
    #[non_exhaustive]
    Connect {
        /// The host with its port.
        host: String,
        /// The system's error for the last address.
        source: io::Error,
    },
    /// The connection cannot be secured: the certificate is not trusted, or the server does not speak TLS.
    #[error("cannot establish a TLS connection to {url}: {message}")]
    #[non_exhaustive]
    Tls {
        /// The URL.
        url: String,
        /// What is wrong.
        message: String,
    },
    /// The server's response is not HTTP, or ends too early.
    #[error("the response from {url} is not valid HTTP: {message}")]
    #[non_exhaustive]
    Protocol {
        /// The URL.
        url: String,
        /// What is wrong.
        message: String,
    },
    /// The body of the response does not match its `content-encoding`.
    #[error("the response from {url} cannot be decoded as \"{encoding}\": {message}")]
    #[non_exhaustive]
    Encoding {
        /// The URL.
        url: String,
        /// The response's `content-encoding`.
        encoding: String,
        /// What is wrong.
        message: String,
    },
    /// The connection failed.
    #[error("the connection to {url} failed: {source}")]
    #[non_exhaustive]
    Io {
        /// The URL.
        url: String,
        /// The system's error.
        source: io::Error,
    },
    /// The headers of the response are too long.
    #[error("the headers of the response from {url} are longer than {limit} bytes")]
    #[non_exhaustive]
    HeadTooLarge {
        /// The URL.
        url: String,
        /// The maximum number of bytes.
        limit: usize,
    },
    /// The body of the response is too long.
    #[error("the body of the response from {url} is longer than {limit} bytes")]
    #[non_exhaustive]
    TooLarge {
        /// The URL.
        url: String,
        /// The maximum number of bytes.
        limit: u64,
    },
    /// The response redirects to an invalid URL.
    #[error("{url} redirects to an invalid URL: {message}")]
    #[non_exhaustive]
    Redirect {
        /// The URL that redirects.
        url: String,
        /// What is wrong.
        message: String,
    },
    /// There were too many redirects in a row.
    #[error("more than {limit} redirects; the last was from {url}")]
    #[non_exhaustive]
    TooManyRedirects {
        /// The URL of the last redirect.
        url: String,
        /// The maximum number of redirects.
        limit: u32,
    },
    /// The time limit was exceeded.
    #[error("the HTTP request timed out")]
    Timeout,
    /// The call that made the request was cancelled.
    #[error("the HTTP request was cancelled")]
    Cancelled,
}

impl HttpError {
    /// Returns the error for waiting that ended.
    pub(super) fn stopped(stop: Stop, target: &Target) -> Self {
        match stop {
            Stop::Timeout => Self::Timeout,
            Stop::Cancelled => Self::Cancelled,
            Stop::HeadTooLarge => Self::HeadTooLarge { url: target.display_url(), limit: MAX_HEAD_BYTES },
        }
    }
}

/// Describes who has too many connections.
fn too_many(limit: usize, own: bool) -> String {
    if own {
        return format!(
            "the plug-in already has {limit}, its limit; raise it with \
             `PluginBuilder::with_max_connections` if it may have more"
        );
    }
    "all plug-ins together have too many connections; try again later".to_owned()
}

/// Describes where a request was redirected from, for messages.
fn redirected(from: Option<&str>) -> String {
    from.map(|from| format!(" ({from} redirects to it)")).unwrap_or_default()
}
