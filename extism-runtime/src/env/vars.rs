//! Configuration and variables.

use std::sync::Arc;

use wasmtime::{Caller, Linker};

use super::{block_in, fail, free, kernel_of, text, text_in, write_block};
use crate::{fuse::Dialect, store::StoreData};

pub(super) fn add_to_linker(linker: &mut Linker<StoreData>, dialect: &'static Dialect) -> wasmtime::Result<()> {
    type Context<'a> = Caller<'a, StoreData>;
    let namespace = dialect.namespace;
    linker.func_wrap(namespace, &dialect.name("config_get"), move |caller: Context<'_>, key: i64| {
        config_get(caller, dialect, key)
    })?;
    linker.func_wrap(namespace, &dialect.name("var_get"), move |caller: Context<'_>, name: i64| {
        var_get(caller, dialect, name)
    })?;
    linker.func_wrap(namespace, &dialect.name("var_set"), move |caller: Context<'_>, name: i64, value: i64| {
        var_set(caller, dialect, name, value)
    })?;
    Ok(())
}

/// `config_get(key) -> value`: returns 0 if there is no such key.
fn config_get(mut caller: Caller<'_, StoreData>, dialect: &Dialect, key: i64) -> wasmtime::Result<i64> {
    let memory = kernel_of(&caller, "config_get")?;
    let config = Arc::clone(&caller.data().persistent.config);
    let value = config.get(text(&caller, memory, "config_get", key)?);
    let given = value.map_or(Ok(0), |value| write_block(&mut caller, memory, "config_get", value.as_bytes()))?;
    free(&mut caller, memory, dialect, key);
    Ok(given)
}

/// `var_get(name) -> value`: returns 0 if there is no such variable.
fn var_get(mut caller: Caller<'_, StoreData>, dialect: &Dialect, name: i64) -> wasmtime::Result<i64> {
    let memory = kernel_of(&caller, "var_get")?;
    let value = caller.data().persistent.vars().get(text(&caller, memory, "var_get", name)?).map(<[u8]>::to_vec);
    let given = value.map_or(Ok(0), |value| write_block(&mut caller, memory, "var_get", &value))?;
    free(&mut caller, memory, dialect, name);
    Ok(given)
}

/// `var_set(name, value)`: a value handle of 0 removes the variable. The value is stored directly from the plug-in's
/// memory, so a value that is too large is never copied.
fn var_set(mut caller: Caller<'_, StoreData>, dialect: &Dialect, name: i64, value: i64) -> wasmtime::Result<()> {
    let memory = kernel_of(&caller, "var_set")?;
    let (bytes, data) = memory.data_and_store_mut(&mut caller);
    let key = text_in(bytes, "var_set", name)?;
    if value == 0 {
        data.persistent.remove_var(key);
    } else {
        let value = block_in(bytes, "var_set", value)?;
        data.persistent.set_var(key, value).map_err(|error| fail("var_set", error))?;
    }
    free(&mut caller, memory, dialect, name);
    free(&mut caller, memory, dialect, value);
    Ok(())
}
