//! HTTP requests, which the host makes if it allows their hosts.
//!
//! ```no_run
//! # fn main() -> Result<(), extism_guest::Error> {
//! use extism_guest::http::{self, HttpRequest};
//!
//! let request = HttpRequest::new("https://example.com").with_header("accept", "application/json");
//! let response = http::request(&request, None::<&str>)?;
//! let value: serde_json::Value = response.json()?;
//! # Ok(())
//! # }
//! ```

use std::collections::BTreeMap;

use extism_codec::{Encode, Json};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Error,
    block::{self, Block},
    env,
};

/// A request without its body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HttpRequest {
    /// The URL.
    pub url: String,
    /// The method; `None` is `GET`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The headers.
    pub headers: BTreeMap<String, String>,
}

impl HttpRequest {
    /// Creates a `GET` request.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), method: None, headers: BTreeMap::new() }
    }

    /// Sets the method.
    #[must_use]
    pub fn with_method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Sets a header.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpResponse {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl HttpResponse {
    /// Returns the status code.
    #[must_use]
    pub fn status_code(&self) -> u16 {
        self.status
    }

    /// Returns the headers; their names are in lower case. Older hosts pass none on.
    #[must_use]
    pub fn headers(&self) -> &BTreeMap<String, String> {
        &self.headers
    }

    /// Returns a header's value.
    pub fn header(&self, name: impl AsRef<str>) -> Option<&str> {
        self.headers.get(name.as_ref()).map(String::as_str)
    }

    /// Returns the body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns the body.
    #[must_use]
    pub fn into_body(self) -> Vec<u8> {
        self.body
    }

    /// Decodes the body, which is JSON.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not JSON, or not that of a `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(Error::from)
    }
}

/// Makes a request. The host ends the call if it does not allow the request, or the request fails.
///
/// # Errors
///
/// Returns an error if the body cannot be encoded, or the host passes on headers that are not JSON.
pub fn request<T: Encode>(request: &HttpRequest, body: Option<T>) -> Result<HttpResponse, Error> {
    let request = block::encode(&Json(request))?;
    let body = body.map(|body| block::encode(&body)).transpose()?;
    let response = env::http_request(request.offset, body.map_or(0, |body| body.offset));
    let status = u16::try_from(env::http_status_code()).unwrap_or_default();
    let body = Block::at(response).map(Block::take).unwrap_or_default();
    let headers = Block::at(env::http_headers()).map(Block::take).filter(|headers| !headers.is_empty());
    let headers = headers.map(|headers| serde_json::from_slice(&headers)).transpose()?.unwrap_or_default();
    Ok(HttpResponse { status, headers, body })
}
