//! Converts the HTTP library's errors to this crate's. Separate from the error type, which the fuzz targets
//! compile without the library.

use std::io;

use super::{
    error::HttpError,
    target::Target,
    wait::{MAX_HEAD_BYTES, Wait},
};

impl HttpError {
    /// Converts the library's error.
    pub(super) fn of(error: ureq::Error, target: &Target, wait: &Wait) -> Self {
        if let Some(stop) = wait.stopped() {
            return Self::stopped(stop, target);
        }
        let url = target.display_url();
        match error {
            ureq::Error::LargeResponseHeader(..) => Self::HeadTooLarge { url, limit: MAX_HEAD_BYTES },
            // The TLS library's errors arrive like this.
            ureq::Error::Io(source) if target.is_https() && source.kind() == io::ErrorKind::InvalidData => {
                Self::Tls { url, message: source.to_string() }
            }
            ureq::Error::Io(source) if source.kind() == io::ErrorKind::UnexpectedEof => {
                Self::Protocol { url, message: "it ends prematurely".to_owned() }
            }
            ureq::Error::Io(source) => Self::Io { url, source },
            ureq::Error::Tls(message) => Self::Tls { url, message: message.to_owned() },
            ureq::Error::Rustls(error) => Self::Tls { url, message: error.to_string() },
            // The error's own text would be the whole URL.
            ureq::Error::BadUri(_) => Self::Protocol { url, message: "the URL is not supported".to_owned() },
            other => Self::Protocol { url, message: other.to_string() },
        }
    }
}
