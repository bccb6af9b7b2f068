//! The life of an instance: creation, initialization, calls, and its end after a failure that it cannot survive.

mod accounted;
mod call;
mod calling;
mod dump;
mod executed;
mod executor;
mod failure;
mod input;
mod instantiate;
mod interruptible;
mod limits;
mod live;
mod nesting;
mod options;
mod output;
mod slot;

pub(crate) use self::{
    accounted::{accounted, unserved},
    call::{call_export, initialize, new_instance, new_instance_async},
    calling::{Called, Calling, Left},
    nesting::thread,
    options::CallOptions,
    slot::Slot,
};
use self::{instantiate::instantiate, limits::Limits, live::Live, output::Output};
use crate::{compile::CompiledInner, error::Site};

/// Returns where a call of an export failed.
#[cold]
pub(crate) fn site(compiled: &CompiledInner, export: u32) -> Box<Site> {
    Site::new(compiled.settings.name.clone(), compiled.exports.name(export))
}
