//! The URL of a request, as the URL standard reads it.

use url::{Host, Url};

use super::HttpError;
use crate::shown;

/// Bytes of the longest host. Names have at most 253, and a dot.
const MAX_HOST: usize = 254;

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target(Url);

impl Target {
    /// Reads the URL of a request.
    pub(crate) fn parse(text: &str) -> Result<Self, HttpError> {
        let url = Url::parse(text).map_err(|error| HttpError::Url {
            url: shown::name(&shown::url(text)).to_string(),
            message: error.to_string(),
        })?;
        Self::of(url)
    }

    /// Reads the URL of a redirect, which may be relative to this one.
    pub(super) fn join(&self, location: &str) -> Result<Self, HttpError> {
        let url = self
            .0
            .join(location)
            .map_err(|error| HttpError::Redirect { url: self.shown(), message: error.to_string() })?;
        Self::of(url)
    }

    fn of(url: Url) -> Result<Self, HttpError> {
        // It is compared with patterns, which takes more than linear time, and looked up.
        if url.host_str().is_some_and(|host| host.len() > MAX_HOST) {
            let url = shown::name(&shown::url(url.as_str())).to_string();
            return Err(HttpError::Url { url, message: format!("its host is longer than {MAX_HOST} bytes") });
        }
        match url.scheme() {
            "http" | "https" => Ok(Self(url)),
            scheme => Err(HttpError::Scheme { scheme: shown::name(scheme).to_string() }),
        }
    }

    /// The host: a name in lower case and punycode, or an address (IPv6 in brackets).
    pub(crate) fn host_str(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The host, taken apart.
    pub(super) fn host(&self) -> Option<Host<&str>> {
        self.0.host()
    }

    /// The port, be it the scheme's.
    pub(super) fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(0)
    }

    /// Whether the connection is to be secured.
    pub(super) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The host, with the port if it isn't the scheme's.
    pub(super) fn authority(&self) -> String {
        match self.0.port() {
            Some(port) => format!("{}:{port}", self.host_str()),
            None => self.host_str().to_owned(),
        }
    }

    /// Whether scheme, host and port are the same.
    pub(super) fn same_origin(&self, other: &Self) -> bool {
        self.0.origin() == other.0.origin()
    }

    /// The user name and password in the URL, decoded and with a colon between, if there are any.
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

    /// What is sent: the URL without user name, password and fragment.
    pub(super) fn wire(&self) -> String {
        let mut url = self.0.clone();
        // Neither fails for a URL that has a host, and others don't get here.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_fragment(None);
        url.into()
    }

    /// What messages show: scheme, host and path, cut where they are very long.
    pub(super) fn shown(&self) -> String {
        shown::name(&format!("{}://{}{}", self.0.scheme(), self.authority(), self.0.path())).to_string()
    }

    /// What messages show of the host.
    pub(super) fn shown_authority(&self) -> String {
        shown::name(&self.authority()).to_string()
    }
}

/// The bytes that `%XX` stands for; what isn't of this form stays.
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
