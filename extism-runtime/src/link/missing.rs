//! What a probe has in place of imports that nothing provides.

use std::collections::HashSet;

use wasmtime::{ExternType, Linker, Module};

use crate::{
    Error,
    error::{LinkProblem, MissingImport},
    host::memory,
    store::StoreData,
};

/// Returns the namespaces and names of the functions that nothing provides.
pub(crate) fn missing(problems: &[LinkProblem]) -> Vec<(String, String)> {
    let mut seen = HashSet::new();
    let named = problems.iter().filter_map(|problem| match problem {
        LinkProblem::Missing { namespace, name, .. } => Some((namespace.clone(), name.clone())),
        _ => None,
    });
    named.filter(|import| seen.insert(import.clone())).collect()
}

/// Defines functions that modules import as ones that fail when they are called.
pub(crate) fn define_missing(
    linker: &mut Linker<StoreData>,
    modules: &[Module],
    missing: &[(String, String)],
) -> Result<(), Error> {
    let mut left: HashSet<_> = missing.iter().map(|(namespace, name)| (namespace.as_str(), name.as_str())).collect();
    for import in modules.iter().flat_map(Module::imports) {
        let ExternType::Func(ty) = import.ty() else { continue };
        if !left.remove(&(import.module(), import.name())) {
            continue;
        }
        let (namespace, name) = (import.module().to_owned(), import.name().to_owned());
        let fail = move |_: wasmtime::Caller<'_, StoreData>, _: &[wasmtime::Val], _: &mut [wasmtime::Val]| {
            let error = MissingImport { namespace: namespace.clone(), name: name.clone() };
            Err(wasmtime::Error::new(memory::failure(&name, error.into())))
        };
        let defined = linker.func_new(import.module(), import.name(), ty, fail);
        defined.map_err(|error| Error::engine("cannot link the imports of a probe", error))?;
    }
    Ok(())
}
