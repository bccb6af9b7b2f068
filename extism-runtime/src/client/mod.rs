//! The parts that the clients of `#[plugin_interface]` are built from.

mod call;
mod context;
mod forward;
mod forward_shared;
mod future;
mod outcome;
mod plugin_interface;
mod resolved_exports;
mod scope;
mod several;
mod shared;
mod shared_interface;
mod shared_returned;
mod timeout;
mod together;
pub mod typed;
mod view;

pub use self::{
    call::{flatten, map_present, value_or_panic},
    context::WithContext,
    forward::Forward,
    forward_shared::ForwardShared,
    future::{Either, either, then},
    outcome::SameForClient,
    plugin_interface::PluginInterface,
    resolved_exports::{ResolvedExports, client, client_of},
    several::SeveralArguments,
    shared::{SharedPlugin, shared_client, shared_client_of},
    shared_interface::SharedInterface,
    timeout::WithTimeout,
    together::{Holder, Together},
    view::View,
};
