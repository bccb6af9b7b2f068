//! Code shared by the macros.

mod attributes;
mod errors;
mod file_path;
pub(crate) mod host_functions;
mod lifetimes;
mod options;
mod permission;
mod received;
mod side;
mod text;
mod types;
mod unique;

pub(crate) use self::{
    attributes::{cfgs, take_attributes},
    errors::Errors,
    file_path::FilePath,
    lifetimes::{LifetimeUse, anonymous, lifetime_use},
    options::{KeyValue, codec_path, each_option, parse_codec},
    permission::check_permission,
    received::{CODECS, Received, names_no_codec, received, received_together, result_types, with_ok},
    side::Side,
    text::{nearest, type_text},
    types::{FUTURE, error_span, in_codec, is_future, owned_form, peel, respan, runtime_path},
    unique::{unique, unique_trait},
};
