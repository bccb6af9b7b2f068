//! `extism:host/env`: the functions that the runtime itself provides to plug-ins.
//!
//! Functions that only access the kernel's memory are fused into the modules. Those that need the host are here, also
//! under the names that plug-ins built with PDKs from before 1.0, or with AssemblyScript alone, import.

mod assemblyscript;
mod http;
mod log;
mod vars;
mod words;

use wasmtime::{AsContextMut, Caller, Linker, Memory};

use crate::{
    display,
    error::BoxError,
    fuse::{DIALECTS, Dialect, environment},
    host::memory,
    kernel,
    store::{Interrupt, StoreData},
    value::{FuncType, ValType},
};

/// Adds the functions to a linker: the current ones and, if `old`, also those in other namespaces. If `requests_wait`,
/// HTTP requests do not hold the thread of an async call.
pub(crate) fn add_to_linker(linker: &mut Linker<StoreData>, old: bool, requests_wait: bool) -> wasmtime::Result<()> {
    for dialect in DIALECTS.iter().filter(|dialect| old || !dialect.is_old) {
        vars::add_to_linker(linker, dialect)?;
        log::add_to_linker(linker, dialect)?;
        http::add_to_linker(linker, dialect, requests_wait)?;
    }
    if old {
        words::add_to_linker(linker)?;
        assemblyscript::add_to_linker(linker)?;
    }
    Ok(())
}

/// The functions that are fused into modules, with their signatures; linkers do not have them.
const FUSED: &[(&str, &[ValType], &[ValType])] = {
    use ValType::{I32, I64};
    &[
        ("alloc", &[I64], &[I64]),
        ("free", &[I64], &[]),
        ("length", &[I64], &[I64]),
        ("length_unsafe", &[I64], &[I64]),
        ("load_u8", &[I64], &[I32]),
        ("load_u64", &[I64], &[I64]),
        ("store_u8", &[I64, I32], &[]),
        ("store_u64", &[I64, I64], &[]),
        ("input_length", &[], &[I64]),
        ("input_offset", &[], &[I64]),
        ("input_load_u8", &[I64], &[I32]),
        ("input_load_u64", &[I64], &[I64]),
        ("input_set", &[I64, I64], &[]),
        ("output_set", &[I64, I64], &[]),
        ("output_offset", &[], &[I64]),
        ("output_length", &[], &[I64]),
        ("error_set", &[I64], &[]),
        ("error_get", &[], &[I64]),
        ("reset", &[], &[]),
        ("memory_bytes", &[], &[I64]),
    ]
};

/// Returns the signature of a function that is fused into modules.
pub(crate) fn fused_type(namespace: &str, name: &str) -> Option<FuncType> {
    let (dialect, function) = environment(namespace, name)?;
    let (_, params, results) = FUSED.iter().find(|(known, ..)| *known == function && dialect.contains(known))?;
    Some(FuncType::new(*params, *results))
}

/// The functions that linkers have.
const HOSTED: &[&str] = &[
    "config_get",
    "var_get",
    "var_set",
    "log_trace",
    "log_debug",
    "log_info",
    "log_warn",
    "log_error",
    "get_log_level",
    "http_request",
    "http_status_code",
    "http_headers",
];

/// Returns whether the runtime provides a function of this name to every plug-in.
pub(crate) fn is_known(namespace: &str, name: &str) -> bool {
    names(namespace).any(|known| known == name) || assemblyscript::is_known(namespace, name)
}

/// Returns the names of all environment functions in a namespace; none if the namespace is not the environment's.
pub(crate) fn names(namespace: &str) -> impl Iterator<Item = String> {
    DIALECTS.iter().filter(move |dialect| dialect.namespace == namespace).flat_map(|dialect| {
        let fused = FUSED.iter().map(|(name, ..)| *name).filter(|name| dialect.contains(name));
        let words = words::NAMES.into_iter().filter(|_| dialect.is_old);
        fused.chain(HOSTED.iter().copied()).chain(words).map(|name| dialect.name(name))
    })
}

/// Returns whether this is the function that sends a plug-in's HTTP requests.
pub(crate) fn is_http_request(namespace: &str, name: &str) -> bool {
    environment(namespace, name).is_some_and(|(_, function)| function == "http_request")
}

/// Returns the error of a function in this folder; it ends the plug-in's call.
fn fail(name: &str, source: impl Into<BoxError>) -> wasmtime::Error {
    wasmtime::Error::new(Interrupt::HostFunction { name: name.to_owned(), source: display::cut_error(source.into()) })
}

/// Returns the kernel's memory of the calling plug-in.
fn kernel_of(caller: &Caller<'_, StoreData>, name: &str) -> wasmtime::Result<Memory> {
    caller.data().kernel.ok_or_else(|| fail(name, "called before the plug-in's memory exists"))
}

/// Returns the bytes of a block that the guest passes; to be [freed](free) once the result is written.
fn block<'c>(caller: &'c Caller<'_, StoreData>, memory: Memory, name: &str, offset: i64) -> wasmtime::Result<&'c [u8]> {
    block_in(memory.data(caller), name, offset)
}

/// Returns the bytes of a block, as [`block`] does, from the kernel's memory.
fn block_in<'m>(memory: &'m [u8], name: &str, offset: i64) -> wasmtime::Result<&'m [u8]> {
    memory::block(memory, offset.cast_unsigned()).map_err(|error| fail(name, error))
}

/// Returns a block's bytes, as [`block`] does, as text.
fn text<'c>(caller: &'c Caller<'_, StoreData>, memory: Memory, name: &str, offset: i64) -> wasmtime::Result<&'c str> {
    text_in(memory.data(caller), name, offset)
}

/// Returns a block's bytes, as [`block_in`] does, as text.
fn text_in<'m>(memory: &'m [u8], name: &str, offset: i64) -> wasmtime::Result<&'m str> {
    std::str::from_utf8(block_in(memory, name, offset)?).map_err(|error| fail(name, error))
}

/// Frees a block that the guest has passed. This comes last, so that the result never takes its place: many PDKs free
/// such a handle again or keep reading it. Guests from before 1.0 free it themselves, and may use it until then.
fn free(caller: &mut Caller<'_, StoreData>, memory: Memory, dialect: &Dialect, offset: i64) {
    if dialect.is_old {
        return;
    }
    kernel::free(memory.data_mut(caller), offset.cast_unsigned());
}

/// Returns the handle of a new block with these bytes, as a function's result; 0 if there are none.
fn write_block(
    store: impl AsContextMut<Data = StoreData>,
    memory: Memory,
    name: &str,
    bytes: &[u8],
) -> wasmtime::Result<i64> {
    let handle = memory::write(memory, store, bytes)
        .map_err(|error| wasmtime::Error::new(memory::failure(name, error.into())))?;
    Ok(handle.offset().cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Error, Plugin, error::LinkProblem};

    #[test]
    fn the_environment_has_every_known_function() {
        for namespace in DIALECTS.iter().map(|dialect| dialect.namespace) {
            for name in names(namespace) {
                let wat = format!(r#"(module (import "{namespace}" "{name}" (func (param f64))))"#);
                let Err(Error::Link(error)) = Plugin::new(wat) else { panic!("{name} has no such signature") };
                assert!(matches!(error.problems.as_slice(), [LinkProblem::Mistyped { .. }]), "{error}");
            }
        }
        assert_eq!(DIALECTS.map(|dialect| names(dialect.namespace).count()), [32, 33, 33]);
    }
}
