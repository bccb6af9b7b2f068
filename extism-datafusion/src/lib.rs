#![doc = include_str!("../README.md")]
//!
//! ## Parts
//!
//! A [`PluginStore`] makes functions of a plug-in's exports: of rows, of batches, aggregates and table functions. Each
//! function is a [`FunctionSpec`], which is data, and the [`Modules`] of the process that calls it, which fetch, compile
//! and lend the plug-ins under that process's own [`ExecutorPolicy`]. A [`PluginFunctionFactory`] makes them in SQL.

pub mod aggregate;
mod call;
mod columns;
pub mod create;
pub mod error;
mod fetch;
mod grant;
mod ipc;
pub mod modules;
pub mod policy;
pub mod scalar;
#[cfg(feature = "ship")]
pub mod ship;
pub mod spec;
pub mod store;
pub mod table;
mod text;
pub mod types;
mod watchdog;

pub use self::{
    aggregate::PluginAggregate,
    create::PluginFunctionFactory,
    error::FunctionError,
    ipc::ArrowIpc,
    modules::{Counts, Modules},
    policy::ExecutorPolicy,
    scalar::PluginScalar,
    spec::{FunctionSpec, Location, ModuleRef},
    store::{JsonForm, PluginStore},
    table::{PluginTable, PluginTableFunction, PluginTableScan},
};
