//! Modules in an object store, by their hashes.

use bytes::Bytes;
use object_store::ObjectStoreExt;
use url::Url;

use crate::{ExecutorPolicy, fetch, modules::hex};

/// Returns where a module is in a module store.
pub(super) fn url(store: &str, sha256: &[u8; 32]) -> String {
    format!("{}/{}.wasm", store.trim_end_matches('/'), hex(sha256))
}

/// Puts a module there, unless there is one of its size. Who fetches it checks the hash.
pub(super) fn put(url: &str, bytes: Bytes, policy: &ExecutorPolicy) -> Result<(), String> {
    let url = Url::parse(url).map_err(|error| error.to_string())?;
    let place = fetch::place(&url, policy)?;
    fetch::wait(async move {
        match place.store.head(&place.path).await {
            Ok(there) if there.size == bytes.len() as u64 => Ok(()),
            _ => place.store.put(&place.path, bytes.into()).await.map(|_| ()).map_err(|error| error.to_string()),
        }
    })
}
