//! Fetches modules and files.

use std::{fs::File, io::Read, path::Path, sync::Arc, thread, time::Duration};

use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, path::Path as ObjectPath};
use url::Url;

use crate::{
    policy::ExecutorPolicy,
    spec::{Location, ModuleRef},
};

/// How long an object store may take.
const ANSWER_TIME: Duration = Duration::from_mins(1);

/// Fetches a module's bytes; the error says why that fails.
pub(crate) fn module(module: &ModuleRef, policy: &ExecutorPolicy) -> Result<Bytes, String> {
    match &module.at {
        Location::Inline => Err("the plan came without it".to_owned()),
        Location::File(path) => file(path, policy.max_module_bytes),
        Location::Url(url) => url_bytes(url, policy.max_module_bytes, policy),
    }
}

/// Reads a file of at most `max_bytes` bytes.
pub(crate) fn file(path: &Path, max_bytes: u64) -> Result<Bytes, String> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes));
    match read {
        Err(error) => Err(error.to_string()),
        Ok(length) if length as u64 > max_bytes => Err(format!("it has more than {max_bytes} bytes")),
        Ok(_) => Ok(bytes.into()),
    }
}

/// Reads an object of at most `max_bytes` bytes from the store of its URL.
pub(crate) fn url_bytes(url: &str, max_bytes: u64, policy: &ExecutorPolicy) -> Result<Bytes, String> {
    let Place { store, path } = place(url, policy)?;
    wait(async move {
        let object = store.get(&path).await.map_err(|error| error.to_string())?;
        if object.meta.size > max_bytes {
            return Err(format!("it has {} bytes, more than {max_bytes}", object.meta.size));
        }
        object.bytes().await.map_err(|error| error.to_string())
    })
}

/// An object's place.
pub(crate) struct Place {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) path: ObjectPath,
}

/// Returns the place that a URL names in the process's object stores.
pub(crate) fn place(url: &str, policy: &ExecutorPolicy) -> Result<Place, String> {
    let url = Url::parse(url).map_err(|error| error.to_string())?;
    let store = policy.object_stores.get_store(&url);
    let store = store.map_err(|_| format!("this process has no object store for {}://", url.scheme()))?;
    let path = ObjectPath::from_url_path(url.path()).map_err(|error| error.to_string())?;
    Ok(Place { store, path })
}

/// Waits for a store's answer, for a minute at most. It waits on a thread of its own, so that it can be called from within
/// a task.
pub(crate) fn wait<T: Send>(answer: impl Future<Output = Result<T, String>> + Send) -> Result<T, String> {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let late = |_| Err(format!("no answer within {} seconds", ANSWER_TIME.as_secs()));
        let answer = async { tokio::time::timeout(ANSWER_TIME, answer).await.unwrap_or_else(late) };
        runtime.map_err(|error| error.to_string())?.block_on(answer)
    };
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("extism-fetch".to_owned()).spawn_scoped(scope, run);
        let answer = thread.map_err(|error| error.to_string())?.join();
        answer.unwrap_or_else(|_| Err("the object store panicked".to_owned()))
    })
}
