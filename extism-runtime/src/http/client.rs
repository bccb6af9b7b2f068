//! Sending a request.

use std::{
    fmt,
    sync::{Arc, LazyLock},
    time::{Duration, Instant},
};

use ureq::{
    Agent,
    http::{Method, Request, Uri},
    unversioned::transport::{Connector as _, RustlsConnector},
};

use super::{
    Account, AddressRule, AllowedHosts, Cancelled, HttpClient, HttpError,
    address::any_address,
    connect::connect,
    delegate, redirect,
    request::Outgoing,
    response::{Answer, HttpResponse, OnBytes, receive},
    target::Target,
    transport::{Connected, Resolved},
    wait::{MAX_HEAD_BYTES, Wait},
};
use crate::{manifest::HttpRequest, shares::Share, usage::Meter};

/// The time that a request may take if the call has no deadline.
const MAX_TIME: Duration = Duration::from_mins(10);

/// The limits of a request.
#[derive(Clone)]
pub(crate) struct HttpPolicy<'a> {
    /// The hosts that may be accessed, also through redirects.
    pub(crate) allowed: &'a AllowedHosts,
    /// The addresses that may be connected to, also through redirects.
    pub(crate) addresses: AddressRule,
    /// What sends the requests instead of the runtime's own client.
    pub(crate) client: Option<&'a Arc<dyn HttpClient>>,
    /// Maximum bytes of the response's body.
    pub(crate) max_response_bytes: u64,
    /// Maximum number of redirects that are followed.
    pub(crate) max_redirects: u32,
    /// When the request must have ended; `None` allows ten minutes.
    pub(crate) deadline: Option<Instant>,
    /// Called repeatedly; returns whether the request should be aborted.
    pub(crate) cancelled: Cancelled,
    /// Whether the request's headers may be sent to its own server only, as for downloads.
    pub(crate) private_headers: bool,
    /// The account that the request's connections count towards.
    pub(crate) account: Arc<Account>,
    /// The meter that counts the request's bytes.
    pub(crate) meter: Option<Arc<Meter>>,
}

/// The host's own connections: downloads.
static DOWNLOADS: LazyLock<Arc<Account>> = LazyLock::new(|| Account::new(usize::MAX, Share::of_descriptors()));

impl<'a> HttpPolicy<'a> {
    /// Applies the official runtime's limits: 50 MiB and 10 redirects.
    pub(crate) fn new(allowed: &'a AllowedHosts) -> Self {
        Self {
            allowed,
            addresses: any_address,
            client: None,
            max_response_bytes: 50 * 1024 * 1024,
            max_redirects: 10,
            deadline: None,
            cancelled: Arc::new(|| false),
            private_headers: false,
            account: Arc::clone(&DOWNLOADS),
            meter: None,
        }
    }
}

impl fmt::Debug for HttpPolicy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpPolicy")
            .field("allowed", &self.allowed)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("max_redirects", &self.max_redirects)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// Sends a request, follows redirects, and reads the response.
///
/// # Errors
/// Returns an [`HttpError`]; a response is not an error, whatever its status.
pub(crate) fn send(
    request: &HttpRequest,
    body: Option<&[u8]>,
    policy: &HttpPolicy<'_>,
) -> Result<HttpResponse, HttpError> {
    send_with_progress(request, body, policy, &mut |_, _| {})
}

/// Sends a request, and reports how much of the response has arrived: at the start and after each piece.
///
/// # Errors
/// Returns an [`HttpError`]; a response is not an error, whatever its status.
pub(crate) fn send_with_progress(
    request: &HttpRequest,
    body: Option<&[u8]>,
    policy: &HttpPolicy<'_>,
    progress: OnBytes<'_>,
) -> Result<HttpResponse, HttpError> {
    let deadline = policy.deadline.unwrap_or_else(|| Instant::now() + MAX_TIME);
    let wait = Arc::new(Wait::new(deadline, Arc::clone(&policy.cancelled)).metered(policy.meter.clone()));
    let asked = &request.url;
    let mut request = Outgoing::new(request, body)?;
    request.private = policy.private_headers;
    check_allowed(policy.allowed, &request.target, &request.target.display_asked(asked), None)?;
    for _ in 0..=policy.max_redirects {
        let answer = match policy.client {
            Some(client) => delegate::exchange(client, &request, policy.addresses, &policy.account, &wait)?,
            None => exchange(&request, policy.addresses, &policy.account, &wait)?,
        };
        let Some(next) = redirect::follow(&request, answer.status, &answer.headers)? else {
            return receive(answer, &request.target, policy.max_response_bytes, &wait, progress);
        };
        check_allowed(policy.allowed, &next.target, &next.target.display_url(), Some(&request.target))?;
        request = next;
    }
    Err(HttpError::TooManyRedirects { url: request.target.display_url(), limit: policy.max_redirects })
}

/// `url` is the target's URL for messages.
fn check_allowed(allowed: &AllowedHosts, target: &Target, url: &str, from: Option<&Target>) -> Result<(), HttpError> {
    if allowed.allow(target) {
        return Ok(());
    }
    let (host, url) = (target.display_authority(), url.to_owned());
    Err(HttpError::NotAllowed { host, url, from: from.map(Target::display_url) })
}

/// Sends one request and reads the head of the response.
fn exchange(
    request: &Outgoing<'_>,
    addresses: AddressRule,
    account: &Arc<Account>,
    wait: &Arc<Wait>,
) -> Result<Answer, HttpError> {
    let target = &request.target;
    let uri = uri_of(target)?;
    let (stream, connection) = connect(target, addresses, account, wait)?;
    wait.begin_head();
    let agent = Agent::with_parts(
        config(),
        ().chain(Connected::new(stream, Arc::clone(wait))).chain(RustlsConnector::default()),
        Resolved,
    );
    let (mut head, ()) = Request::new(()).into_parts();
    head.uri = uri;
    head.method.clone_from(&request.method);
    head.headers.clone_from(&request.headers);
    let result = match request.body.or_else(|| empty_body(&request.method)) {
        Some(body) => agent.run(Request::from_parts(head, body)),
        None => agent.run(Request::from_parts(head, ())),
    };
    let response = result.map_err(|error| HttpError::of(error, target, wait))?;
    wait.begin_body();
    Ok(Answer::of(response, connection))
}

/// Returns the URI to send. It must name the host that was checked, even if it is parsed differently.
fn uri_of(target: &Target) -> Result<Uri, HttpError> {
    let wrong = |message: String| HttpError::Url { url: target.display_url(), message };
    let uri: Uri = target.wire().parse().map_err(|error| wrong(format!("{error}")))?;
    if uri.host() == Some(target.host_str()) { Ok(uri) } else { Err(wrong("its host is ambiguous".to_owned())) }
}

/// Returns an empty body for methods that imply one, if there is none: servers expect its length.
fn empty_body(method: &Method) -> Option<&'static [u8]> {
    let body: &[u8] = &[];
    [Method::POST, Method::PUT, Method::PATCH].contains(method).then_some(body)
}

fn config() -> ureq::config::Config {
    Agent::config_builder()
        .proxy(None)
        .max_redirects(0)
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .max_response_header_size(MAX_HEAD_BYTES)
        .user_agent(concat!("extism-runtime/", env!("CARGO_PKG_VERSION")))
        .accept_encoding("identity")
        .max_idle_connections(0)
        .build()
}
