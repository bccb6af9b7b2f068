//! The parts that the clients of `#[plugin_interface]` are built from.

mod call;
mod context;
mod exports;
mod forward;
mod many;
mod outcome;
mod plugin_interface;
mod together;
pub mod typed;
mod view;

pub use self::{
    call::{flatten, map_present, unwrap},
    context::WithContext,
    exports::{Exports, client, client_of},
    forward::Forward,
    many::Arguments as ManyArguments,
    outcome::SameForClient,
    plugin_interface::PluginInterface,
    together::{Holder, Together},
    view::View,
};
