//! HTTP for plug-ins and for downloads, with limits on everything that the other side determines.
//!
//! A guest chooses the URL, and a server the response; neither is trusted. So: only `http` and `https` are allowed; the
//! host is checked at every redirect, in the URL standard's form (lower case, punycode, normalized IP addresses,
//! without user name and password), and the checked host is the one connected to; redirects, the bytes of headers and
//! body, and the time are limited; and every wait (for a name, a connection, a handshake, the response) ends at the
//! deadline and soon after a cancellation. Compressed bodies are decoded under the same limits. Proxies in environment
//! variables are not used: they would connect to hosts in the plug-in's place.

mod account;
mod address;
mod allowed;
mod client;
mod connect;
mod decode;
mod delegate;
mod error;
mod http_client;
mod library;
mod redirect;
mod request;
mod response;
mod target;
mod transport;
mod wait;

#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use self::target::Target;
pub(crate) use self::{
    account::Account,
    address::{AddressRule, any_address, is_public},
    allowed::AllowedHosts,
    client::{HttpPolicy, send, send_with_progress},
    request::parse_request,
    wait::Cancelled,
};
pub use self::{
    error::HttpError,
    http_client::{ClientRequest, ClientResponse, HttpClient},
};
