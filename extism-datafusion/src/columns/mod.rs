//! Between columns and the bytes of single values.

mod append;
mod budget;
mod builder;
mod cell;
mod input;
mod reader;
mod transcode;
mod value;

pub(crate) use self::{
    budget::Budget,
    builder::Builder,
    input::{Column, Inputs, array_header},
};
