use super::{CompiledPlugin, export::RawExport};
use crate::{
    Error,
    compile::CompiledInner,
    error::{InterfaceError, Mismatch, MismatchKind},
    interface::Interface,
};

impl Interface {
    /// Checks that a plug-in has the exports, without creating an instance.
    ///
    /// # Errors
    ///
    /// Returns an error that lists all exports that are missing or cannot be called.
    pub fn check(&self, plugin: &CompiledPlugin) -> Result<(), Error> {
        self.resolve(plugin).map(drop)
    }

    /// Finds the exports, in the order of the methods.
    pub(crate) fn resolve(&self, plugin: &CompiledPlugin) -> Result<Vec<Option<RawExport>>, Error> {
        resolve(&plugin.0, &self.name, &self.wanted())
    }
}

/// Returns the index of the function with this name, if it can be called.
pub(super) fn find(plugin: &CompiledInner, name: &str) -> Result<u32, Error> {
    plugin.exports.callable(name).map_err(|mismatch| {
        let plugin = plugin.settings.name.to_string();
        InterfaceError { plugin, interface: None, mismatches: vec![mismatch] }.into()
    })
}

/// Finds exports, each listed with its name and whether it may be missing; reports all mismatches in one error.
pub(super) fn resolve(
    plugin: &CompiledInner,
    interface: &str,
    exports: &[(&str, bool)],
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
    if mismatches.is_empty() {
        return Ok(found);
    }
    let plugin = plugin.settings.name.to_string();
    Err(InterfaceError { plugin, interface: Some(interface.to_owned()), mismatches }.into())
}
