use super::{CompiledPlugin, export::RawExport};
use crate::{
    Error,
    compile::CompiledInner,
    error::{InterfaceError, Mismatch, MismatchKind},
    interface::{Check, Interface, wanted},
};

impl Check for CompiledPlugin {
    type Error = Error;

    fn check_interface(&self, interface: &Interface) -> Result<(), Error> {
        resolve(&self.0, &interface.name, &wanted(interface), &self.0.differences(interface)).map(drop)
    }
}

/// Finds the exports of an interface, in the order of its methods, if the plug-in means the same types.
pub(crate) fn exports(plugin: &CompiledPlugin, interface: &'static Interface) -> Result<Vec<Option<RawExport>>, Error> {
    resolve(&plugin.0, &interface.name, &wanted(interface), &plugin.0.differences_from(interface))
}

/// Returns the index of the function with this name, if it can be called.
pub(super) fn find(plugin: &CompiledInner, name: &str) -> Result<u32, Error> {
    plugin.exports.callable(name).map_err(|mismatch| {
        let plugin = plugin.settings.name.to_string();
        InterfaceError { plugin, interface: None, mismatches: vec![mismatch] }.into()
    })
}

/// Finds exports, each listed with its name and whether it may be missing; reports all mismatches in one error, with the
/// differences that were found before.
pub(super) fn resolve(
    plugin: &CompiledInner,
    interface: &str,
    exports: &[(&str, bool)],
    differences: &[Mismatch],
) -> Result<Vec<Option<RawExport>>, Error> {
    let mut mismatches = Vec::new();
    let mut found = Vec::with_capacity(exports.len());
    for (name, optional) in exports {
        match plugin.exports.callable(name) {
            Ok(index) => found.push(Some(RawExport { index, compiled: plugin.serial })),
            Err(Mismatch { kind: MismatchKind::Missing { .. }, .. }) if *optional => found.push(None),
            Err(mismatch) => mismatches.push(mismatch),
        }
    }
    mismatches.extend_from_slice(differences);
    if mismatches.is_empty() {
        return Ok(found);
    }
    let plugin = plugin.settings.name.to_string();
    Err(InterfaceError { plugin, interface: Some(interface.to_owned()), mismatches }.into())
}
