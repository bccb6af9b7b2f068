//! The parts that the clients of `#[plugin_interface]` are built from.

pub(crate) mod call;
mod context;
mod forward;
pub(crate) mod outcome;
mod plugin_interface;
pub(crate) mod resolved_exports;
pub(crate) mod several;
pub(crate) mod together;
pub mod typed;
mod view;

pub use self::{context::WithContext, forward::Forward, plugin_interface::PluginInterface, view::View};
