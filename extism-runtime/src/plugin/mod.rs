//! Plug-ins: builder, compiled plug-in, instance and exports.

mod builder;
mod compiled;
mod export;
mod instance;
mod limits;
mod loan;
mod pool;
mod stage;

pub use self::{
    builder::PluginBuilder,
    compiled::{CompiledPlugin, ExportType, ImportType},
    export::{Export, RawExport},
    instance::Plugin,
    loan::PooledPlugin,
    pool::{Pool, PoolBuilder},
    stage::BuildStage,
};
