//! A call of an export from its beginning to its end, and the making of an instance without one.

use std::{ops::Range, sync::Arc};

use super::{
    CallOptions, Limits, Slot, failure::Failure, input::write_input, instantiate, live, nesting::Nested, site,
};
use crate::{
    Encode, Error,
    compile::CompiledInner,
    store::{CallState, Persistent},
};

/// Makes an instance without a call, under the limits that each call has.
pub(crate) fn new_instance(
    compiled: &Arc<CompiledInner>,
    persistent: Box<Persistent>,
    state: &Arc<CallState>,
) -> Result<Slot, Error> {
    let limits = Limits::of_instance(compiled, state, CallOptions::of(compiled))?;
    instantiate(persistent, &limits).map(Slot::new).map_err(|(error, _)| error)
}

/// Calls an export; returns where its output is in the kernel's memory.
///
/// All that the guest determines is done under the limits of this call: a new instance where there is none, start
/// functions and initializers, the export itself.
#[inline]
pub(crate) fn call<I: Encode>(
    slot: &mut Slot,
    compiled: &Arc<CompiledInner>,
    state: &Arc<CallState>,
    export: u32,
    input: &I,
    options: CallOptions,
) -> Result<Range<usize>, Error> {
    let nested = Nested::enter().map_err(|error| too_deep(compiled, export, error))?;
    let _running = state.begin(nested.thread());
    let limits = Limits::of_call(compiled, state, export, options)?;
    let live = slot.ready(&limits)?;
    write_input(live, compiled, export, input)?;
    let result = live::run(live, &limits);
    slot.fuel_consumed = limits.fuel_consumed(&live.store);
    match result {
        Ok(output) => Ok(output),
        Err(failure) => Err(settle(slot, failure)),
    }
}

/// Gives up the instance where its failure asks for that.
#[cold]
fn settle(slot: &mut Slot, failure: Failure) -> Error {
    if failure.poisoned {
        slot.park();
    }
    failure.error
}

#[cold]
fn too_deep(compiled: &CompiledInner, export: u32, error: String) -> Error {
    Error::engine(site(compiled, export).to_string(), error)
}
