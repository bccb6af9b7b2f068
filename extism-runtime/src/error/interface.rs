use std::fmt::{self, Write as _};

use extism_interface::{
    DescriptionError,
    compare::{Difference, Refused},
};

use crate::{display, value::FuncType};

/// A plug-in's exports do not satisfy what is required of them: all the mismatches.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct InterfaceError {
    /// The plug-in's name.
    pub plugin: String,
    /// The interface's name: that of the annotated trait. `None` if a single export was requested.
    pub interface: Option<String>,
    /// Every export that is missing or cannot be called, in the order of the interface, then everything else.
    pub mismatches: Vec<Mismatch>,
}

/// An export that is missing, cannot be called, or means other types.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// The name of the export, or of the host function; empty if it concerns the plug-in itself.
    pub export: String,
    /// What is wrong with it.
    pub kind: MismatchKind,
}

/// What is wrong with an export.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MismatchKind {
    /// There is no such export.
    #[non_exhaustive]
    Missing {
        /// The export with the most similar name, if one is similar.
        nearest: Option<String>,
    },
    /// The export is not a function.
    NotAFunction,
    /// The export is a function, but neither `() -> i32` nor `() -> ()`.
    Signature(FuncType),
    /// By what the plug-in says of itself, it means other types than the host.
    Types(Difference),
    /// The plug-in does not say what it implements: it has no section `extism:interface`, and the interface requires it.
    NoSection,
    /// What the plug-in says of itself cannot be read.
    Section(DescriptionError),
    /// The [`Export`](crate::Export) belongs to another plug-in.
    Foreign,
}

impl fmt::Display for InterfaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display::limited(f, |f| {
            write!(f, "plug-in `{}`", display::name(&self.plugin))?;
            if let Some(interface) = &self.interface {
                write!(f, " does not satisfy the interface `{interface}`")?;
            }
            match self.mismatches.as_slice() {
                [mismatch] => write!(f, ": {mismatch}"),
                mismatches => {
                    f.write_str(":")?;
                    mismatches.iter().try_for_each(|mismatch| write!(f, "\n  - {mismatch}"))
                }
            }
        })
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { export, kind } = self;
        let export = display::name(export);
        match kind {
            MismatchKind::Missing { nearest: None } => write!(f, "no export `{export}`"),
            MismatchKind::Missing { nearest: Some(nearest) } => {
                write!(f, "no export `{export}` (did you mean `{}`?)", display::name(nearest))
            }
            MismatchKind::NotAFunction => write!(f, "the export `{export}` is not a function"),
            MismatchKind::Signature(found) => write!(
                f,
                "the export `{export}` has the signature {found}; a plug-in's functions must have () -> i32 or () -> ()"
            ),
            MismatchKind::Types(difference) => write!(f, "{difference}"),
            MismatchKind::NoSection => Refused::NoSection.fmt(f),
            MismatchKind::Section(error) => Refused::Unreadable(error.clone()).fmt(f),
            MismatchKind::Foreign => {
                write!(
                    f,
                    "the handle of `{export}` belongs to another plug-in; create one with this plug-in's \
                     `Plugin::export`"
                )
            }
        }
    }
}
