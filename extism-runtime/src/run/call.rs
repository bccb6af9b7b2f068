//! Calls an export from start to finish, and creates instances outside of calls.

use std::sync::Arc;

use super::{
    CallOptions, Limits, Live, Output, Slot,
    failure::{Failure, classify, finish},
    input::write_input,
    instantiate,
    nesting::{self, Nested},
    site,
};
use crate::{
    Encode, Error,
    compile::CompiledInner,
    store::{CallState, Persistent},
};

/// Creates an instance without a call, under the same limits as a call.
pub(crate) fn new_instance(
    compiled: &Arc<CompiledInner>,
    persistent: Box<Persistent>,
    state: &Arc<CallState>,
) -> Result<Slot, Error> {
    let options = CallOptions::of(compiled);
    let limits = Limits::of_instance(compiled, state, &options)?;
    nesting::now(instantiate(&mut Some(persistent), &limits, compiled.preferred())).map(Slot::new)
}

/// The async form of [`new_instance`].
pub(crate) async fn new_instance_async(
    compiled: &Arc<CompiledInner>,
    persistent: Box<Persistent>,
    state: &Arc<CallState>,
) -> Result<Slot, Error> {
    let mut options = CallOptions::of(compiled);
    let limits = Limits::of_async_instance(compiled, state, &mut options)?;
    instantiate(&mut Some(persistent), &limits, compiled.preferred()).await.map(Slot::new)
}

/// Calls an export; returns where its output is.
///
/// Everything that the guest determines runs under the limits of this call: creating a new instance if
/// needed, start functions and initializers, and the export itself.
#[inline]
pub(crate) fn call_export<I: Encode>(
    slot: &mut Slot,
    compiled: &Arc<CompiledInner>,
    state: &Arc<CallState>,
    export: u32,
    input: &I,
    options: &CallOptions,
) -> Result<Output, Error> {
    let nested = Nested::begin().map_err(|error| too_deep(compiled, export, error))?;
    let _running = state.begin(nested.thread());
    let limits = Limits::of_call(compiled, state, export, options)?;
    let live = slot.ready(&limits)?;
    match write_input(live, compiled, export, input) {
        Ok(bytes) => live.meter().input(bytes),
        Err(error) => {
            // A part of the input may be in the memory, outside any block.
            live.wiped = None;
            return Err(error);
        }
    }
    let result = call_and_classify(live, &limits);
    let fuel = limits.fuel_consumed(&live.store);
    slot.consumed(fuel);
    match result {
        Ok(output) => Ok(output),
        Err(failure) => Err(settle(slot, failure)),
    }
}

/// Initializes an instance without a call, if that has not been done, under the same limits as a call.
pub(crate) fn initialize(
    slot: &mut Slot,
    compiled: &Arc<CompiledInner>,
    state: &Arc<CallState>,
    options: &CallOptions,
) -> Result<(), Error> {
    let nested = Nested::begin().map_err(|error| Error::engine(compiled.settings.name.to_string(), error))?;
    let _running = state.begin(nested.thread());
    let limits = Limits::of_instance(compiled, state, options)?;
    let live = slot.ready(&limits)?;
    if !live.is_new() {
        return Ok(());
    }
    // As for a call.
    live.ended = true;
    let result = nesting::now(live.initialize(&limits));
    live.ended = false;
    match result {
        Ok(()) => Ok(()),
        Err(error) => classify(live, &limits, error).map(drop).map_err(|failure| settle(slot, failure)),
    }
}

/// Calls an export whose input is already in the kernel's memory; returns where its output is. After an
/// error that ends the instance, the instance must be dropped.
fn call_and_classify(live: &mut Live, limits: &Limits<'_>) -> Result<Output, Failure> {
    // Set until the call returns: if a panic in the host unwinds through the call, the instance is not used again.
    live.ended = true;
    let result = live.call_function(limits);
    classify_result(live, limits, result)
}

/// Returns the output of a call that has ended.
#[inline]
pub(super) fn classify_result(
    live: &mut Live,
    limits: &Limits<'_>,
    result: wasmtime::Result<i32>,
) -> Result<Output, Failure> {
    live.ended = false;
    match result {
        Ok(code) => {
            if limits.compiled.exports.name(limits.export) == "_start" {
                live.ended = true;
            }
            finish(live, limits, code)
        }
        Err(error) => classify(live, limits, error),
    }
}

/// Drops the instance if the failure requires it.
#[cold]
pub(super) fn settle(slot: &mut Slot, failure: Failure) -> Error {
    if failure.poisoned {
        slot.park();
    }
    failure.error
}

#[cold]
pub(super) fn too_deep(compiled: &CompiledInner, export: u32, error: String) -> Error {
    Error::engine(site(compiled, export).to_string(), error)
}
