use std::{
    fmt,
    io::{self, Read},
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{address::AddressRule, error::BoxError, wait::Wait};

/// Sends requests instead of the runtime's own client: through a proxy, with a client that the program already has, from
/// a cache, or not at all (a mock). [`PluginBuilder::with_http_client`](crate::PluginBuilder::with_http_client) takes it.
///
/// Closures implement it:
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use extism_runtime::{Manifest, PluginBuilder, Wasm, http::{ClientRequest, ClientResponse}};
///
/// # let wasm = r#"(module
/// #   (import "extism:host/env" "http_request" (func $send (param i64 i64) (result i64)))
/// #   (import "extism:host/env" "input_offset" (func $input (result i64)))
/// #   (import "extism:host/env" "length" (func $length (param i64) (result i64)))
/// #   (import "extism:host/env" "output_set" (func $set (param i64 i64)))
/// #   (func (export "get") (local $body i64)
/// #     (local.set $body (call $send (call $input) (i64.const 0)))
/// #     (call $set (local.get $body) (call $length (local.get $body)))))"#;
/// let manifest = Manifest::new([Wasm::data(wasm)]).with_allowed_host("example.com");
/// let mut plugin = PluginBuilder::new(manifest)
///     .with_http_client(|request: ClientRequest| {
///         Ok(ClientResponse::new(200).with_body(format!("{} {}", request.method, request.url)))
///     })
///     .build()?;
/// let output = plugin.call::<_, String>("get", r#"{"url": "http://example.com/a"}"#)?;
/// assert_eq!(output, "GET http://example.com/a");
/// # Ok(())
/// # }
/// ```
///
/// # The client's part and the runtime's
///
/// The runtime calls the client once for each request and for each redirect that it follows, always after it has compared
/// the host with the manifest's `allowed_hosts`. So the client must not follow redirects itself: it returns them, like
/// all responses. The runtime also decodes the body, as the header `content-encoding` describes it (a client that has
/// decoded it already removes that header), reads no more of it than may be read, and counts the request towards the
/// plug-in's connections and its usage.
///
/// Each call of the client runs on a separate thread, where it may block; a client with an async interface can run it
/// there with `tokio::runtime::Handle::block_on` or the like. An async call of the plug-in does not hold its executor's
/// thread meanwhile. At the call's deadline, or when it is cancelled, the call ends, whatever the client does; the
/// client's thread is left alone, and counts as one of the plug-in's connections until it has ended. So it should look at
/// [`ClientRequest::time_left`] and [`ClientRequest::is_cancelled`].
///
/// If the client panics, the request fails.
pub trait HttpClient: Send + Sync + 'static {
    /// Sends one request, without following redirects.
    ///
    /// # Errors
    ///
    /// The error ends the plug-in's call as [`HttpError::Client`](crate::error::HttpError::Client). A response is not an
    /// error, whatever its status.
    fn send(&self, request: ClientRequest) -> Result<ClientResponse, BoxError>;
}

impl<F> HttpClient for F
where
    F: Fn(ClientRequest) -> Result<ClientResponse, BoxError> + Send + Sync + 'static,
{
    fn send(&self, request: ClientRequest) -> Result<ClientResponse, BoxError> {
        self(request)
    }
}

impl<C: HttpClient + ?Sized> HttpClient for Arc<C> {
    fn send(&self, request: ClientRequest) -> Result<ClientResponse, BoxError> {
        (**self).send(request)
    }
}

/// A request that an [`HttpClient`] sends.
#[non_exhaustive]
pub struct ClientRequest {
    /// The method, in upper case.
    pub method: String,
    /// The URL, without user name, password and fragment. Its host is one of the plug-in's `allowed_hosts`.
    pub url: String,
    /// The headers that the plug-in has set, with lower-case names; not those about the connection or the length of the
    /// body, which the client sets.
    pub headers: Vec<(String, String)>,
    /// The body, if there is one.
    pub body: Option<Vec<u8>>,
    pub(super) control: Control,
}

/// How the thread of a client learns about the call that it works for.
pub(super) struct Control {
    pub(super) wait: Arc<Wait>,
    pub(super) addresses: AddressRule,
    pub(super) abandoned: Arc<AtomicBool>,
}

impl ClientRequest {
    /// Returns how much time is left for the request: until the call's deadline; ten minutes at first if it has none.
    #[must_use]
    pub fn time_left(&self) -> Duration {
        self.control.wait.left()
    }

    /// Returns whether nobody waits for the response any longer.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.control.abandoned.load(Ordering::Relaxed) || self.control.wait.slice().is_err()
    }

    /// Returns whether the plug-in may connect to an address: false for private, local and reserved ones if they are
    /// [not allowed](crate::PluginBuilder::with_private_addresses). A URL with such an address does not get here; a client
    /// that resolves names itself asks about each address before it connects.
    #[must_use]
    pub fn allows(&self, address: IpAddr) -> bool {
        (self.control.addresses)(address)
    }
}

/// Leaves out what may be secret: queries, headers and body.
impl fmt::Debug for ClientRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientRequest")
            .field("method", &self.method)
            .field("url", &crate::display::url(&self.url))
            .finish_non_exhaustive()
    }
}

/// The response that an [`HttpClient`] returns.
#[non_exhaustive]
pub struct ClientResponse {
    /// The status code.
    pub status: u16,
    /// The headers, in any order; a name may occur several times.
    pub headers: Vec<(String, String)>,
    /// The body; read piece by piece, on the client's thread.
    pub body: Box<dyn Read + Send>,
}

impl ClientResponse {
    /// Creates a response without headers and without a body.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Box::new(io::empty()) }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn with_body(self, body: impl Into<Vec<u8>>) -> Self {
        self.with_body_reader(io::Cursor::new(body.into()))
    }

    /// Sets a body that is read piece by piece, on the client's thread.
    #[must_use]
    pub fn with_body_reader(mut self, body: impl Read + Send + 'static) -> Self {
        self.body = Box::new(body);
        self
    }
}

impl fmt::Debug for ClientResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientResponse").field("status", &self.status).finish_non_exhaustive()
    }
}
