//! Code shared by the macros.

mod attributes;
mod errors;
pub(crate) mod host_functions;
mod lifetimes;
mod options;
mod text;
mod types;

pub(crate) use self::{
    attributes::{cfgs, take_attributes},
    errors::Errors,
    lifetimes::{LifetimeUse, anonymous, lifetime_use},
    options::{codec_path, each_option, parse_crate, set_once},
    text::{nearest, type_text},
    types::{at, in_codec, peel, place, runtime_path},
};
