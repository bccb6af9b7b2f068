//! JSON Schemas, as far as types of Rust become such.

mod alternatives;
mod references;

pub(crate) use self::{
    alternatives::{Additional, Alternative, Alternatives, Kinds},
    references::{Types, rename_types, without_equal},
};
