//! Logging functions.

use wasmtime::{Caller, Linker};

use super::{block_in, free, kernel_of};
use crate::{
    display,
    fuse::Dialect,
    log::{self, LogLevel, LogRecord, PluginLog},
    store::{Interrupt, StoreData},
};

pub(super) fn add_to_linker(linker: &mut Linker<StoreData>, dialect: &'static Dialect) -> wasmtime::Result<()> {
    for (name, level) in [
        ("log_trace", LogLevel::Trace),
        ("log_debug", LogLevel::Debug),
        ("log_info", LogLevel::Info),
        ("log_warn", LogLevel::Warn),
        ("log_error", LogLevel::Error),
    ] {
        linker.func_wrap(
            dialect.namespace,
            &dialect.name(name),
            move |mut caller: Caller<'_, StoreData>, message: i64| {
                let memory = kernel_of(&caller, name)?;
                if is_enabled(caller.data(), level) {
                    let (memory, data) = memory.data_and_store_mut(&mut caller);
                    write_line(data, level, &display::lossy(block_in(memory, name, message)?))?;
                }
                free(&mut caller, memory, dialect, message);
                wasmtime::Result::Ok(())
            },
        )?;
    }
    let get_log_level =
        |caller: Caller<'_, StoreData>| log::max_level(own(caller.data())).map_or(i32::MAX, |level| level as i32);
    linker.func_wrap(dialect.namespace, &dialect.name("get_log_level"), get_log_level)?;
    Ok(())
}

/// Returns whether lines of this level go anywhere.
pub(super) fn is_enabled(data: &StoreData, level: LogLevel) -> bool {
    log::enabled(level, own(data))
}

/// Writes a line of an enabled level; an error if the call has logged too much.
pub(super) fn write_line(data: &mut StoreData, level: LogLevel, text: &str) -> wasmtime::Result<()> {
    data.logged = count(data, text)?;
    let record = LogRecord { level, id: data.persistent.id, plugin: &data.settings.name, message: text };
    log::emit(&record, data.settings.options.log_events, own(data));
    Ok(())
}

/// Returns what receives this plug-in's lines alone.
fn own(data: &StoreData) -> Option<&PluginLog> {
    data.settings.options.log.as_ref()
}

/// Bytes added by [`count`] to each line's text, so that many empty lines count too.
const LINE: u64 = 16;

/// Returns the total bytes logged by the call, including this text; an error if that is too much.
fn count(data: &StoreData, text: &str) -> wasmtime::Result<u64> {
    let (limit, logged) = (data.settings.limits.log_bytes(), data.logged.saturating_add(text.len() as u64 + LINE));
    if logged > limit { Err(wasmtime::Error::new(Interrupt::LogTooLong(limit))) } else { Ok(logged) }
}
