//! The imports of a plug-in's modules, and who provides them.

use serde::Serialize;

use crate::{artifact::WASI, env, value::ExternType};

/// Something that a module imports.
///
/// In JSON, the type's fields are beside the others, and [`origin`](Self::origin) is `from`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ImportInfo {
    /// The importing module's name.
    pub module: String,
    /// The namespace that it is imported from: another module's name, or one of the host's.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(flatten)]
    pub ty: ExternType,
    /// The provider that must satisfy it.
    #[serde(rename = "from")]
    pub origin: ImportOrigin,
}

/// The provider of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ImportOrigin {
    /// The runtime, for every plug-in.
    Runtime,
    /// The runtime, for plug-ins that may use WASI.
    Wasi,
    /// Another module of the plug-in.
    Module,
    /// The host, with a host function.
    Host,
}

impl ImportInfo {
    /// Creates one; `exported` says whether another module, named like the namespace, exports something of that name.
    pub(crate) fn new(module: &str, namespace: &str, name: &str, ty: ExternType, exported: bool) -> Self {
        let origin = if exported {
            ImportOrigin::Module
        } else if env::is_known(namespace, name) {
            ImportOrigin::Runtime
        } else if namespace == WASI {
            ImportOrigin::Wasi
        } else {
            ImportOrigin::Host
        };
        Self { module: module.to_owned(), namespace: namespace.to_owned(), name: name.to_owned(), ty, origin }
    }
}
