#![allow(missing_docs)]
#[derive(Debug, thiserror::Error)] #[error("manifest")] pub struct ManifestError;
