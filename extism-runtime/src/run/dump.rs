//! Files for finding out why a call failed.

use std::{fs, path::Path};

use wasmtime::WasmCoreDump;

use super::Live;
use crate::settings::Settings;

/// Writes what the settings ask for after a call has failed. That it can't be written changes nothing for the call.
pub(super) fn dump(live: &mut Live, settings: &Settings, error: &wasmtime::Error) {
    if let (Some(path), Some(dump)) = (&settings.options.coredump, error.downcast_ref::<WasmCoreDump>()) {
        write(path, &dump.serialize(&mut live.store, &settings.name), "core dump");
    }
    if let Some(path) = &settings.options.memdump {
        write(path, live.kernel.data(&live.store), "memory dump");
    }
}

fn write(path: &Path, bytes: &[u8], what: &str) {
    match fs::write(path, bytes) {
        Ok(()) => tracing::debug!("wrote the {what} to `{}`", path.display()),
        Err(error) => tracing::error!("cannot write the {what} to `{}`: {error}", path.display()),
    }
}
