use std::fmt;

use super::BuiltFor;
use crate::display;

/// What may help if an import is [missing](crate::error::LinkProblem::Missing).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MissingHint {
    /// It belongs to WASI, which the plug-in is not allowed to use.
    WasiNotAllowed,
    /// It belongs to WASI, and `extism-runtime` was built without its feature `wasi`.
    WasiDisabled,
    /// The plug-in may use WASI, but WASI preview 1 has no such function.
    WasiUnknown,
    /// There is a module with the namespace's name, but it has no such export.
    #[non_exhaustive]
    NoSuchExport {
        /// The module.
        module: String,
        /// Its export with the most similar name, if one is similar.
        nearest: Option<String>,
    },
    /// There is a host function with that name in another namespace.
    OtherNamespace(String),
    /// There is a function with a similar name in the namespace.
    Nearest(String),
    /// It is in Extism's namespace `extism:host/env`, but this version of the runtime has no such function.
    #[non_exhaustive]
    NewerPdk {
        /// The function with the most similar name, if one is similar.
        nearest: Option<String>,
    },
    /// It has the form of Extism's names from before version 1.0, but there is no such function.
    #[non_exhaustive]
    OlderPdk {
        /// The function with the most similar name, if one is similar.
        nearest: Option<String>,
    },
    /// The module was built for another kind of host.
    BuiltFor(BuiltFor),
    /// It is in `env`, where the linkers of C and other languages put functions that are declared but not defined.
    Undefined,
    /// Nothing similar exists: it has to be provided.
    Give,
}

impl fmt::Display for MissingHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WasiNotAllowed => f.write_str("call `.with_wasi(true)` to allow WASI"),
            Self::WasiDisabled => f.write_str("enable the feature `wasi` of extism-runtime"),
            Self::WasiUnknown => f.write_str("WASI preview 1 has no such function"),
            Self::NoSuchExport { module, nearest: None } => write!(f, "module `{module}` has no such export"),
            Self::NoSuchExport { module, nearest: Some(nearest) } => {
                let nearest = display::name(nearest);
                write!(f, "module `{module}` has no such export; did you mean `{nearest}`?")
            }
            Self::OtherNamespace(namespace) => {
                write!(f, "there is a host function with this name in the namespace `{namespace}`")
            }
            Self::Nearest(name) => write!(f, "did you mean `{name}`?"),
            Self::NewerPdk { nearest } => {
                f.write_str(
                    "this version of extism-runtime has no such function: if the plug-in was built with a newer PDK, update \
                     extism-runtime or build it with an earlier PDK",
                )?;
                did_you_mean(f, nearest.as_deref())
            }
            Self::OlderPdk { nearest } => {
                f.write_str(
                    "PDKs before 1.0 import such functions, but no release provided this one: build the plug-in with a \
                     current PDK",
                )?;
                did_you_mean(f, nearest.as_deref())
            }
            Self::BuiltFor(built_for) => built_for.fmt(f),
            Self::Undefined => f.write_str(
                "linkers put a function that is declared but not defined into `env`: link its definition, or provide \
                 it with `.with_functions(..)` in the namespace `env`",
            ),
            Self::Give => f.write_str(
                "provide it with `.with_functions(..)`, or add a module named like the namespace to the manifest",
            ),
        }
    }
}

fn did_you_mean(f: &mut fmt::Formatter<'_>, nearest: Option<&str>) -> fmt::Result {
    nearest.map_or(Ok(()), |nearest| write!(f, "; did you mean `{}`?", display::name(nearest)))
}
