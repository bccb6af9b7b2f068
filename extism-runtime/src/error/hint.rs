use std::fmt;

use crate::shown;

/// What may help where an import is [missing](crate::LinkProblem::Missing).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MissingHint {
    /// It is WASI's, and the plug-in isn't allowed to use WASI.
    WasiNotAllowed,
    /// It is WASI's, and `extism-runtime` was built without its feature `wasi`.
    WasiDisabled,
    /// The plug-in may use WASI, but its version preview 1 has no such function.
    WasiUnknown,
    /// There is a module of the namespace's name, which has no such export.
    NoSuchExport {
        /// The module.
        module: String,
        /// Its export whose name is nearest, if one is near.
        nearest: Option<String>,
    },
    /// There is a host function of that name in another namespace.
    OtherNamespace(String),
    /// There is a function of nearly that name in the namespace.
    Nearest(String),
    /// Nothing like it is there: it has to be given.
    Give,
}

impl fmt::Display for MissingHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WasiNotAllowed => f.write_str("call `.with_wasi(true)` to allow WASI"),
            Self::WasiDisabled => f.write_str("the feature `wasi` of extism-runtime is off"),
            Self::WasiUnknown => f.write_str("WASI preview 1 has no such function"),
            Self::NoSuchExport { module, nearest: None } => write!(f, "module `{module}` has no such export"),
            Self::NoSuchExport { module, nearest: Some(nearest) } => {
                let nearest = shown::name(nearest);
                write!(f, "module `{module}` has no such export; did you mean `{nearest}`?")
            }
            Self::OtherNamespace(namespace) => {
                write!(f, "a host function of that name is in the namespace `{namespace}`")
            }
            Self::Nearest(name) => write!(f, "did you mean `{name}`?"),
            Self::Give => f.write_str("give it by `.with_functions(..)`, or add a module of that name to the manifest"),
        }
    }
}
