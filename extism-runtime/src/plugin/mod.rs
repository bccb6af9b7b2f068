//! A plug-in: built, compiled, an instance, its exports, and how a call is cancelled.

mod builder;
mod cancel;
mod compiled;
mod export;
mod instance;
mod pool;
mod stage;

pub use self::{
    builder::PluginBuilder,
    cancel::CancelHandle,
    compiled::{CompiledPlugin, ExportType, ImportType},
    export::{Export, RawExport},
    instance::Plugin,
    pool::{Pool, PooledPlugin},
    stage::BuildStage,
};
