//! Counts calls, and reports them to observers.

use std::{ops::Deref, sync::Arc};

use super::{Output, Slot, nesting, site};
use crate::{
    Decode, Error,
    codec::CodecError,
    compile::CompiledInner,
    store::CallState,
    usage::{Observed, Outcome, Owner, is_observed},
};

/// Makes a call: `run` returns where its output is, which is then decoded.
#[inline]
pub(crate) fn accounted<'p, O: Decode<'p>>(
    slot: &'p mut Slot,
    compiled: &'p Arc<CompiledInner>,
    state: &CallState,
    export: u32,
    run: impl FnOnce(&mut Slot) -> Result<Output, Error>,
) -> Result<O, Error> {
    if is_observed(&compiled.settings.options.listener) {
        return observed(slot, compiled, state, export, run);
    }
    counted(slot, compiled, export, run)
}

#[cold]
#[inline(never)]
fn observed<'p, O: Decode<'p>>(
    slot: &'p mut Slot,
    compiled: &'p Arc<CompiledInner>,
    state: &CallState,
    export: u32,
    run: impl FnOnce(&mut Slot) -> Result<Output, Error>,
) -> Result<O, Error> {
    let observed = observe(slot, compiled, export);
    let entered = observed.as_ref().map(Observed::enter);
    let result = counted(slot, compiled, export, run);
    drop(entered);
    if let Some(observed) = observed {
        report(observed, state, outcome_of(&result));
    }
    result
}

#[inline]
fn counted<'p, O: Decode<'p>>(
    slot: &'p mut Slot,
    compiled: &CompiledInner,
    export: u32,
    run: impl FnOnce(&mut Slot) -> Result<Output, Error>,
) -> Result<O, Error> {
    let mut guard = Unwinding(Some(slot));
    let output = match &mut guard.0 {
        Some(slot) => run(slot),
        None => unreachable!("it was set just now"),
    };
    match (guard.0.take(), output) {
        (Some(slot), Ok(output)) => finish(slot, compiled, export, output),
        (Some(slot), Err(error)) => Err(failed(slot, compiled, error)),
        (None, _) => unreachable!("nothing else takes it"),
    }
}

/// Decodes a call's output, and counts the call.
#[inline]
pub(super) fn finish<'p, O: Decode<'p>>(
    slot: &'p Slot,
    compiled: &CompiledInner,
    export: u32,
    output: Output,
) -> Result<O, Error> {
    let bytes = output.len();
    let mut guard = Unwinding(Some(slot));
    let decoded = slot.decode(compiled, output);
    guard.0 = None;
    let meter = slot.meter();
    if let Some(meter) = meter {
        meter.output(bytes);
    }
    // Each kind of `Result` has its own place for the value, so converting one into another by `map_err` would move it, in
    // pieces of other sizes than it was written in, for which the processor waits.
    match decoded {
        Ok(decoded) => {
            if let Some(meter) = meter {
                meter.ended(Outcome::Ok);
            }
            Ok(decoded)
        }
        Err(source) => Err(undecodable(slot, compiled, export, source)),
    }
}

#[cold]
#[inline(never)]
fn undecodable(slot: &Slot, compiled: &CompiledInner, export: u32, source: CodecError) -> Error {
    failed(slot, compiled, Error::Decode { at: site(compiled, export), source })
}

/// Counts a call that has failed.
#[cold]
#[inline(never)]
pub(super) fn failed(slot: &Slot, compiled: &CompiledInner, error: Error) -> Error {
    match slot.meter() {
        Some(meter) => meter.ended(error.outcome()),
        None => compiled.ledger.count(Owner::NONE, error.outcome()),
    }
    error
}

/// Begins to observe a call, if anyone observes calls.
#[inline]
pub(super) fn observe_async<'c>(slot: &Slot, compiled: &'c CompiledInner, export: u32) -> Option<Box<Observed<'c>>> {
    if is_observed(&compiled.settings.options.listener) { observe(slot, compiled, export).map(Box::new) } else { None }
}

#[cold]
fn observe<'c>(slot: &Slot, compiled: &'c CompiledInner, export: u32) -> Option<Observed<'c>> {
    let id = slot.persistent().map(|persistent| persistent.id);
    Observed::begin(&compiled.settings.options.listener, compiled.caller(id, export), slot.meter())
}

/// Counts and reports a call that got no instance.
#[cold]
pub(crate) fn unserved(compiled: &CompiledInner, owner: Owner, export: u32, outcome: Outcome) {
    compiled.ledger.count(owner, outcome);
    let observed = Observed::begin(&compiled.settings.options.listener, compiled.caller(None, export), None);
    if let Some(observed) = observed {
        observed.end(outcome);
    }
}

/// Reports how a call has ended.
#[cold]
pub(super) fn report(observed: Observed<'_>, state: &CallState, outcome: Outcome) {
    // Lets a pool know that its instance waits for this thread.
    let _running = state.begin(nesting::thread());
    observed.end(outcome);
}

pub(super) fn outcome_of<T>(result: &Result<T, Error>) -> Outcome {
    result.as_ref().map_or_else(Error::outcome, |_| Outcome::Ok)
}

/// A call that is running. If it is dropped with its slot, a panic unwinds through the call.
pub(super) struct Unwinding<S: Deref<Target = Slot>>(pub(super) Option<S>);

impl<S: Deref<Target = Slot>> Drop for Unwinding<S> {
    #[inline]
    fn drop(&mut self) {
        if let Some(meter) = self.0.as_deref().and_then(Slot::meter) {
            meter.ended(Outcome::Dropped);
        }
    }
}
