//! Fetches modules and files.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
    sync::Arc,
    thread,
    time::Duration,
};

use bytes::Bytes;
use futures::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, path::Path as ObjectPath};
use url::Url;

use crate::{
    grant::{Named, Refusal},
    modules::hex,
    policy::ExecutorPolicy,
    spec::{Location, ModuleRef},
};

/// How long an object store may take.
const ANSWER_TIME: Duration = Duration::from_mins(1);

/// Fetches the bytes of a module that a plan names, if the policy grants its place; the error says why that fails.
pub(crate) fn module(module: &ModuleRef, policy: &ExecutorPolicy) -> Result<Bytes, String> {
    let named = match &module.at {
        Location::Inline => return Err("the plan came without it".to_owned()),
        Location::File(path) => Named::File(path.clone()),
        Location::Url(url) => Named::url(url)?,
    };
    // Who names an object by the hash of its content knows the content.
    let by_hash =
        matches!(module.at, Location::Url(_)) && named.name() == Some(&*format!("{}.wasm", hex(&module.sha256)));
    let named = if by_hash { Ok(named) } else { named.granted_by(&policy.modules_from) };
    let named = named.map_err(|refusal| match refusal {
        Refusal::NotGranted => {
            "the policy of this process grants no modules from there (`ExecutorPolicy::with_modules_from`)".to_owned()
        }
        Refusal::Because(reason) => reason,
    })?;
    named_bytes(&named, policy.max_module_bytes, policy)
}

/// Reads a file, or an object of the process's stores, of at most `max_bytes` bytes.
pub(crate) fn named_bytes(named: &Named, max_bytes: u64, policy: &ExecutorPolicy) -> Result<Bytes, String> {
    match named {
        Named::File(path) => file(path, max_bytes).map_err(|error| error.to_string()),
        Named::Object(url) => object(url, max_bytes, policy),
    }
}

/// Reads a regular file of at most `max_bytes` bytes.
fn file(path: &Path, max_bytes: u64) -> io::Result<Bytes> {
    // Before it is opened, as opening a device can have an effect; and after it, as the file may be another one by then.
    regular(&fs::metadata(path)?)?;
    let file = open(path)?;
    let metadata = file.metadata()?;
    regular(&metadata)?;
    let too_large = || io::Error::other(format!("it has more than {max_bytes} bytes"));
    if metadata.len() > max_bytes {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    file.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max_bytes { Err(too_large()) } else { Ok(bytes.into()) }
}

fn regular(metadata: &fs::Metadata) -> io::Result<()> {
    if metadata.is_file() { Ok(()) } else { Err(io::Error::other("it is not a regular file")) }
}

/// Opens a file, and waits for nobody at the other end of it.
fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.open(path)
}

/// Reads an object of at most `max_bytes` bytes from the store of its URL.
fn object(url: &Url, max_bytes: u64, policy: &ExecutorPolicy) -> Result<Bytes, String> {
    let Place { store, path } = place(url, policy)?;
    wait(async move {
        let object = store.get(&path).await.map_err(|error| error.to_string())?;
        let too_large = || format!("it has more than {max_bytes} bytes");
        if object.meta.size > max_bytes {
            return Err(too_large());
        }
        // A store may send more than it says.
        let (mut parts, mut bytes) = (object.into_stream(), Vec::new());
        while let Some(part) = parts.try_next().await.map_err(|error| error.to_string())? {
            if (bytes.len() + part.len()) as u64 > max_bytes {
                return Err(too_large());
            }
            bytes.extend_from_slice(&part);
        }
        Ok(bytes.into())
    })
}

/// An object's place.
pub(crate) struct Place {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) path: ObjectPath,
}

/// Returns the place that a URL names in the process's object stores.
pub(crate) fn place(url: &Url, policy: &ExecutorPolicy) -> Result<Place, String> {
    let store = policy.object_stores.get_store(url);
    let store = store.map_err(|_| format!("this process has no object store for {}://", url.scheme()))?;
    let path = ObjectPath::from_url_path(url.path()).map_err(|error| error.to_string())?;
    Ok(Place { store, path })
}

/// Waits for a store's answer, for a minute at most. It waits on a thread of its own, so that it can be called from within
/// a task.
pub(crate) fn wait<T: Send>(answer: impl Future<Output = Result<T, String>> + Send) -> Result<T, String> {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        let late = |_| Err(format!("no answer within {} seconds", ANSWER_TIME.as_secs()));
        let answer = async { tokio::time::timeout(ANSWER_TIME, answer).await.unwrap_or_else(late) };
        let answer = runtime.block_on(answer);
        // Dropping it would wait for what a store still does on other threads.
        runtime.shutdown_background();
        answer
    };
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("extism-fetch".to_owned()).spawn_scoped(scope, run);
        let answer = thread.map_err(|error| error.to_string())?.join();
        answer.unwrap_or_else(|_| Err("the object store panicked".to_owned()))
    })
}

#[cfg(all(test, unix))]
mod tests {
    use std::{process::Command, sync::mpsc};

    use super::*;

    #[test]
    fn only_regular_files_are_opened() {
        let directory = tempfile::tempdir().unwrap();
        let pipe = directory.path().join("pipe.wasm");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for path in [&pipe, Path::new("/dev/zero"), directory.path()] {
            let (path, (done, read)) = (path.to_owned(), mpsc::channel());
            let shown = path.display().to_string();
            // Nobody writes to the pipe.
            thread::spawn(move || done.send(file(&path, 100).map_err(|error| error.to_string())));
            let read = read.recv_timeout(Duration::from_mins(1)).expect("it ends");
            assert_eq!(read.unwrap_err(), "it is not a regular file", "{shown}");
        }
    }

    #[test]
    fn a_pipe_that_takes_the_place_of_a_file_is_not_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let pipe = directory.path().join("pipe.wasm");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let (done, opened) = mpsc::channel();
        thread::spawn(move || done.send(open(&pipe).map(|_| ())));
        opened.recv_timeout(Duration::from_mins(1)).expect("it ends").expect("it can be opened");
    }

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        fs::write(&path, [7; 100]).unwrap();
        assert_eq!(file(&path, 100).unwrap(), [7; 100].as_slice());
        assert_eq!(file(&path, 99).unwrap_err().to_string(), "it has more than 99 bytes");
    }
}
