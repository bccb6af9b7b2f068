//! Sending a request.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use ureq::{
    Agent, Body,
    http::{Method, Request, Response, Uri},
    unversioned::transport::{Connector as _, RustlsConnector},
};

use super::{
    AllowedHosts, Cancelled, HttpError,
    connect::connect,
    redirect,
    request::Outgoing,
    response::{HttpResponse, OnBytes, receive},
    target::Target,
    transport::{Connected, Resolved},
    wait::{MAX_HEAD_BYTES, Wait},
};
use crate::manifest::HttpRequest;

/// The time that a request may take when the call has no deadline.
const MAX_TIME: Duration = Duration::from_mins(10);

/// What a request may do.
#[derive(Clone)]
pub(crate) struct HttpPolicy<'a> {
    /// The hosts that may be reached, also by redirects.
    pub(crate) allowed: &'a AllowedHosts,
    /// The most bytes of the response's body.
    pub(crate) max_response_bytes: u64,
    /// How many redirects are followed.
    pub(crate) max_redirects: u32,
    /// When the request must be over; `None` gives it ten minutes.
    pub(crate) deadline: Option<Instant>,
    /// Asked again and again whether the request should end.
    pub(crate) cancelled: Cancelled,
}

impl<'a> HttpPolicy<'a> {
    /// The official runtime's limits: 50 MiB and 10 redirects.
    pub(crate) fn new(allowed: &'a AllowedHosts) -> Self {
        Self {
            allowed,
            max_response_bytes: 50 * 1024 * 1024,
            max_redirects: 10,
            deadline: None,
            cancelled: Arc::new(|| false),
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
/// [`HttpError`]; a response with any status is none.
pub(crate) fn send(
    request: &HttpRequest,
    body: Option<&[u8]>,
    policy: &HttpPolicy<'_>,
) -> Result<HttpResponse, HttpError> {
    send_with_progress(request, body, policy, &mut |_, _| {})
}

/// Sends a request and tells how much of the response has come: at the start, and after each piece.
///
/// # Errors
/// [`HttpError`]; a response with any status is none.
pub(crate) fn send_with_progress(
    request: &HttpRequest,
    body: Option<&[u8]>,
    policy: &HttpPolicy<'_>,
    progress: OnBytes<'_>,
) -> Result<HttpResponse, HttpError> {
    let deadline = policy.deadline.unwrap_or_else(|| Instant::now() + MAX_TIME);
    let wait = Arc::new(Wait::new(deadline, Arc::clone(&policy.cancelled)));
    let mut request = Outgoing::new(request, body)?;
    check_allowed(policy.allowed, &request.target, None)?;
    for _ in 0..=policy.max_redirects {
        let response = exchange(&request, &wait)?;
        let Some(next) = redirect::follow(&request, response.status(), response.headers())? else {
            return receive(response, &request.target, policy.max_response_bytes, &wait, progress);
        };
        check_allowed(policy.allowed, &next.target, Some(&request.target))?;
        request = next;
    }
    Err(HttpError::TooManyRedirects { url: request.target.shown(), limit: policy.max_redirects })
}

fn check_allowed(allowed: &AllowedHosts, target: &Target, from: Option<&Target>) -> Result<(), HttpError> {
    if allowed.allow(target) {
        Ok(())
    } else {
        Err(HttpError::NotAllowed { host: target.shown_authority(), from: from.map(Target::shown) })
    }
}

/// Sends one request and reads the head of the response.
fn exchange(request: &Outgoing<'_>, wait: &Arc<Wait>) -> Result<Response<Body>, HttpError> {
    let target = &request.target;
    let uri = uri_of(target)?;
    let stream = connect(target, wait)?;
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
    Ok(response)
}

/// The URI that is sent. It must name the host that was checked, however differently it is parsed.
fn uri_of(target: &Target) -> Result<Uri, HttpError> {
    let wrong = |message: String| HttpError::Url { url: target.shown(), message };
    let uri: Uri = target.wire().parse().map_err(|error| wrong(format!("{error}")))?;
    if uri.host() == Some(target.host_str()) { Ok(uri) } else { Err(wrong("its host is ambiguous".to_owned())) }
}

/// The body of a request that has none but whose method means one: servers want to read its length.
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
