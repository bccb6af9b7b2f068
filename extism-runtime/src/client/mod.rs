//! The parts that the clients of `#[plugin_interface]` are built from.

pub(crate) mod call;
mod context;
mod forward;
mod forward_shared;
pub(crate) mod future;
pub(crate) mod outcome;
mod plugin_interface;
pub(crate) mod resolved_exports;
mod scope;
pub(crate) mod several;
pub(crate) mod shared;
pub(crate) mod shared_base;
mod shared_interface;
mod shared_returned;
mod timeout;
pub(crate) mod together;
pub mod typed;
mod view;

pub use self::{
    context::WithContext, forward::Forward, forward_shared::ForwardShared, plugin_interface::PluginInterface,
    shared_interface::SharedInterface, timeout::WithTimeout, view::View,
};
