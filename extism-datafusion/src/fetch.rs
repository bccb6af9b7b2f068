//! Fetches modules and files.

use std::{fs::File, io::Read, path::Path, thread};

use bytes::Bytes;
use futures::StreamExt;
use object_store::{ObjectStoreExt, path::Path as ObjectPath};
use url::Url;

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
        Ok(length) if length as u64 > max_bytes => Err(too_large(max_bytes)),
        Ok(_) => Ok(bytes.into()),
    }
}

/// Reads an object of at most so many bytes from the store of its URL. It waits on a thread of its own, so that it can be
/// called from within a task.
pub(crate) fn url_bytes(url: &str, max_bytes: u64, policy: &ExecutorPolicy) -> Result<Bytes, String> {
    let fetch = || -> Result<Bytes, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map_err(|error| error.to_string())?.block_on(object(url, max_bytes, policy))
    };
    thread::scope(|scope| scope.spawn(fetch).join()).unwrap_or_else(|_| Err("the object store panicked".to_owned()))
}

/// Reads an object of at most so many bytes from the store of its URL.
pub(crate) async fn object(url: &str, max_bytes: u64, policy: &ExecutorPolicy) -> Result<Bytes, String> {
    let parsed = Url::parse(url).map_err(|error| error.to_string())?;
    let store = policy.object_stores.get_store(&parsed).map_err(|error| error.strip_backtrace())?;
    let path = ObjectPath::from_url_path(parsed.path()).map_err(|error| error.to_string())?;
    let found = store.get(&path).await.map_err(|error| error.to_string())?;
    if found.meta.size > max_bytes {
        return Err(too_large(max_bytes));
    }
    let mut bytes = Vec::new();
    let mut pieces = found.into_stream();
    while let Some(piece) = pieces.next().await {
        bytes.extend_from_slice(&piece.map_err(|error| error.to_string())?);
        if bytes.len() as u64 > max_bytes {
            return Err(too_large(max_bytes));
        }
    }
    Ok(bytes.into())
}

fn too_large(max_bytes: u64) -> String {
    format!("it has more than {max_bytes} bytes")
}
