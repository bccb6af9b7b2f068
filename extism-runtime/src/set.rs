//! Sets of plug-ins: a directory of them, loaded side by side, and replaced while they are in use.

pub use crate::plugin::set::{
    Lent, PluginFile, PluginSet, PluginSetBuilder, Reloadable, ReloadableBuilder, SetEntry, SetEvent, SetProgress,
    SetStage,
};
#[cfg(feature = "watch")]
pub use crate::plugin::set::{Watch, WatchOptions};
