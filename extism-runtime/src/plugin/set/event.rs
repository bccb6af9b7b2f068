use std::sync::Arc;

use crate::error::SetError;

/// A change of a set's plug-ins, or of a [`Reloadable`](super::Reloadable); reported by reloading and watching.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SetEvent {
    /// A plug-in was added, or could be loaded for the first time.
    #[non_exhaustive]
    Loaded {
        /// The plug-in's name.
        plugin: String,
    },
    /// A new version of a plug-in serves from now on.
    #[non_exhaustive]
    Replaced {
        /// The plug-in's name.
        plugin: String,
    },
    /// A plug-in's file is gone, and so is the plug-in; calls that run end as usual.
    #[non_exhaustive]
    Removed {
        /// The plug-in's name.
        plugin: String,
    },
    /// A plug-in cannot be loaded, or the directory cannot be read. What served before still serves.
    Failed(Arc<SetError>),
}

impl SetEvent {
    /// Returns the plug-in's name; empty if the event is about the set's directory.
    #[must_use]
    pub fn plugin(&self) -> &str {
        match self {
            Self::Loaded { plugin } | Self::Replaced { plugin } | Self::Removed { plugin } => plugin,
            Self::Failed(error) => &error.plugin,
        }
    }

    /// Returns why a plug-in could not be loaded.
    #[must_use]
    pub fn error(&self) -> Option<&Arc<SetError>> {
        match self {
            Self::Failed(error) => Some(error),
            _ => None,
        }
    }
}
