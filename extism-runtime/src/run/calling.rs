//! Calls an export as a task.

use std::{
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
};

use super::{
    CallOptions, Limits, Output, Slot,
    accounted::{Unwinding, failed, finish, observe_async, outcome_of, report},
    call::{classify_result, settle, too_deep},
    input::{encode_input, write_input},
    interruptible::interruptible_work,
    live::lacks_stack,
    nesting::Nested,
    slot::gone,
};
use crate::{
    Decode, Encode, Error,
    compile::CompiledInner,
    engine::Allocation,
    kernel,
    store::{CallContext, CallState, RunningCall},
    usage::{Observed, Outcome},
};

/// A call of an export that has begun, and runs as it is polled.
pub(crate) struct Calling<'p> {
    compiled: &'p Arc<CompiledInner>,
    state: &'p Arc<CallState>,
    export: u32,
    /// `None` once it has ended.
    task: Option<Task<'p>>,
    /// `None` if nobody observes the call, and once it has ended.
    observed: Option<Box<Observed<'p>>>,
}

type Task<'p> = Pin<Box<dyn Future<Output = Done<'p>> + Send + 'p>>;

/// The slot of a call that has succeeded, and where its output is. Errors are in a `Box`, since
/// each layer of futures that passes on a result moves it.
type Done<'p> = Result<(&'p Slot, Output), Box<Error>>;

/// A call that has succeeded.
pub(crate) struct Called<'p> {
    compiled: &'p CompiledInner,
    state: &'p CallState,
    export: u32,
    slot: &'p Slot,
    output: Output,
    observed: Option<Box<Observed<'p>>>,
}

impl<'p> Called<'p> {
    /// Returns the call's result.
    #[inline]
    pub(crate) fn decode<O: Decode<'p>>(self) -> Result<O, Error> {
        match self.observed {
            None => finish(self.slot, self.compiled, self.export, self.output),
            Some(observed) => {
                let entered = observed.enter();
                let result = finish(self.slot, self.compiled, self.export, self.output);
                drop(entered);
                report(*observed, self.state, outcome_of(&result));
                result
            }
        }
    }

    /// Leaves the output in the kernel's memory, to be decoded when nothing borrows the slot any longer.
    pub(crate) fn leave(self) -> Left {
        let observed = self.observed.map(|observed| Box::new(observed.into_owned()));
        Left { export: self.export, output: self.output, observed }
    }
}

/// A call that has succeeded, and has left its output in the kernel's memory.
pub(crate) struct Left {
    export: u32,
    output: Output,
    observed: Option<Box<Observed<'static>>>,
}

impl Left {
    /// Returns the call's result.
    pub(crate) fn decode<'p, O: Decode<'p>>(
        self,
        slot: &'p Slot,
        compiled: &'p CompiledInner,
        state: &'p CallState,
    ) -> Result<O, Error> {
        let Self { export, output, observed } = self;
        Called { compiled, state, export, slot, output, observed }.decode()
    }
}

impl<'p> Calling<'p> {
    /// Begins a call and encodes its input. `None` as the context keeps the plug-in's own.
    #[expect(clippy::inline_always, reason = "a call would have to wait for each copy of what this returns")]
    #[inline(always)]
    pub(crate) fn begin<I: Encode>(
        slot: &'p mut Slot,
        compiled: &'p Arc<CompiledInner>,
        state: &'p Arc<CallState>,
        export: u32,
        input: &I,
        mut options: CallOptions,
        context: Option<CallContext>,
    ) -> Result<Self, Error> {
        let limits = match Limits::of_async_call(compiled, state, export, &mut options) {
            Ok(limits) => limits,
            Err(error) => return Err(failed(slot, compiled, error)),
        };
        let observed = observe_async(slot, compiled, export);
        let running = state.begin(0);
        let entered = observed.as_deref().map(Observed::enter);
        let encoded = encode(slot, &limits, input);
        drop(entered);
        let encoded = match encoded {
            Ok(encoded) => encoded,
            Err(error) => {
                let error = failed(slot, compiled, error);
                if let Some(observed) = observed {
                    report(*observed, state, error.outcome());
                }
                return Err(error);
            }
        };
        let outer = context.and_then(|context| Outer::enter(slot, context));
        let task = Begun { slot: Some(slot), compiled, state, export, options, encoded, outer, running }.into_task();
        if let Some(observed) = &observed {
            observed.pause();
        }
        Ok(Self { compiled, state, export, task: Some(task), observed })
    }

    /// Continues the call on this thread. After it has ended, the future stays pending.
    #[expect(clippy::inline_always, reason = "a call would have to wait for the copy of what this returns")]
    #[inline(always)]
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Called<'p>, Error>> {
        let Some(mut task) = self.task.take() else { return Poll::Pending };
        let nested = Nested::begin().map_err(|error| too_deep(self.compiled, self.export, error))?;
        self.state.resume(nested.thread());
        let _beat = self.compiled.settings.engine.timed_call()?;
        #[cfg(feature = "wasi")]
        let _entered = if self.compiled.uses_wasi { super::executor::enter_runtime() } else { None };
        let entered = self.observed.as_deref().map(Observed::resume);
        let polled = task.as_mut().poll(context);
        drop(entered);
        let Poll::Ready(done) = polled else {
            self.state.pause();
            self.task = Some(task);
            if let Some(observed) = &self.observed {
                observed.pause();
            }
            return Poll::Pending;
        };
        let Self { compiled, state, export, .. } = *self;
        // A successful call is observed until its output is decoded.
        let observed = self.observed.take();
        Poll::Ready(match done {
            Ok((slot, output)) => Ok(Called { compiled, state, export, slot, output, observed }),
            Err(error) => {
                if let Some(observed) = observed {
                    report(*observed, state, error.outcome());
                }
                Err(*error)
            }
        })
    }
}

impl Drop for Calling<'_> {
    fn drop(&mut self) {
        let Some(task) = self.task.take() else { return };
        // Dropping host functions' futures may call plug-ins.
        let nested = Nested::begin();
        let entered = self.observed.as_deref().map(Observed::enter);
        drop(task);
        drop(entered);
        drop(nested);
    }
}

/// Encodes a call's input: into the instance, or for one that does not exist yet.
fn encode<I: Encode>(slot: &mut Slot, limits: &Limits<'_>, input: &I) -> Result<Option<Box<[u8]>>, Error> {
    let mut guard = Unwinding(Some(slot));
    let Some(slot) = &mut guard.0 else { return Err(gone()) };
    let encoded = if slot.is_usable() {
        slot.ready(limits).and_then(|live| {
            let written = write_input(live, limits.compiled, limits.export, input);
            match &written {
                Ok(bytes) => live.meter().input(*bytes),
                // A part of the input may be in the memory, outside any block.
                Err(_) => live.wiped = None,
            }
            written.map(|_| None)
        })
    } else {
        slot.park();
        encode_input(limits.compiled, limits.export, input).map(|encoded| Some(encoded.into()))
    };
    guard.0 = None;
    encoded
}

/// A call that has begun. Dropping it before its end ends the call: the guest's stack is unwound, the waiting
/// host function is dropped, then the instance, and then the call is marked as ended.
struct Begun<'p> {
    /// `None` once the call has ended.
    slot: Option<&'p mut Slot>,
    compiled: &'p Arc<CompiledInner>,
    state: &'p Arc<CallState>,
    export: u32,
    options: CallOptions,
    /// The input, if there is no instance yet to pass it to.
    encoded: Option<Box<[u8]>>,
    /// The plug-in's own context, if the call uses another one.
    outer: Option<Box<Outer>>,
    #[expect(dead_code, reason = "dropped last, which ends the call")]
    running: RunningCall<'p>,
}

impl<'p> Begun<'p> {
    /// Returns what runs the call.
    ///
    /// All of it is compiled into one function, as it is neither generic nor used elsewhere. The processor predicts where
    /// functions return to from the calls before; on the way back from the guest's stack, it is wrong for each of them.
    fn into_task(mut self) -> Task<'p> {
        // Allocated before the task is made, which then is made in place: `Box::pin` would copy all the space that the task
        // will use when it runs.
        let place = Box::new_uninit();
        // Moved into the task as a whole: the arguments of an async function would take their space twice.
        let task = Box::write(place, async move { self.run().await });
        Box::into_pin(task)
    }

    /// Runs the call.
    async fn run(&mut self) -> Done<'p> {
        let options = self.options;
        let limits = Limits::of_begun_call(self.compiled, self.state, self.export, &options);
        let output = self.output(&limits).await;
        let slot = self.slot.take().ok_or_else(|| Box::new(gone()))?;
        restore_context(slot, self.outer.take());
        match output {
            Ok(output) => Ok((slot, output)),
            Err(error) => Err(Box::new(failed(slot, self.compiled, *error))),
        }
    }

    /// Creates the instance if there is none, and calls the export; returns where its output is.
    async fn output(&mut self, limits: &Limits<'_>) -> Result<Output, Box<Error>> {
        let slot = self.slot.as_deref_mut().ok_or_else(|| Box::new(gone()))?;
        if let Some(input) = self.encoded.take() {
            // In a separate future, since it is rare and takes much more space than a call.
            Box::pin(revive(slot, limits, &input)).await?;
        }
        let live = slot.live_mut().ok_or_else(|| Box::new(gone()))?;
        // Set until the call returns: if the future is dropped or leaked, or panics, the instance is not used again.
        live.ended = true;
        // Ticks since the last call are not a reason to give up the thread.
        live.store.set_epoch_deadline(1);
        let mut result = interruptible_work(limits, pin!(live.call_function_async(limits))).await;
        if result.as_ref().is_err_and(lacks_stack) {
            result = Box::pin(call_without_stack(slot, limits)).await?;
        }
        let live = slot.live_mut().ok_or_else(|| Box::new(gone()))?;
        let result = classify_result(live, limits, result);
        let fuel = limits.fuel_consumed(&live.store);
        slot.consumed(fuel);
        result.map_err(|failure| Box::new(settle(slot, failure)))
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        let Some(slot) = self.slot.take() else { return };
        if let (Some(fuel), Some(live)) = (self.options.fuel, slot.live()) {
            slot.consumed(live.store.get_fuel().ok().map(|left| fuel.saturating_sub(left)));
        }
        if let Some(meter) = slot.meter() {
            meter.ended(Outcome::Dropped);
        }
        if !slot.is_usable() {
            slot.park();
        }
        restore_context(slot, self.outer.take());
    }
}

/// The context that a plug-in has between calls, while one with another context runs.
struct Outer(Option<CallContext>);

impl Outer {
    /// Exchanges the plug-in's context.
    fn enter(slot: &mut Slot, context: CallContext) -> Option<Box<Self>> {
        let persistent = slot.persistent_mut()?;
        Some(Box::new(Self(persistent.context.replace(context))))
    }
}

#[inline]
fn restore_context(slot: &mut Slot, outer: Option<Box<Outer>>) {
    if let Some(outer) = outer
        && let Some(persistent) = slot.persistent_mut()
    {
        persistent.context = outer.0;
    }
}

/// Creates the instance of a call that found none, and passes it the input.
async fn revive(slot: &mut Slot, limits: &Limits<'_>, input: &[u8]) -> Result<(), Box<Error>> {
    slot.revive(limits, limits.compiled.preferred()).await?;
    let live = slot.live_mut().ok_or_else(gone)?;
    let bytes = write_input(live, limits.compiled, limits.export, &input)?;
    live.meter().input(bytes);
    Ok(())
}

/// Calls the export although the pool had no stack left when it was first called. An instance that once had a
/// stack keeps it. A new instance is replaced by one outside of the pool; otherwise the call holds the thread.
#[cold]
async fn call_without_stack(slot: &mut Slot, limits: &Limits<'_>) -> Result<wasmtime::Result<i32>, Error> {
    let live = slot.live_mut().ok_or_else(gone)?;
    if !live.is_new() {
        live.store.data_mut().yields = false;
        return Ok(live.call_function(limits));
    }
    let input = kernel::input(live.kernel.data(&live.store)).map(<[u8]>::to_vec).unwrap_or_default();
    slot.revive(limits, Allocation::OnDemand).await?;
    let live = slot.live_mut().ok_or_else(gone)?;
    write_input(live, limits.compiled, limits.export, &&*input)?;
    live.ended = true;
    // Another type than that of other calls, whose function would not be compiled into one otherwise.
    let call: Pin<Box<dyn Future<Output = _> + Send + '_>> = Box::pin(live.call_function_async(limits));
    Ok(interruptible_work(limits, pin!(call)).await)
}
