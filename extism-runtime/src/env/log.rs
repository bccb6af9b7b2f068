//! Logs.

use wasmtime::{Caller, Linker};

use super::{NAMESPACE, block, free, kernel_of};
use crate::{
    log::{self, LogLevel},
    shown,
    store::{Interrupt, StoreData},
};

pub(super) fn add_to_linker(linker: &mut Linker<StoreData>) -> wasmtime::Result<()> {
    for (name, level) in [
        ("log_trace", LogLevel::Trace),
        ("log_debug", LogLevel::Debug),
        ("log_info", LogLevel::Info),
        ("log_warn", LogLevel::Warn),
        ("log_error", LogLevel::Error),
    ] {
        linker.func_wrap(NAMESPACE, name, move |mut caller: Caller<'_, StoreData>, message: i64| {
            let memory = kernel_of(&caller, name)?;
            if log::enabled(level) {
                let text = shown::lossy(block(&caller, memory, name, message)?);
                let data = caller.data();
                let (limit, logged) = (data.settings.limits.log_bytes(), data.logged.saturating_add(text.len() as u64));
                if logged > limit {
                    return Err(wasmtime::Error::new(Interrupt::LogTooLong(limit)));
                }
                log::emit(level, data.persistent.id, &data.settings.name, &text);
                caller.data_mut().logged = logged;
            }
            free(&mut caller, memory, message);
            wasmtime::Result::Ok(())
        })?;
    }
    linker.func_wrap(NAMESPACE, "get_log_level", || log::max_level().map_or(i32::MAX, |level| level as i32))?;
    Ok(())
}
