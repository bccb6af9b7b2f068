#![allow(missing_docs)]
#[derive(Debug, thiserror::Error)] #[error("load")] pub struct LoadError;
#[derive(Debug)] pub struct Source;
impl<T: AsRef<std::path::Path>> From<T> for Source { fn from(_: T) -> Self { Source } }
