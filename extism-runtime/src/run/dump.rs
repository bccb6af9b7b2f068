//! Writes files that help to find out why a call failed.

use std::borrow::Cow;

use wasm_encoder::{CoreDumpStackSection, CoreDumpValue, Module, RawSection};
use wasmparser::{KnownCustom, Parser, Payload};
use wasmtime::{FrameInfo, Trap, WasmCoreDump};

use super::{Live, executed::executed};
use crate::{compile::CompiledInner, places::PrivateFile};

/// Writes the configured dumps after a failed call. A failure to write them does not affect the call.
pub(super) fn dump(live: &mut Live, compiled: &CompiledInner, error: &wasmtime::Error) {
    let settings = &compiled.settings;
    if let (Some(file), Some(dump)) = (&settings.coredump, error.downcast_ref::<WasmCoreDump>()) {
        let bytes = dump.serialize(&mut live.store, &settings.name);
        write(file, &in_guest(&bytes, compiled, dump.frames(), error.downcast_ref()), "core dump");
    }
    dump_memory(live, compiled);
}

/// Writes the kernel's memory after a failed call, if that is configured.
pub(super) fn dump_memory(live: &Live, compiled: &CompiledInner) {
    if let Some(file) = &compiled.settings.memdump {
        write(file, live.kernel.data(&live.store), "memory dump");
    }
}

/// Returns a core dump whose places in code are those in the modules as they were loaded, so that debuggers find the
/// lines in their debug information. A module's own functions have the same indices there.
fn in_guest<'d>(dump: &'d [u8], compiled: &CompiledInner, frames: &[FrameInfo], trap: Option<&Trap>) -> Cow<'d, [u8]> {
    let place = |(number, frame): (usize, &FrameInfo)| {
        let lines = compiled.lines_of(frame.module())?;
        let place = lines.in_guest(&[executed(number, frame, trap)?]).pop()??;
        u32::try_from(place.in_body).ok()
    };
    let places: Vec<_> = frames.iter().enumerate().map(place).collect();
    if places.iter().all(Option::is_none) {
        return dump.into();
    }
    // The engine has written it, so it can be read.
    with_places(dump, &places).map_or(dump.into(), Cow::Owned)
}

/// Replaces the places in code of a core dump's frames.
fn with_places(dump: &[u8], places: &[Option<u32>]) -> Option<Vec<u8>> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(dump) {
        let payload = payload.ok()?;
        if let Payload::CustomSection(section) = &payload
            && let KnownCustom::CoreDumpStack(stack) = section.as_known()
        {
            let mut written = CoreDumpStackSection::new(stack.name);
            for (frame, place) in stack.frames.iter().zip(places.iter().chain(std::iter::repeat(&None))) {
                let (instance, function) = (frame.instanceidx, frame.funcidx);
                // The engine knows the values of none.
                let none = || Vec::<CoreDumpValue>::new();
                written.frame(instance, function, place.unwrap_or(frame.codeoffset), none(), none());
            }
            module.section(&written);
        } else if let Some((id, range)) = payload.as_section() {
            module.section(&RawSection { id, data: dump.get(range)? });
        }
    }
    Some(module.finish())
}

fn write(file: &PrivateFile, bytes: &[u8], what: &str) {
    let path = file.path().display();
    match file.replace(bytes) {
        Ok(()) => tracing::debug!("wrote the {what} to `{path}`"),
        Err(error) => tracing::error!("cannot write the {what} to `{path}`: {error}"),
    }
}
