//! Code shared by the macros.

mod attributes;
mod errors;
pub(crate) mod host_functions;
mod lifetimes;
mod options;
mod permission;
mod text;
mod types;

pub(crate) use self::{
    attributes::{cfgs, take_attributes},
    errors::Errors,
    lifetimes::{LifetimeUse, anonymous, lifetime_use},
    options::{KeyValue, codec_path, each_option},
    permission::check_permission,
    text::{nearest, type_text},
    types::{FUTURE, error_span, in_codec, is_future, owned_form, peel, respan, runtime_path},
};
