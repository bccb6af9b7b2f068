//! Plug-ins that cannot be compared, because they do not say what they are.

use crate::{Description, DescriptionError, Interface, SECTION};

/// Why a host refuses what a plug-in says of itself without comparing it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The host requires a section, and there is none.
    #[error(
        "it does not describe itself, which the interface requires: it has no section `{SECTION}`, which \
         `extism-call stamp` writes"
    )]
    NoSection,
    /// The section is wrong.
    #[error("its section `{SECTION}` cannot be read: {0}; `extism-call stamp` writes it again")]
    Unreadable(DescriptionError),
}

/// Returns what a host is to compare with its interface; `None` if there is nothing. `found` is what
/// [`Description::from_module`] returned. What a version newer than this one wrote is not known, and therefore not compared.
///
/// # Errors
///
/// Returns an error if the section cannot be read, or if there is none and the host requires one.
pub fn described<'d>(
    host: &Interface,
    found: Result<Option<&'d Description>, &DescriptionError>,
) -> Result<Option<&'d Description>, Refused> {
    match found {
        Ok(None) if host.require_section => Err(Refused::NoSection),
        Err(DescriptionError::Newer { .. }) if !host.require_section => Ok(None),
        Err(error) => Err(Refused::Unreadable(error.clone())),
        Ok(description) => Ok(description),
    }
}
