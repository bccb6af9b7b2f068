//! Reads a module's bytes from where the manifest says they are.

use std::path::Path;
#[cfg(feature = "http")]
use std::time::Instant;

use super::{LoadError, LoadOptions, content::Content, origin::Origin};
use crate::manifest::{HttpRequest, Wasm};
#[cfg(feature = "http")]
use crate::{
    http::{AllowedHosts, HttpError, HttpPolicy, send_with_progress},
    load::DownloadProgress,
};

/// Returns the bytes of a module. Of a long file that does not begin like one, the start may be all that is returned: enough to
/// say so, unless a hash is to be checked before.
pub(super) fn read(wasm: Wasm, origin: &Origin, options: &LoadOptions) -> Result<Vec<u8>, LoadError> {
    match wasm {
        Wasm::File { path, meta } => read_file(&path, meta.hash.is_some(), origin, options),
        Wasm::Data { data, .. } => of_limited_length(data, origin, options.max_module_bytes),
        Wasm::Url { req, .. } => download(&req, origin, options),
    }
}

fn read_file(path: &Path, whole: bool, origin: &Origin, options: &LoadOptions) -> Result<Vec<u8>, LoadError> {
    let limit = options.max_module_bytes;
    let is_wanted = |start: &[u8]| whole || Content::may_begin_a_module(start);
    let bytes = options.files.read_up_to_if(path, limit, is_wanted).map_err(|source| LoadError::File {
        module: origin.module.clone(),
        path: path.to_owned(),
        source,
    })?;
    bytes.ok_or_else(|| origin.too_large(limit))
}

/// Returns the bytes, if there are at most `limit`.
fn of_limited_length(bytes: Vec<u8>, origin: &Origin, limit: u64) -> Result<Vec<u8>, LoadError> {
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= limit) {
        Ok(bytes)
    } else {
        Err(origin.too_large(limit))
    }
}

#[cfg(not(feature = "http"))]
fn download(_: &HttpRequest, origin: &Origin, _: &LoadOptions) -> Result<Vec<u8>, LoadError> {
    Err(LoadError::HttpDisabled { module: origin.module.clone(), url: origin.place.clone() })
}

#[cfg(feature = "http")]
fn download(request: &HttpRequest, origin: &Origin, options: &LoadOptions) -> Result<Vec<u8>, LoadError> {
    let mut policy = HttpPolicy::new(&AllowedHosts::Any);
    policy.max_response_bytes = options.max_module_bytes;
    policy.client = options.client.as_ref();
    policy.private_headers = true;
    policy.deadline = Instant::now().checked_add(options.download_timeout);
    let mut progress = |received, total| {
        if let Some(on_progress) = &options.progress {
            on_progress(&DownloadProgress { module: &origin.module, url: &origin.place, received, total });
        }
    };
    let (module, url) = (origin.module.clone(), origin.place.clone());
    match send_with_progress(request, None, &policy, &mut progress) {
        Ok(response) if (200..300).contains(&response.status) => Ok(response.body),
        Ok(response) => Err(LoadError::Status { module, url, status: response.status }),
        Err(HttpError::TooLarge { limit, .. }) => Err(origin.too_large(limit)),
        Err(source) => Err(LoadError::Download { module, url, source: source.into() }),
    }
}
