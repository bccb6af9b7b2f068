//! Fetches modules and files.

use std::{fs::File, io::Read, path::Path};

use bytes::Bytes;

use crate::{
    policy::ExecutorPolicy,
    spec::{Location, ModuleRef},
};

/// Fetches a module's bytes; the error says why that fails.
pub(crate) fn module(module: &ModuleRef, policy: &ExecutorPolicy) -> Result<Bytes, String> {
    match &module.at {
        Location::Inline => Err("the plan came without it".to_owned()),
        Location::File(path) => file(path, policy.max_module_bytes),
        Location::Url(url) => url_bytes(url, policy.max_module_bytes, policy),
    }
}

/// Reads a file of at most so many bytes.
pub(crate) fn file(path: &Path, max_bytes: u64) -> Result<Bytes, String> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes));
    match read {
        Err(error) => Err(error.to_string()),
        Ok(length) if length as u64 > max_bytes => Err(format!("it has more than {max_bytes} bytes")),
        Ok(_) => Ok(bytes.into()),
    }
}

/// Reads an object of at most so many bytes from the store of its URL. It waits on a thread of its own, so that it can be
/// called from within a task.
pub(crate) fn url_bytes(url: &str, max_bytes: u64, policy: &ExecutorPolicy) -> Result<Bytes, String> {
    let _ = (url, max_bytes, policy);
    Err("not implemented".to_owned())
}
