//! Errors of plug-ins in a set.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use super::{BoxError, Error, HostPanic};
use crate::display;

/// What is wrong with a plug-in of a [`PluginSet`](crate::set::PluginSet), with a
/// [`Reloadable`](crate::set::Reloadable), or with the directory of a set. The message names the plug-in and its file.
#[derive(Debug)]
#[non_exhaustive]
pub struct SetError {
    /// The plug-in's name; empty if the error is about the set's directory.
    pub plugin: String,
    /// The plug-in's file: its manifest or its module. Or the set's directory.
    pub file: PathBuf,
    /// What is wrong.
    pub problem: SetProblem,
}

/// The reason of a [`SetError`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetProblem {
    /// The set's directory cannot be read.
    #[error("cannot read the directory: {0}")]
    Directory(#[source] io::Error),
    /// The plug-in's file cannot be read.
    #[error("cannot read the file: {0}")]
    File(#[source] io::Error),
    /// The plug-in's file, or a module's file that its manifest names, is a directory, a named pipe or the like.
    #[error("{} is not a regular file", display::name(&.0.to_string_lossy()))]
    NotAFile(PathBuf),
    /// Several files of the directory have this plug-in's name.
    #[error("several files have this name: {}; rename or remove all but one", listed(.0))]
    Duplicate(Vec<PathBuf>),
    /// The name of the file is not UTF-8. The plug-in's name is then an escaped form of it.
    #[error("the name of the file is not UTF-8; rename it")]
    Name,
    /// The set has no plug-in with this name.
    #[error("there is no such plug-in{}", hint(.nearest.as_deref()))]
    #[non_exhaustive]
    Unknown {
        /// The name that was probably meant.
        nearest: Option<String>,
    },
    /// The plug-in is disabled.
    #[error("the plug-in is disabled; `PluginSet::enable` enables it")]
    Disabled,
    /// A client that cannot be shared stayed in use for as long as the set waits for one.
    #[error(
        "its only instance was in use for {waited:?}; a host function that waits for its own plug-in waits in vain; \
         with a trait whose methods take `&self`, calls run side by side"
    )]
    #[non_exhaustive]
    Busy {
        /// How long was waited.
        waited: Duration,
    },
    /// The program's own check refused the plug-in.
    #[error("refused by the check: {}", display::text(.0))]
    Refused(#[source] BoxError),
    /// A function of the program's, which configures or checks plug-ins, panicked.
    #[error("the program {0}")]
    Panicked(#[source] HostPanic),
    /// The plug-in cannot be loaded, compiled or linked, or lacks exports.
    #[error(transparent)]
    Plugin(Error),
}

impl SetError {
    pub(crate) fn new(plugin: &str, file: &Path, problem: SetProblem) -> Arc<Self> {
        Arc::new(Self { plugin: plugin.to_owned(), file: file.to_owned(), problem })
    }
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.to_string_lossy();
        if self.plugin.is_empty() {
            return write!(f, "the plug-ins in {}: {}", display::name(&file), self.problem);
        }
        write!(f, "plug-in `{}` ({}): {}", display::name(&self.plugin), display::name(&file), self.problem)
    }
}

impl std::error::Error for SetError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.problem)
    }
}

fn listed(files: &[PathBuf]) -> String {
    let names: Vec<_> = files.iter().map(|file| display::name(&file.to_string_lossy()).to_string()).collect();
    names.join(", ")
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; did you mean `{}`?", display::name(name))).unwrap_or_default()
}
