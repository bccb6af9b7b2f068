//! An instance: created, initialized, called, and dropped after a failure that it cannot survive.

mod accounted;
mod call;
mod calling;
mod dump;
mod executor;
mod failure;
mod input;
mod instantiate;
mod interruptible;
mod limits;
mod live;
mod nesting;
mod options;
mod site;
mod slot;

pub(crate) use self::{
    accounted::accounted,
    call::{call_export, new_instance, new_instance_async},
    calling::{Called, Calling},
    nesting::thread,
    options::CallOptions,
    site::site,
    slot::Slot,
};
use self::{instantiate::instantiate, limits::Limits, live::Live};
