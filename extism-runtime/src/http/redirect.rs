//! Redirects, as in the fetch standard. When a download is redirected to another server, only those of the manifest's
//! headers that describe the wanted content are sent: any other may be a token (`PRIVATE-TOKEN`, `X-Api-Key`).

use ureq::http::{HeaderMap, Method, StatusCode, header};

use super::{HttpError, request::Outgoing};

/// Returns the request that a response redirects to, or `None` if it does not redirect.
pub(super) fn follow<'a>(
    request: &Outgoing<'a>,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<Option<Outgoing<'a>>, HttpError> {
    let Some(location) = headers.get(header::LOCATION).filter(|_| redirects(status)) else { return Ok(None) };
    let location = std::str::from_utf8(location.as_bytes())
        .map_err(|error| HttpError::Redirect { url: request.target.display_url(), message: error.to_string() })?;
    let mut next = Outgoing { target: request.target.join(location)?, ..request.clone() };
    if becomes_get(status, &request.method) {
        next.method = Method::GET;
        next.body = None;
        remove_all(
            &mut next.headers,
            &[header::CONTENT_ENCODING, header::CONTENT_LANGUAGE, header::CONTENT_LOCATION, header::CONTENT_TYPE],
        );
    }
    if !request.target.same_origin(&next.target) {
        if request.private {
            next.headers = public(&request.headers);
        }
        remove_all(&mut next.headers, &[header::AUTHORIZATION, header::COOKIE, header::PROXY_AUTHORIZATION]);
    }
    Ok(Some(next))
}

/// Returns the headers that only describe the wanted content.
fn public(headers: &HeaderMap) -> HeaderMap {
    const PUBLIC: [header::HeaderName; 5] =
        [header::ACCEPT, header::ACCEPT_LANGUAGE, header::CACHE_CONTROL, header::RANGE, header::USER_AGENT];
    let kept = headers.iter().filter(|(name, _)| PUBLIC.contains(name));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn redirects(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Returns whether the redirected request becomes a `GET` without a body.
fn becomes_get(status: StatusCode, method: &Method) -> bool {
    match status.as_u16() {
        301 | 302 => method == Method::POST,
        303 => method != Method::GET && method != Method::HEAD,
        _ => false,
    }
}

fn remove_all(headers: &mut HeaderMap, names: &[header::HeaderName]) {
    for name in names {
        headers.remove(name);
    }
}
