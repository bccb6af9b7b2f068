use std::{fmt, sync::Arc};

use crate::display;

/// Where a call failed: the plug-in, and its export. There is no export if an instance could not be created outside of
/// a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    pub(crate) plugin: Arc<str>,
    pub(crate) export: Arc<str>,
}

impl Site {
    pub(crate) fn new(plugin: impl Into<Arc<str>>, export: impl Into<Arc<str>>) -> Box<Self> {
        Box::new(Self { plugin: plugin.into(), export: export.into() })
    }

    /// Returns the plug-in's name.
    #[must_use]
    pub fn plugin_name(&self) -> &str {
        &self.plugin
    }

    /// Returns the name of the export that was called; empty if no call was running.
    #[must_use]
    pub fn export_name(&self) -> &str {
        &self.export
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "plug-in `{}`, ", display::name(&self.plugin))?;
        match &*self.export {
            "" => f.write_str("creating an instance"),
            export => write!(f, "export `{}`", display::name(export)),
        }
    }
}
