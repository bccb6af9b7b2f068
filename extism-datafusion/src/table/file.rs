//! The files of table functions.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use url::Url;

use super::PluginTableScan;
use crate::{FunctionError, fetch, policy::ExecutorPolicy};

/// Reads the file that is the first argument, if the policy grants it.
pub(super) fn content(scan: &PluginTableScan) -> Result<Bytes, FunctionError> {
    let file = scan.args().first().and_then(|file| file.try_as_str().flatten()).unwrap_or_default();
    let policy = scan.modules().policy();
    let read = match Url::parse(file) {
        Ok(url) if file.contains("://") && url.scheme() == "file" => url
            .to_file_path()
            .map_err(|()| "it is no path of this machine".to_owned())
            .and_then(|path| local(&path, policy)),
        Ok(url) if file.contains("://") => remote(&url, policy),
        _ => local(Path::new(file), policy),
    };
    let function = || scan.spec().name.clone();
    read.map_err(|reason| FunctionError::File { function: function(), file: file.to_owned(), reason })
}

/// The path is followed to its end before it is compared, so that no link leads out of a granted directory.
fn local(path: &Path, policy: &ExecutorPolicy) -> Result<Bytes, String> {
    let granted: Vec<PathBuf> = policy
        .files
        .iter()
        .filter(|granted| !granted.contains("://"))
        .filter_map(|granted| Path::new(granted).canonicalize().ok())
        .collect();
    if granted.is_empty() {
        return Err(refused());
    }
    let real = path.canonicalize().map_err(|error| error.to_string());
    match real {
        Ok(real) if granted.iter().any(|granted| real.starts_with(granted)) => {
            fetch::file(&real, policy.max_file_bytes)
        }
        // Whether another file exists is nobody's business.
        Ok(_) => Err(refused()),
        Err(_) if !path.is_relative() && !granted.iter().any(|granted| path.starts_with(granted)) => Err(refused()),
        Err(error) => Err(error),
    }
}

fn remote(url: &Url, policy: &ExecutorPolicy) -> Result<Bytes, String> {
    let is_granted = policy.files.iter().filter_map(|granted| Url::parse(granted).ok()).any(|granted| {
        let directory = granted.path().trim_end_matches('/');
        let same_store = (url.scheme(), url.host(), url.port()) == (granted.scheme(), granted.host(), granted.port());
        same_store && url.path().strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    if !is_granted {
        return Err(refused());
    }
    fetch::url_bytes(url.as_str(), policy.max_file_bytes, policy)
}

fn refused() -> String {
    "the process's policy does not grant it (`ExecutorPolicy::with_files`)".to_owned()
}
