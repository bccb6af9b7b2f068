//! Between columns and the bytes of single values.

mod append;
mod builder;
mod cell;
mod input;
mod reader;

pub(crate) use self::{
    builder::Builder,
    input::{Column, Inputs, array_header},
};
