//! The files of table functions.

use bytes::Bytes;

use super::PluginTableScan;
use crate::{
    FunctionError, fetch,
    grant::{Named, Refusal},
};

/// Reads the file that is the first argument, if the policy grants it.
pub(super) fn content(scan: &PluginTableScan) -> Result<Bytes, FunctionError> {
    let policy = scan.modules().policy();
    let granted =
        Named::url_or_path(name(scan)).map_err(Refusal::Because).and_then(|named| named.granted_by(&policy.files));
    let read = granted
        .map_err(|refusal| match refusal {
            Refusal::NotGranted => "the process's policy does not grant it (`ExecutorPolicy::with_files`)".to_owned(),
            Refusal::Because(reason) => reason,
        })
        .and_then(|named| fetch::named_bytes(&named, policy.max_file_bytes, policy));
    read.map_err(|reason| unread(scan, reason))
}

/// Why there are no rows.
#[cold]
pub(super) fn unread(scan: &PluginTableScan, reason: String) -> FunctionError {
    FunctionError::File { function: scan.spec().name.clone(), file: name(scan).to_owned(), reason }
}

/// The path or URL of the file.
fn name(scan: &PluginTableScan) -> &str {
    scan.args().first().and_then(|file| file.try_as_str().flatten()).unwrap_or_default()
}
