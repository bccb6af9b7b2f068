//! The clients that [`#[plugin_interface]`](macro@crate::plugin_interface) generates, for generic code: the traits that they
//! implement, and the views that they return.
//!
//! The clients have the same functions as inherent ones, so programs that call a plug-in do not need this module.

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
pub(crate) mod shared_returned;
mod timeout;
pub(crate) mod together;
pub mod typed;
mod view;

pub use self::{
    context::WithContext, forward::Forward, forward_shared::ForwardShared, plugin_interface::PluginInterface,
    shared_interface::SharedInterface, timeout::WithTimeout, view::View,
};
