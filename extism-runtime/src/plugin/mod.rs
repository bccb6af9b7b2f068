//! Building, compiling and calling plug-ins: [`PluginBuilder`] builds a [`CompiledPlugin`], which creates instances, each
//! a [`Plugin`].

mod builder;
mod call_future;
mod compiled;
pub(crate) mod export;
mod from_plugin;
mod initialize;
mod instance;
mod last;
mod limits;
pub(crate) mod pool;
mod raw;
pub(crate) mod resolve;
mod scope;
pub(crate) mod set;
mod stage;
mod vars;
#[cfg(feature = "cache")]
mod warm;

pub(crate) use self::pool::PerCall;
#[cfg(feature = "cache")]
pub use self::warm::{WarmProgress, Warmed};
pub use self::{
    builder::PluginBuilder,
    call_future::CallFuture,
    compiled::CompiledPlugin,
    export::Export,
    from_plugin::{FromPlugin, FromPool},
    instance::Plugin,
    scope::PluginScope,
    stage::BuildStage,
};
pub use crate::{
    clock::{Clock, FixedClock, SteppingClock},
    load::DownloadProgress,
    plugin_id::PluginId,
    store::CancelHandle,
    streams::WasiOutput,
};
