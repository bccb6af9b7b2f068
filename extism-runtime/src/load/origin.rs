//! Where a module comes from, for messages.

use super::LoadError;
use crate::manifest::Wasm;

/// How messages refer to a module.
#[derive(Debug)]
pub(super) struct Origin {
    /// The module's name.
    pub(super) module: String,
    /// Its origin.
    pub(super) place: String,
}

impl Origin {
    /// Returns the origin of `wasm`, named `name`.
    pub(super) fn of(wasm: &Wasm, name: &str) -> Self {
        let place = match wasm {
            Wasm::File { path, .. } => path.display().to_string(),
            Wasm::Data { .. } => "memory".to_owned(),
            Wasm::Url { req, .. } => req.shown_url(),
        };
        Self { module: name.to_owned(), place }
    }

    /// Returns the error that the module is larger than `limit` bytes.
    pub(super) fn too_large(&self, limit: u64) -> LoadError {
        LoadError::TooLarge { module: self.module.clone(), origin: self.place.clone(), limit }
    }
}
