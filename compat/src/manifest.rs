//! From the manifest that crates share to that of the runtime.

use extism_manifest::HttpRequest;
use extism_runtime::{self as rt, manifest};

use crate::{Error, Manifest, Wasm, WasmMetadata};

/// What no module has as its hash.
pub(crate) const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Returns whether a text is a SHA-256.
pub(crate) fn is_hash(text: &str) -> bool {
    text.len() == NO_HASH.len() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Returns the runtime's manifest.
pub(crate) fn to_runtime(manifest: &Manifest) -> Result<rt::Manifest, Error> {
    let modules: Vec<_> = manifest.wasm.iter().map(module).collect::<Result<_, _>>()?;
    let mut given = rt::Manifest::new(modules);
    given.memory.max_pages = manifest.memory.max_pages;
    given.memory.max_http_response_bytes = manifest.memory.max_http_response_bytes;
    given.memory.max_var_bytes = manifest.memory.max_var_bytes;
    given.config.clone_from(&manifest.config);
    // The runtime has one feature for downloads and requests.
    given.allowed_hosts = manifest.allowed_hosts.clone().filter(|_| cfg!(feature = "http"));
    given.allowed_paths.clone_from(&manifest.allowed_paths);
    given.timeout_ms = manifest.timeout_ms;
    Ok(given)
}

fn module(wasm: &Wasm) -> Result<rt::Wasm, Error> {
    Ok(match wasm {
        Wasm::File { .. } if cfg!(not(feature = "register-filesystem")) => {
            anyhow::bail!("File-based registration is disabled")
        }
        Wasm::Url { .. } if cfg!(not(feature = "register-http")) => anyhow::bail!("HTTP registration is disabled"),
        Wasm::File { path, meta } => rt::Wasm::file(path).with_meta(metadata(meta)),
        Wasm::Data { data, meta } => rt::Wasm::data(data.as_slice()).with_meta(metadata(meta)),
        Wasm::Url { req, meta } => rt::Wasm::http(request(req)).with_meta(metadata(meta)),
    })
}

fn metadata(meta: &WasmMetadata) -> manifest::WasmMetadata {
    let mut given = manifest::WasmMetadata::new();
    given.name.clone_from(&meta.name);
    // The official crate compares any text with the hash, where the runtime says that it is none.
    given.hash = meta.hash.as_ref().map(|hash| if is_hash(hash) { hash.clone() } else { NO_HASH.to_owned() });
    given
}

fn request(request: &HttpRequest) -> manifest::HttpRequest {
    let mut given = manifest::HttpRequest::new(&request.url);
    given.headers.clone_from(&request.headers);
    given.method.clone_from(&request.method);
    given
}
