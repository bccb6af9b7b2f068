//! The SHA-256 hashes of modules.

use sha2::{Digest as _, Sha256};

use super::{LoadError, origin::Origin};
use crate::manifest::{WasmMetadata, parse_sha256};

/// Returns the module's expected hash, if the manifest has one.
pub(super) fn expected(meta: &WasmMetadata, origin: &Origin) -> Result<Option<[u8; 32]>, LoadError> {
    let Some(text) = &meta.hash else { return Ok(None) };
    let hash = parse_sha256(text);
    hash.map(Some).ok_or_else(|| LoadError::HashFormat { module: origin.module.clone(), hash: text.clone() })
}

/// Returns the hash of the bytes; an error if another one is expected.
pub(super) fn check(bytes: &[u8], expected: Option<[u8; 32]>, origin: &Origin) -> Result<[u8; 32], LoadError> {
    let actual = sha256(bytes);
    match expected {
        Some(expected) if expected != actual => Err(LoadError::HashMismatch {
            module: origin.module.clone(),
            origin: origin.place.clone(),
            expected: hex(&expected),
            actual: hex(&actual),
        }),
        _ => Ok(actual),
    }
}

/// Returns the SHA-256 of some bytes.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Returns bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('?');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
