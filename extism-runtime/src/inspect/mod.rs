//! What a plug-in's modules export and import, read without compiling or linking them, so that it works even if the
//! plug-in's host functions are missing.

mod module;
mod pdk;
mod producers;
mod types;

pub use self::{
    module::{ImportInfo, ImportOrigin, ModuleInfo},
    pdk::{Pdk, PdkEvidence},
    producers::Producer,
};
use crate::{
    Error,
    error::{InterfaceError, Mismatch, MismatchKind},
    exports::call_kind,
    interface::Interface,
    load::{LoadedModule, LoadedModules},
    nearest::nearest,
    value::ExternType,
};

/// A plug-in as its modules describe it; returned by [`PluginBuilder::inspect`](crate::PluginBuilder::inspect).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspection {
    /// The plug-in's name as shown in errors.
    pub plugin: String,
    /// Its modules: first the main one, which has the callable exports, then the others in the manifest's order.
    pub modules: Vec<ModuleInfo>,
}

/// Something that a module exports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportInfo {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: ExternType,
}

impl ExportInfo {
    /// Returns whether it is a function that the host can call: one of `() -> i32` or `() -> ()`.
    #[must_use]
    pub fn is_callable(&self) -> bool {
        matches!(&self.ty, ExternType::Func(ty) if call_kind(ty).is_some())
    }
}

impl Inspection {
    pub(crate) fn new(plugin: String, loaded: &LoadedModules) -> Result<Self, Error> {
        let modules: Vec<&LoadedModule> = std::iter::once(&loaded.main).chain(&loaded.linked).collect();
        let mut modules = modules.into_iter().map(module::inspect).collect::<Result<Vec<_>, _>>()?;
        module::resolve(&mut modules);
        Ok(Self { plugin, modules })
    }

    /// Returns the main module's exports, in their original order.
    #[must_use]
    pub fn exports(&self) -> &[ExportInfo] {
        self.modules.first().map_or(&[], |main| &main.exports)
    }

    /// Returns the imports of all modules that the host must satisfy with host functions.
    pub fn host_imports(&self) -> impl Iterator<Item = (&ModuleInfo, &ImportInfo)> {
        self.modules.iter().flat_map(|module| {
            let imports = module.imports.iter().filter(|import| import.origin == ImportOrigin::Host);
            imports.map(move |import| (module, import))
        })
    }

    /// Returns whether a module imports WASI.
    #[must_use]
    pub fn uses_wasi(&self) -> bool {
        self.modules.iter().flat_map(|module| &module.imports).any(|import| import.origin == ImportOrigin::Wasi)
    }

    /// Checks that the plug-in has an interface's exports, like [`Interface::check`] does for a plug-in that can be
    /// linked.
    ///
    /// # Errors
    ///
    /// Returns an error that lists all exports that are missing or cannot be called.
    pub fn check(&self, interface: &Interface) -> Result<(), InterfaceError> {
        let methods = interface.methods.iter();
        let mismatches: Vec<_> = methods.filter_map(|method| self.mismatch(&method.export, method.optional)).collect();
        if mismatches.is_empty() {
            return Ok(());
        }
        Err(InterfaceError { plugin: self.plugin.clone(), interface: Some(interface.name.to_string()), mismatches })
    }

    fn mismatch(&self, name: &str, optional: bool) -> Option<Mismatch> {
        let export = self.exports().iter().find(|export| export.name == name);
        let kind = match export.map(|export| (export.is_callable(), &export.ty)) {
            None if optional => return None,
            None => {
                let callable = self.exports().iter().filter(|export| export.is_callable());
                let near = nearest(name, callable.map(|export| export.name.as_str()));
                MismatchKind::Missing { nearest: near.map(str::to_owned) }
            }
            Some((true, _)) => return None,
            Some((false, ExternType::Func(ty))) => MismatchKind::Signature(ty.clone()),
            Some((false, _)) => MismatchKind::NotAFunction,
        };
        Some(Mismatch { export: name.to_owned(), kind })
    }
}
