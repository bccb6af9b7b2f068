//! An instance: made, initialized, called, and given up after what it can't survive.

mod dump;
mod failure;
mod input;
mod instantiate;
mod live;
mod nesting;
mod site;

pub(crate) use self::{
    input::write_input,
    instantiate::instantiate,
    live::{Live, run},
    site::site,
};
