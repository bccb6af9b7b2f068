//! The imports of AssemblyScript's own library: modules built with its compiler need them whether they use Extism's PDK
//! or not, unless they replace them (`--use abort=`). Strings are in the module's memory as UTF-16, preceded by their
//! lengths in bytes.

use std::fmt::Write as _;

use wasmtime::{Caller, Extern, Linker};

use super::log::{is_enabled, write_line};
use crate::{
    display,
    log::LogLevel,
    store::{Interrupt, StoreData},
};

const NAMESPACE: &str = "env";

/// The most UTF-16 code units that are read from a string.
const MAX_UNITS: usize = 1 << 19;

/// Functions that log a string, with their log levels.
const LOGGERS: [(&str, LogLevel); 5] = [
    ("console.log", LogLevel::Info),
    ("console.debug", LogLevel::Debug),
    ("console.info", LogLevel::Info),
    ("console.warn", LogLevel::Warn),
    ("console.error", LogLevel::Error),
];

const OTHERS: [&str; 4] = ["abort", "trace", "seed", "console.assert"];

/// Returns whether AssemblyScript's library imports this and the runtime provides it.
pub(super) fn is_known(namespace: &str, name: &str) -> bool {
    let known = || OTHERS.contains(&name) || LOGGERS.iter().any(|(logger, _)| *logger == name);
    namespace == NAMESPACE && known()
}

pub(super) fn add_to_linker(linker: &mut Linker<StoreData>) -> wasmtime::Result<()> {
    linker.func_wrap(NAMESPACE, "abort", abort)?;
    linker.func_wrap(NAMESPACE, "trace", trace)?;
    linker.func_wrap(NAMESPACE, "seed", seed)?;
    for (name, level) in LOGGERS {
        let function = move |mut caller: Caller<'_, StoreData>, text: i32| write(&mut caller, level, text, "");
        linker.func_wrap(NAMESPACE, name, function)?;
    }
    let assert = |mut caller: Caller<'_, StoreData>, holds: i32, text: i32| match holds {
        0 => write(&mut caller, LogLevel::Error, text, "assertion failed: "),
        _ => Ok(()),
    };
    linker.func_wrap(NAMESPACE, "console.assert", assert)?;
    Ok(())
}

/// `abort(message, file, line, column)` ends the call.
fn abort(mut caller: Caller<'_, StoreData>, message: i32, file: i32, line: i32, column: i32) -> wasmtime::Result<()> {
    let mut reason = text(&mut caller, message).unwrap_or_else(|| "without a message".to_owned());
    if let Some(file) = text(&mut caller, file) {
        reason = format!("{reason} in {file}:{}:{}", line.cast_unsigned(), column.cast_unsigned());
    }
    Err(wasmtime::Error::new(Interrupt::Abort(reason)))
}

/// `seed()` returns what the module's random numbers are derived from.
fn seed(mut caller: Caller<'_, StoreData>) -> f64 {
    let data = caller.data_mut();
    let bits = match data.settings.options.sees.seed {
        Some(_) => data.seeds.next(),
        None => uuid::Uuid::new_v4().as_u64_pair().0,
    };
    // Any bits will do: its random number generator spreads them.
    f64::from_bits(bits >> 2)
}

/// `trace(message, n, a0, a1, a2, a3, a4)`: the message and the first `n` numbers.
#[expect(clippy::too_many_arguments, reason = "AssemblyScript passes this many")]
fn trace(
    mut caller: Caller<'_, StoreData>,
    message: i32,
    n: i32,
    a0: f64,
    a1: f64,
    a2: f64,
    a3: f64,
    a4: f64,
) -> wasmtime::Result<()> {
    if !is_enabled(caller.data(), LogLevel::Debug) {
        return Ok(());
    }
    let mut line = text(&mut caller, message).unwrap_or_default();
    let count = usize::try_from(n).unwrap_or(0);
    for number in [a0, a1, a2, a3, a4].iter().take(count) {
        // Writing to a string does not fail.
        let _ = write!(line, " {number}");
    }
    write_line(caller.data_mut(), LogLevel::Debug, &display::lossy(line.as_bytes()))
}

fn write(caller: &mut Caller<'_, StoreData>, level: LogLevel, message: i32, before: &str) -> wasmtime::Result<()> {
    if !is_enabled(caller.data(), level) {
        return Ok(());
    }
    let line = format!("{before}{}", text(caller, message).unwrap_or_default());
    write_line(caller.data_mut(), level, &display::lossy(line.as_bytes()))
}

/// Returns the string at an address in the calling module's memory; `None` at 0 or at an invalid address.
fn text(caller: &mut Caller<'_, StoreData>, address: i32) -> Option<String> {
    let start = usize::try_from(address.cast_unsigned()).ok().filter(|start| *start > 0)?;
    let Some(Extern::Memory(memory)) = caller.get_export("memory") else { return None };
    let bytes = memory.data(&*caller);
    let length = bytes.get(start.checked_sub(4)?..start)?;
    let length = usize::try_from(u32::from_le_bytes(length.try_into().ok()?)).ok()?;
    let bytes = bytes.get(start..start.checked_add(length)?)?;
    let units = bytes.chunks_exact(2).map(|unit| unit.try_into().map_or(0, u16::from_le_bytes));
    let text = char::decode_utf16(units.take(MAX_UNITS));
    Some(text.map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}
