//! Plug-ins: builder, compiled plug-in, instance and exports.

mod builder;
mod call_future;
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
    call_future::CallFuture,
    compiled::{CompiledPlugin, ExportType, ImportType},
    export::{Export, RawExport},
    from_plugin::{FromPlugin, FromPool},
    instance::Plugin,
    pool::{Pool, PoolBuilder, PoolOptions, PooledPlugin, SharedFuture},
    stage::BuildStage,
};
