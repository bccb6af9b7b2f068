//! The exports and imports of a plug-in's modules, read without compiling or linking them, so that it works
//! even if the plug-in's host functions are missing.

mod module;
mod pdk;
mod producers;
mod types;

use serde::{Serialize, Serializer, ser::SerializeStruct};

pub use self::{
    module::ModuleInfo,
    pdk::{Pdk, PdkEvidence},
    producers::Producer,
};
use crate::{
    Error,
    error::{InterfaceError, Mismatch, MismatchKind},
    interface::{Description, DescriptionError, Interface, differences::differences},
    load::{LoadedModule, LoadedModules},
    nearest::nearest,
    permission::Grants,
    value::ExternType,
};
pub use crate::{
    exports::ExportInfo,
    imports::{ImportInfo, ImportOrigin},
    permission::{Access, Permission, Permissions},
};

/// A plug-in as its modules describe it; returned by [`PluginBuilder::inspect`](crate::PluginBuilder::inspect).
///
/// It can be serialized. In JSON, there are also `wasi` ([`uses_wasi`](Self::uses_wasi)) and `needs`
/// ([`host_imports`](Self::host_imports)); what the plug-in says of itself is `interfaces`:
///
/// ```
/// use extism_runtime::PluginBuilder;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let module = r#"(module (import "extism:host/user" "kv_read" (func (param i64) (result i64))))"#;
/// let inspection = PluginBuilder::new(module).inspect()?;
/// let json = serde_json::to_value(&inspection)?;
/// assert_eq!(json["needs"][0]["name"], "kv_read");
/// assert_eq!(json["needs"][0]["params"][0], "i64");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspection {
    /// The plug-in's name as shown in errors.
    pub plugin: String,
    /// Its modules: first the main one, which has the callable exports, then the others in the manifest's order.
    pub modules: Vec<ModuleInfo>,
    /// What the main module says of itself in its section [`SECTION`](crate::interface::SECTION), if it has one. It is a
    /// claim of the plug-in's author.
    pub description: Result<Option<Description>, DescriptionError>,
    /// What it may do beyond computing, and of that what the manifest and the builder allow.
    pub permissions: Permissions,
}

impl Serialize for Inspection {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        /// An import that is known to come from the host.
        #[derive(Serialize)]
        struct Need<'a> {
            module: &'a str,
            namespace: &'a str,
            name: &'a str,
            #[serde(flatten)]
            ty: &'a ExternType,
        }
        let needs = self.host_imports().map(|ImportInfo { module, namespace, name, ty, .. }| Need {
            module,
            namespace,
            name,
            ty,
        });
        let described = usize::from(!matches!(self.description, Ok(None)));
        let mut fields = to.serialize_struct("Inspection", 5 + described)?;
        fields.serialize_field("plugin", &self.plugin)?;
        fields.serialize_field("wasi", &self.uses_wasi())?;
        fields.serialize_field("needs", &needs.collect::<Vec<_>>())?;
        fields.serialize_field("permissions", &self.permissions)?;
        fields.serialize_field("modules", &self.modules)?;
        match &self.description {
            Ok(None) => {}
            Ok(Some(description)) => fields.serialize_field("interfaces", &description.interfaces)?,
            Err(error) => fields.serialize_field("interfaces_error", &error.to_string())?,
        }
        fields.end()
    }
}

impl Inspection {
    pub(crate) fn new(plugin: String, loaded: &LoadedModules, grants: &Grants<'_>) -> Result<Self, Error> {
        let modules: Vec<&LoadedModule> = std::iter::once(&loaded.main).chain(&loaded.linked).collect();
        let mut modules = modules.into_iter().map(module::inspect).collect::<Result<Vec<_>, _>>()?;
        module::resolve(&mut modules);
        let permissions = grants.permissions(modules.iter().flat_map(|module| &module.imports));
        let description = Description::from_module(&loaded.main.wasm);
        Ok(Self { plugin, modules, description, permissions })
    }

    /// Returns the main module's exports, in their original order.
    #[must_use]
    pub fn exports(&self) -> &[ExportInfo] {
        self.modules.first().map_or(&[], |main| &main.exports)
    }

    /// Returns the imports of all modules that the host must satisfy with host functions.
    pub fn host_imports(&self) -> impl Iterator<Item = &ImportInfo> {
        self.imports().filter(|import| import.origin == ImportOrigin::Host)
    }

    /// Returns whether a module imports WASI.
    #[must_use]
    pub fn uses_wasi(&self) -> bool {
        self.imports().any(|import| import.origin == ImportOrigin::Wasi)
    }

    /// Checks that the plug-in has an interface's exports, and means the same types if it describes its own, like [`Interface::check`] does for a plug-in that can be
    /// linked.
    ///
    /// # Errors
    ///
    /// Returns an error that lists all exports that are missing or cannot be called.
    pub fn check(&self, interface: &Interface) -> Result<(), InterfaceError> {
        let methods = interface.methods.iter();
        let mut mismatches: Vec<_> =
            methods.filter_map(|method| self.mismatch(&method.export, method.optional)).collect();
        mismatches.extend(differences(self.description.as_ref().map(Option::as_ref), interface, &[], |_| true));
        if mismatches.is_empty() {
            return Ok(());
        }
        Err(InterfaceError { plugin: self.plugin.clone(), interface: Some(interface.name.to_string()), mismatches })
    }

    fn imports(&self) -> impl Iterator<Item = &ImportInfo> {
        self.modules.iter().flat_map(|module| &module.imports)
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
