//! Calling an export as a task.

use std::{
    ops::Range,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use super::{
    CallOptions, Limits, Slot,
    call::{classify_result, settle, too_deep},
    input::{encode_input, write_input},
    interruptible::interruptible_work,
    limits::shard,
    nesting::Nested,
    slot::gone,
};
use crate::{
    Decode, Encode, Error,
    compile::CompiledInner,
    store::{CallContext, CallState, RunningCall},
};

/// A call of an export that was begun, and runs as it is polled.
pub(crate) struct Calling<'p> {
    compiled: &'p Arc<CompiledInner>,
    state: &'p Arc<CallState>,
    export: u32,
    /// When the call began, until it is polled for the first time.
    began: Option<Instant>,
    /// `None` once it has ended.
    task: Option<Task<'p>>,
}

type Task<'p> = Pin<Box<dyn Future<Output = Result<Called<'p>, Error>> + Send + 'p>>;

/// A call that has succeeded.
pub(crate) struct Called<'p> {
    compiled: &'p CompiledInner,
    export: u32,
    slot: &'p Slot,
    /// Where its output is in the kernel's memory.
    output: Range<usize>,
}

impl<'p> Called<'p> {
    /// Returns what the call returned.
    pub(crate) fn decode<O: Decode<'p>>(self) -> Result<O, Error> {
        self.slot.decode(self.compiled, self.export, self.output)
    }

    /// Returns where the output is in the kernel's memory.
    pub(crate) fn into_output(self) -> Range<usize> {
        self.output
    }
}

impl<'p> Calling<'p> {
    /// Begins a call and encodes its input. The context is that of this call; `None` keeps the plug-in's.
    pub(crate) fn begin<I: Encode>(
        slot: &'p mut Slot,
        compiled: &'p Arc<CompiledInner>,
        state: &'p Arc<CallState>,
        export: u32,
        input: &I,
        options: CallOptions,
        context: Option<CallContext>,
    ) -> Result<Self, Error> {
        let running = state.begin(0);
        let limits = Limits::of_async_call(compiled, state, export, options);
        let encoded = if slot.is_usable() {
            let live = slot.ready(&limits)?;
            if let Err(error) = write_input(live, compiled, export, input) {
                // A part of it may be there, in no block.
                live.wiped = None;
                return Err(error);
            }
            None
        } else {
            Some(encode_input(compiled, export, input)?)
        };
        let began = Some(options.began());
        let mut begun = Begun { borrowed: Borrowed::of(slot, context), limits, encoded, _running: running };
        // Moved into the task as a whole: the arguments of an async function would take their room twice.
        let task = async move { begun.run().await };
        Ok(Self { compiled, state, export, began, task: Some(Box::pin(task)) })
    }

    /// Continues the call on this thread. After it has ended, it stays pending.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Called<'p>, Error>> {
        let Some(mut task) = self.task.take() else { return Poll::Pending };
        let nested = Nested::begin().map_err(|error| too_deep(self.compiled, self.export, error))?;
        self.state.resume(nested.thread());
        let now = self.began.take().unwrap_or_else(Instant::now);
        let _timed = self.compiled.settings.engine.timed_call(shard(self.state), now)?;
        #[cfg(feature = "wasi")]
        let _entered = if self.compiled.uses_wasi { super::executor::enter_runtime() } else { None };
        let polled = task.as_mut().poll(context);
        if polled.is_pending() {
            self.state.pause();
            self.task = Some(task);
        }
        polled
    }
}

impl Drop for Calling<'_> {
    fn drop(&mut self) {
        let Some(task) = self.task.take() else { return };
        // Host functions that are dropped may call plug-ins.
        let nested = Nested::begin();
        drop(task);
        drop(nested);
    }
}

/// A call that was begun. Dropped before it has ended, it ends the call: the guest's stack is unwound, the host function
/// that waits is dropped, then the instance, and last the call is no longer running.
struct Begun<'p> {
    borrowed: Borrowed<'p>,
    limits: Limits<'p>,
    /// The input, if there is no instance yet to pass it to.
    encoded: Option<Vec<u8>>,
    _running: RunningCall<'p>,
}

impl<'p> Begun<'p> {
    /// Runs the call.
    async fn run(&mut self) -> Result<Called<'p>, Error> {
        let limits = &self.limits;
        if let Some(input) = self.encoded.take() {
            let slot = self.borrowed.slot()?;
            // Apart, as it takes much more room than a call, and is rare.
            Box::pin(slot.revive(limits)).await?;
            let live = slot.live_mut().ok_or_else(gone)?;
            write_input(live, limits.compiled, limits.export, &&*input)?;
        }
        let live = self.borrowed.slot()?.live_mut().ok_or_else(gone)?;
        // Set until the call returns: if it is dropped, or leaked, or panics, the instance is not used again.
        live.ended = true;
        // Ticks since the last call are no reason to give the thread back.
        live.store.set_epoch_deadline(1);
        let result = interruptible_work(limits, pin!(live.call_function_async(limits))).await;
        let result = classify_result(live, limits, result);
        let fuel_consumed = limits.fuel_consumed(&live.store);
        let slot = self.borrowed.end()?;
        slot.fuel_consumed = fuel_consumed;
        match result {
            Ok(output) => Ok(Called { compiled: limits.compiled, export: limits.export, slot, output }),
            Err(failure) => Err(settle(slot, failure)),
        }
    }
}

/// A plug-in's slot while a call has it.
struct Borrowed<'p> {
    slot: Option<&'p mut Slot>,
    /// The plug-in's own context, if the call has another one.
    outer: Option<Option<CallContext>>,
}

impl<'p> Borrowed<'p> {
    fn of(slot: &'p mut Slot, context: Option<CallContext>) -> Self {
        let outer = context.and_then(|context| {
            let persistent = slot.persistent_mut()?;
            Some(persistent.context.replace(context))
        });
        Self { slot: Some(slot), outer }
    }

    fn slot(&mut self) -> Result<&mut Slot, Error> {
        self.slot.as_deref_mut().ok_or_else(gone)
    }

    /// Returns the slot when the call has ended.
    fn end(&mut self) -> Result<&'p mut Slot, Error> {
        let slot = self.slot.take().ok_or_else(gone)?;
        self.restore_context(slot);
        Ok(slot)
    }

    fn restore_context(&mut self, slot: &mut Slot) {
        if let (Some(outer), Some(persistent)) = (self.outer.take(), slot.persistent_mut()) {
            persistent.context = outer;
        }
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        let Some(slot) = self.slot.take() else { return };
        if !slot.is_usable() {
            slot.park();
        }
        self.restore_context(slot);
    }
}
