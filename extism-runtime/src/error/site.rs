use std::{fmt, sync::Arc};

use crate::shown;

/// Where a call went wrong: which plug-in, and which of its exports. Without an export, where an instance could not be made
/// outside of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    pub(crate) plugin: Arc<str>,
    pub(crate) export: Arc<str>,
}

impl Site {
    pub(crate) fn new(plugin: impl Into<Arc<str>>, export: impl Into<Arc<str>>) -> Box<Self> {
        Box::new(Self { plugin: plugin.into(), export: export.into() })
    }

    /// The plug-in's name.
    #[must_use]
    pub fn plugin(&self) -> &str {
        &self.plugin
    }

    /// The export that was called; empty where no call was running.
    #[must_use]
    pub fn export(&self) -> &str {
        &self.export
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "plug-in `{}`, ", shown::name(&self.plugin))?;
        match &*self.export {
            "" => f.write_str("making an instance"),
            export => write!(f, "export `{}`", shown::name(export)),
        }
    }
}
