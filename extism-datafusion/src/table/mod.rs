//! Table functions, which read a file that the plug-in understands.

mod file;
mod function;
mod provider;
mod read;
mod scan;

pub use self::{function::PluginTableFunction, provider::PluginTable, scan::PluginTableScan};
