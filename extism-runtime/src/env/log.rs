//! Logging functions.

use wasmtime::{Caller, Linker};

use super::{block, free, kernel_of};
use crate::{
    display,
    fuse::Dialect,
    log::{self, LogLevel},
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
                if log::enabled(level) {
                    let text = display::lossy(block(&caller, memory, name, message)?);
                    let logged = count(caller.data(), &text)?;
                    let data = caller.data();
                    log::emit(level, data.persistent.id, &data.settings.name, &text);
                    caller.data_mut().logged = logged;
                }
                free(&mut caller, memory, dialect, message);
                wasmtime::Result::Ok(())
            },
        )?;
    }
    linker.func_wrap(dialect.namespace, &dialect.name("get_log_level"), || {
        log::max_level().map_or(i32::MAX, |level| level as i32)
    })?;
    Ok(())
}

/// Bytes added by [`count`] to each line's text, so that many empty lines count too.
const LINE: u64 = 16;

/// Returns the total bytes logged by the call, including this text; an error if that is too much.
fn count(data: &StoreData, text: &str) -> wasmtime::Result<u64> {
    let (limit, logged) = (data.settings.limits.log_bytes(), data.logged.saturating_add(text.len() as u64 + LINE));
    if logged > limit { Err(wasmtime::Error::new(Interrupt::LogTooLong(limit))) } else { Ok(logged) }
}
