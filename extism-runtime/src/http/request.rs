//! Checks the guest's request and prepares it for sending.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use super::{HttpError, target::Target};
use crate::{display, manifest::HttpRequest};

/// Headers about the connection and the framing of the message, which the client writes itself. A guest's values are
/// dropped: framing that does not match the body would let it smuggle a second request.
const OWN: [HeaderName; 9] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::EXPECT,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Maximum bytes of a request without its body: parsing splits it into many small pieces that take several times as
/// much memory, and servers accept far less in a URL and headers.
const MAX_REQUEST: usize = 1 << 20;

/// The request as guests write it.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct GuestRequest {
    url: String,
    /// Old PDKs call it `header`; some write `null` if there are none.
    #[serde(default, alias = "header")]
    headers: Option<BTreeMap<String, String>>,
    #[serde(default)]
    method: Option<String>,
}

/// Parses the JSON that a guest passes to `http_request`.
///
/// # Errors
/// Returns [`HttpError::Request`] if it is invalid.
pub(crate) fn parse_request(json: &[u8]) -> Result<HttpRequest, HttpError> {
    if json.len() > MAX_REQUEST {
        return Err(HttpError::Request { message: format!("it is longer than {MAX_REQUEST} bytes") });
    }
    let request: GuestRequest = serde_json::from_slice(json).map_err(|error| HttpError::Request {
        message: display::name(&display::without_values(&error.to_string())).to_string(),
    })?;
    Ok(HttpRequest { url: request.url, headers: request.headers.unwrap_or_default(), method: request.method })
}

/// A request that can be sent, and sent again after a redirect.
#[derive(Clone, Debug)]
pub(super) struct Outgoing<'a> {
    pub(super) target: Target,
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<&'a [u8]>,
    /// Whether its headers may be sent to its own server only.
    pub(super) private: bool,
}

impl<'a> Outgoing<'a> {
    /// Checks a request.
    pub(super) fn new(request: &HttpRequest, body: Option<&'a [u8]>) -> Result<Self, HttpError> {
        let target = Target::parse(&request.url)?;
        let method = method(request.method.as_deref().unwrap_or("GET"))?;
        let mut headers = headers(&request.headers, &target)?;
        if let Some(credentials) = target.credentials()
            && !headers.contains_key(header::AUTHORIZATION)
        {
            let value = format!("Basic {}", STANDARD.encode(credentials));
            let value = header_value(&header::AUTHORIZATION, &value)?;
            headers.insert(header::AUTHORIZATION, value);
        }
        Ok(Self { target, method, headers, body, private: false })
    }
}

/// Accepts any method that is a token, in upper case. `CONNECT` is refused, as it creates a tunnel.
fn method(text: &str) -> Result<Method, HttpError> {
    let method = Method::from_bytes(text.to_ascii_uppercase().as_bytes()).ok();
    let method = method.filter(|method| method != Method::CONNECT);
    method.ok_or_else(|| HttpError::Method { method: text.chars().take(100).collect() })
}

fn headers(given: &BTreeMap<String, String>, target: &Target) -> Result<HeaderMap, HttpError> {
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        let wrong =
            |message: &str| HttpError::Header { name: display::name(name).to_string(), message: message.to_owned() };
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong("the name is invalid"))?;
        if name == header::HOST && !value.eq_ignore_ascii_case(&target.authority()) {
            return Err(wrong("the URL determines the host; remove the header"));
        }
        if name == header::HOST || OWN.contains(&name) {
            continue;
        }
        let value = header_value(&name, value)?;
        headers.try_append(name, value).map_err(|_| wrong("there are too many headers"))?;
    }
    Ok(headers)
}

fn header_value(name: &HeaderName, value: &str) -> Result<HeaderValue, HttpError> {
    HeaderValue::from_str(value).map_err(|_| HttpError::Header {
        name: name.to_string(),
        message: "its value contains a character that is not allowed in headers".to_owned(),
    })
}
