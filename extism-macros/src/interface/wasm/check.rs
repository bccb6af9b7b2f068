//! Checks a module against the interface.

use std::{fmt, fs, path::Path};

use syn::ext::IdentExt;

use super::{
    super::model::{Import, Interface, Method, Missing},
    module::{self, Module, NoModule, Signature, Type},
    report::report,
    section,
};
use crate::common::{Errors, FilePath, nearest};

/// The namespaces that the runtime itself provides.
const PROVIDED: [&str; 3] = ["extism:host/env", "extism:env", "wasi_snapshot_preview1"];
/// The functions that the runtime provides in the namespace `env`: those under their names from before Extism
/// 1.0, which have this prefix, and those of AssemblyScript's library.
const OLD_PREFIX: &str = "extism_";
const ASSEMBLYSCRIPT: [&str; 9] = [
    "abort",
    "trace",
    "seed",
    "console.assert",
    "console.log",
    "console.debug",
    "console.info",
    "console.warn",
    "console.error",
];

/// Checks the module in a file.
pub(super) fn file(interface: &mut Interface, path: &Path, errors: &mut Errors) {
    let Some(wasm) = &mut interface.wasm else { return };
    let module = fs::read(path).map_err(|error| format!("cannot be read: {error}")).and_then(|bytes| {
        let module = module::read(&bytes).map_err(|error| match error {
            NoModule::Kind(kind) => kind.to_owned(),
            NoModule::Invalid(error) => format!("is not a valid WebAssembly module: {error}"),
        });
        Ok((module?, bytes))
    });
    let (module, bytes) = match module {
        Ok(read) => read,
        Err(message) => return errors.at(&wasm.path, format!("`{}` {message}", wasm.path.display())),
    };
    if wasm.imports_are_checked {
        wasm.imports = imports(&module, &wasm.path, errors);
    }
    let file = wasm.path.display();
    for method in &mut interface.methods {
        let Err(message) = export(&module, method, &file) else { continue };
        report(method, syn::Error::new(method.export_span, message), errors);
    }
    section::check(interface, &bytes, errors);
}

/// The imports that host functions have to provide.
fn imports(module: &Module, path: &FilePath, errors: &mut Errors) -> Vec<Import> {
    let foreign = module.imports.iter().filter(|import| !is_provided(import));
    let mut imports = Vec::new();
    for import in foreign {
        match &import.ty {
            Type::Func(Signature { params, results }) => imports.push(Import {
                namespace: import.namespace.clone(),
                name: import.name.clone(),
                params: params.clone(),
                results: results.clone(),
            }),
            Type::Other(kind) => errors.at(
                path,
                format!(
                    "`{}` imports the {kind} `{}`.`{}`, which only another module can provide: \
                     remove `imports(..)`, and link both modules with a manifest",
                    path.display(),
                    import.namespace,
                    import.name
                ),
            ),
        }
    }
    imports
}

/// Whether the runtime itself provides an import.
fn is_provided(import: &module::ModuleImport) -> bool {
    let name = import.name.as_str();
    let of_env = || name.starts_with(OLD_PREFIX) || ASSEMBLYSCRIPT.contains(&name);
    let is_function = matches!(import.ty, Type::Func(_));
    PROVIDED.contains(&import.namespace.as_str()) || (import.namespace == "env" && is_function && of_env())
}

/// Whether the module has a method's export, with a signature that can be called.
fn export(module: &Module, method: &Method, file: &str) -> Result<(), String> {
    let name = &method.export;
    let Some(export) = module.exports.iter().find(|export| export.name == *name) else {
        return if matches!(method.missing, Missing::Refuse) { Err(missing(module, method, file)) } else { Ok(()) };
    };
    match &export.ty {
        Type::Func(signature) if signature.is_callable() => Ok(()),
        Type::Func(signature) => Err(format!(
            "the export `{name}` of `{file}` has the signature {signature}; \
             a plug-in's function has () -> i32 or () -> ()"
        )),
        Type::Other(kind) => Err(format!("the export `{name}` of `{file}` is a {kind}, not a function")),
    }
}

fn missing(module: &Module, method: &Method, file: &str) -> String {
    let name = &method.export;
    let callable = |export: &&module::ModuleExport| matches!(&export.ty, Type::Func(ty) if ty.is_callable());
    let callable: Vec<_> = module.exports.iter().filter(callable).map(|export| export.name.as_str()).collect();
    let hint = match (nearest(name, callable.iter().copied()), callable.as_slice()) {
        (Some(nearest), _) if method.ident.unraw() != name.as_str() => format!("did you mean `{nearest}`?"),
        (Some(nearest), _) => {
            format!("did you mean `{nearest}`? To keep the method's name, add `#[export(name = \"{nearest}\")]`")
        }
        (None, []) => "it has no callable exports".to_owned(),
        (None, some) => format!("it exports {}", list(some)),
    };
    format!("`{file}` has no export `{name}`: {hint}")
}

/// The first few names.
fn list(names: &[&str]) -> String {
    const MOST: usize = 8;
    let mut text: Vec<_> = names.iter().take(MOST).map(|name| format!("`{name}`")).collect();
    if names.len() > MOST {
        text.push(format!("and {} more", names.len() - MOST));
    }
    text.join(", ")
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self.results {
            [result] => write!(f, "({}) -> {result}", self.params.join(", ")),
            _ => write!(f, "({}) -> ({})", self.params.join(", "), self.results.join(", ")),
        }
    }
}
