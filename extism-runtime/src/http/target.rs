//! The URL of a request, parsed according to the URL standard.

use url::{Host, Url};

use super::HttpError;
use crate::display;

/// Maximum bytes of a host. Names have at most 253, plus a dot.
const MAX_HOST: usize = 254;

/// The destination of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target(Url);

impl Target {
    /// Parses the URL of a request.
    pub(crate) fn parse(text: &str) -> Result<Self, HttpError> {
        let url = Url::parse(text).map_err(|error| HttpError::Url {
            url: display::name(&display::url(text)).to_string(),
            message: error.to_string(),
        })?;
        Self::of(url)
    }

    /// Parses the URL of a redirect, which may be relative to this one.
    pub(super) fn join(&self, location: &str) -> Result<Self, HttpError> {
        let url = self
            .0
            .join(location)
            .map_err(|error| HttpError::Redirect { url: self.display_url(), message: error.to_string() })?;
        Self::of(url)
    }

    fn of(url: Url) -> Result<Self, HttpError> {
        // The host is compared with patterns, in more than linear time, and resolved.
        if url.host_str().is_some_and(|host| host.len() > MAX_HOST) {
            let url = display::name(&display::url(url.as_str())).to_string();
            return Err(HttpError::Url { url, message: format!("its host is longer than {MAX_HOST} bytes") });
        }
        match url.scheme() {
            "http" | "https" => Ok(Self(url)),
            scheme => Err(HttpError::Scheme { scheme: display::name(scheme).to_string() }),
        }
    }

    /// Returns the host: a name in lower case and punycode, or an address (IPv6 in brackets).
    pub(crate) fn host_str(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Returns the parsed host.
    pub(super) fn host(&self) -> Option<Host<&str>> {
        self.0.host()
    }

    /// Returns the port, or the scheme's default.
    pub(super) fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(0)
    }

    /// Returns whether the connection must be secured.
    pub(super) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Returns the host, with the port if it is not the scheme's default.
    pub(super) fn authority(&self) -> String {
        match self.0.port() {
            Some(port) => format!("{}:{port}", self.host_str()),
            None => self.host_str().to_owned(),
        }
    }

    /// Returns whether scheme, host and port are the same.
    pub(super) fn same_origin(&self, other: &Self) -> bool {
        self.0.origin() == other.0.origin()
    }

    /// Returns the user name and password in the URL, decoded and separated by a colon, if there are any.
    pub(super) fn credentials(&self) -> Option<Vec<u8>> {
        let (user, password) = (self.0.username(), self.0.password());
        if user.is_empty() && password.is_none() {
            return None;
        }
        let mut credentials = percent_decode(user);
        credentials.push(b':');
        credentials.extend(percent_decode(password.unwrap_or_default()));
        Some(credentials)
    }

    /// Returns the URL for sending: without user name, password and fragment.
    pub(super) fn wire(&self) -> String {
        let mut url = self.0.clone();
        // Neither call fails for a URL with a host, and URLs without one are refused earlier.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_fragment(None);
        url.into()
    }

    /// Returns the URL for messages: scheme, host and path, truncated if very long.
    pub(super) fn display_url(&self) -> String {
        display::name(&format!("{}://{}{}", self.0.scheme(), self.authority(), self.0.path())).to_string()
    }

    /// Returns the URL for messages as it was written in `asked`, unless that has parts that may be secret.
    pub(super) fn display_asked(&self, asked: &str) -> String {
        let may_be_secret = asked.contains(['@', '?', '#']);
        if may_be_secret { self.display_url() } else { display::name(asked).to_string() }
    }

    /// Returns the host for messages.
    pub(super) fn display_authority(&self) -> String {
        display::name(&self.authority()).to_string()
    }
}

/// Decodes `%XX` sequences to bytes; leaves everything else as it is.
fn percent_decode(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digit = |at: usize| after.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        let byte = match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => u8::try_from(high * 16 + low).ok(),
            _ => None,
        };
        out.push(byte.unwrap_or(*first));
        rest = after.get(if byte.is_some() { 2 } else { 0 }..).unwrap_or_default();
    }
    out
}
