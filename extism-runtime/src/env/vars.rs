//! Configuration and variables.

use std::sync::Arc;

use wasmtime::{Caller, Linker};

use super::{NAMESPACE, fail, give, kernel_of, take, take_text};
use crate::store::StoreData;

pub(super) fn add_to_linker(linker: &mut Linker<StoreData>) -> wasmtime::Result<()> {
    linker.func_wrap(NAMESPACE, "config_get", config_get)?;
    linker.func_wrap(NAMESPACE, "var_get", var_get)?;
    linker.func_wrap(NAMESPACE, "var_set", var_set)?;
    Ok(())
}

/// `config_get(key) -> value`: 0 where there is none.
fn config_get(mut caller: Caller<'_, StoreData>, key: i64) -> wasmtime::Result<i64> {
    let memory = kernel_of(&caller, "config_get")?;
    let key = take_text(&mut caller, memory, "config_get", key)?;
    let config = Arc::clone(&caller.data().persistent.config);
    config.get(&key).map_or(Ok(0), |value| give(&mut caller, memory, "config_get", value.as_bytes()))
}

/// `var_get(name) -> value`: 0 where there is none.
fn var_get(mut caller: Caller<'_, StoreData>, name: i64) -> wasmtime::Result<i64> {
    let memory = kernel_of(&caller, "var_get")?;
    let name = take_text(&mut caller, memory, "var_get", name)?;
    let value = caller.data().persistent.vars.get(&name).map(<[u8]>::to_vec);
    value.map_or(Ok(0), |value| give(&mut caller, memory, "var_get", &value))
}

/// `var_set(name, value)`: the handle 0 as the value removes the variable.
fn var_set(mut caller: Caller<'_, StoreData>, name: i64, value: i64) -> wasmtime::Result<()> {
    let memory = kernel_of(&caller, "var_set")?;
    let name = take_text(&mut caller, memory, "var_set", name)?;
    if value == 0 {
        caller.data_mut().persistent.vars.remove(&name);
        return Ok(());
    }
    let value = take(&mut caller, memory, "var_set", value)?;
    caller.data_mut().persistent.vars.set(&name, &value).map_err(|error| fail("var_set", error))
}
