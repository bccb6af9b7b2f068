//! Logs.

use wasmtime::{Caller, Linker};

use super::{block, free, kernel_of};
use crate::{
    fuse::Dialect,
    log::{self, LogLevel},
    shown,
    store::StoreData,
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
                    let text = shown::lossy(block(&caller, memory, name, message)?);
                    let data = caller.data();
                    log::emit(level, data.persistent.id, &data.settings.name, &text);
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
