//! A module that a function is made of.

use std::path::{self, PathBuf};

use bytes::Bytes;
use extism_interface::{Description, Interface};
use extism_runtime::{PluginBuilder, Source, Wasm, inspect::Inspection};

use crate::{
    FunctionError, Modules, fetch,
    grant::Named,
    modules::sha256,
    spec::{Location, ModuleRef},
};

/// A module, read but not compiled.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) reference: ModuleRef,
    /// The modules for functions that are made of it.
    pub(crate) modules: Modules,
    inspection: Inspection,
}

impl Module {
    /// Reads the only module of a source.
    pub(crate) fn read(function: &str, source: Source, modules: &Modules) -> Result<Self, FunctionError> {
        let problem = |problem: String| FunctionError::plan(function, problem);
        let manifest = source.into_manifest().map_err(|error| problem(error.to_string()))?;
        let [wasm] = manifest.wasm.as_slice() else {
            return Err(problem(format!("a function is of one module, and the manifest has {}", manifest.wasm.len())));
        };
        let at = match wasm {
            Wasm::File { path, .. } => Location::File(path::absolute(path).unwrap_or_else(|_| path.clone())),
            Wasm::Url { req, .. } => Location::Url(req.url.clone()),
            _ => Location::Inline,
        };
        let bytes = bytes(wasm, &at, modules).map_err(|reason| FunctionError::Fetch {
            function: function.to_owned(),
            location: at.to_string(),
            reason,
        })?;
        let sha256 = sha256(&bytes);
        let name = name(wasm.meta().name.as_deref(), &at).unwrap_or_else(|| function.to_owned());
        let plugin = |error| FunctionError::Plugin { function: function.to_owned(), error: Box::new(error) };
        let inspection = PluginBuilder::untrusted(bytes.to_vec())
            .with_max_module_bytes(modules.policy().max_module_bytes)
            .with_name(&name)
            .inspect()
            .map_err(plugin)?;
        let reference = ModuleRef { sha256, size: bytes.len() as u64, name, at };
        // What was checked is what is called, even if the file changes.
        let modules = modules.holding(sha256, bytes, false);
        Ok(Self { reference, modules, inspection })
    }

    /// Returns what the module says of itself.
    pub(crate) fn description(&self, function: &str) -> Result<Option<&Description>, FunctionError> {
        let description = self.inspection.description.as_ref();
        let description = description.map_err(|error| {
            FunctionError::plan(
                function,
                format!("the section `extism:interface` of plug-in `{}`: {error}", self.reference.name),
            )
        })?;
        Ok(description.as_ref())
    }

    /// Whether there is a callable export of this name.
    pub(crate) fn has(&self, export: &str) -> bool {
        self.inspection.exports().iter().any(|found| found.name == export && found.is_callable())
    }

    /// Checks that the module has these exports, with the types of the interface; the error also lists the `problems`.
    pub(crate) fn check(
        &self,
        function: &str,
        interface: &Interface,
        exports: &[&str],
        mut problems: Vec<String>,
    ) -> Result<(), FunctionError> {
        let mut part = interface.clone();
        part.methods = exports
            .iter()
            .map(|export| {
                let method = interface.method(export).cloned();
                method.unwrap_or_else(|| unknown(export))
            })
            .map(|mut method| {
                method.optional = false;
                method
            })
            .collect();
        if let Err(error) = self.inspection.check(&part) {
            problems.insert(0, error.to_string());
        }
        if problems.is_empty() {
            return Ok(());
        }
        Err(FunctionError::Signature { function: function.to_owned(), problems })
    }
}

/// An export of which only the name is known.
fn unknown(export: &str) -> extism_interface::Method {
    let mut method = extism_interface::Method::new(export.to_owned());
    method.output = extism_interface::Wire::default();
    method
}

/// Reads what the program itself names, so that no policy has to grant it.
fn bytes(wasm: &Wasm, at: &Location, modules: &Modules) -> Result<Bytes, String> {
    let policy = modules.policy();
    let named = match (wasm, at) {
        (Wasm::Data { data, .. }, _) => return Ok(data.clone().into()),
        (_, Location::File(path)) => Named::File(path.clone()),
        (_, Location::Url(url)) => Named::url(url)?,
        (_, Location::Inline) => return Err("this kind of source is not known".to_owned()),
    };
    fetch::named_bytes(&named, policy.max_module_bytes, policy)
}

/// The name of the plug-in in errors: its own, or that of its file.
fn name(own: Option<&str>, at: &Location) -> Option<String> {
    let file = match at {
        Location::Inline => None,
        Location::File(path) => Some(path.clone()),
        Location::Url(url) => Some(PathBuf::from(url)),
    };
    let stem = || file.as_deref()?.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    own.map(str::to_owned).or_else(stem)
}
