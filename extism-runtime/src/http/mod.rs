//! HTTP for plug-ins and for downloads, with everything bounded that the other side decides.
//!
//! A guest chooses the URL, and a server the answer; neither is trusted. So: only `http` and `https`; the
//! host must be allowed at every redirect, compared as the URL standard writes it (lower case, punycode, IP
//! addresses normalised, without user name and password), and what is compared is what is connected to;
//! redirects, the bytes of headers and body, and the time are limited; and whatever is waited for (a name, a
//! connection, a handshake, the answer) ends at the deadline and soon after a cancel. Bodies that
//! the server compressed are decoded under the same limits. Proxies in the environment aren't used: they would reach hosts in the plug-in's stead.

mod account;
mod allowed;
mod client;
mod connect;
mod decode;
mod error;
mod library;
mod redirect;
mod request;
mod response;
mod target;
mod transport;
mod wait;

#[cfg(test)]
mod tests;

pub use self::error::HttpError;
#[cfg(test)]
pub(crate) use self::target::Target;
pub(crate) use self::{
    account::Account,
    allowed::AllowedHosts,
    client::{HttpPolicy, send, send_with_progress},
    request::parse_request,
    wait::Cancelled,
};
