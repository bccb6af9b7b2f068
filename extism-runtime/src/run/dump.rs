//! Writes files that help to find out why a call failed.

use wasmtime::WasmCoreDump;

use super::Live;
use crate::{places::PrivateFile, settings::Settings};

/// Writes the configured dumps after a failed call. A failure to write them does not affect the call.
pub(super) fn dump(live: &mut Live, settings: &Settings, error: &wasmtime::Error) {
    if let (Some(file), Some(dump)) = (&settings.coredump, error.downcast_ref::<WasmCoreDump>()) {
        write(file, &dump.serialize(&mut live.store, &settings.name), "core dump");
    }
    if let Some(file) = &settings.memdump {
        write(file, live.kernel.data(&live.store), "memory dump");
    }
}

fn write(file: &PrivateFile, bytes: &[u8], what: &str) {
    let path = file.path().display();
    match file.replace(bytes) {
        Ok(()) => tracing::debug!("wrote the {what} to `{path}`"),
        Err(error) => tracing::error!("cannot write the {what} to `{path}`: {error}"),
    }
}
