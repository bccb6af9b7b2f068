//! JSON Schemas, as far as types of Rust become such.

mod alternatives;
#[cfg_attr(not(feature = "declare"), allow(dead_code, reason = "generated code uses some of it"))]
mod references;

#[cfg_attr(not(feature = "declare"), allow(unused_imports, reason = "generated code uses some of it"))]
pub(crate) use self::{
    alternatives::{Additional, Alternative, Alternatives, Kinds},
    references::{Types, rename_types, without_equal},
};
