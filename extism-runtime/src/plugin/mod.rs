//! Plug-ins: builder, compiled plug-in, instance and exports.

mod builder;
mod compiled;
mod export;
mod from_plugin;
mod instance;
mod limits;
mod pool;
mod resolve;
mod stage;

pub(crate) use self::pool::PerCall;
pub use self::{
    builder::PluginBuilder,
    compiled::{CompiledPlugin, ExportType, ImportType},
    export::{Export, RawExport},
    from_plugin::{FromPlugin, FromPool},
    instance::Plugin,
    pool::{Pool, PoolBuilder, PoolOptions, PooledPlugin},
    stage::BuildStage,
};
