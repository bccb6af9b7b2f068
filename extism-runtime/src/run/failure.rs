//! Classifies failed calls: converts the engine's errors to this crate's.

use std::sync::Arc;

use wasmtime::{GcHeapOutOfMemory, Trap, WasmBacktrace};

use super::{
    Limits, Live, Output,
    dump::{dump, dump_memory},
    executed::executed,
};
use crate::{
    Error,
    compile::CompiledInner,
    display,
    error::{BoxError, CodecError, ErrorValue, Executed, Frame, FramePlaces, Locate, Trace, TrapError, function_name},
    kernel,
    store::Interrupt,
};

/// A failed call.
pub(super) struct Failure {
    pub(super) error: Error,
    /// Whether the instance can no longer be used.
    pub(super) poisoned: bool,
}

impl Failure {
    /// A failure that left the instance intact.
    fn kept(error: Error) -> Self {
        Self { error, poisoned: false }
    }

    pub(super) fn poisoned(error: Error) -> Self {
        Self { error, poisoned: true }
    }

    /// The failure of a plug-in that set an output range outside its memory.
    pub(super) fn bad_output(limits: &Limits<'_>, error: &kernel::KernelError) -> Self {
        let source = CodecError::new(error.to_string());
        Self::kept(Error::Decode { at: limits.site(), source })
    }
}

/// Returns the output of a call that has returned, or the error that the plug-in set. Also fails if the call returned
/// too late or after it was cancelled.
#[inline]
pub(super) fn finish(live: &Live, limits: &Limits<'_>, code: i32) -> Result<Output, Failure> {
    if let Some(interrupt) = limits.exceeded() {
        return Err(Failure::poisoned(limits.error(interrupt)));
    }
    let memory = live.kernel.data(&live.store);
    if code != 0 || kernel::has_error(memory) {
        dump_memory(live, limits.compiled);
        return Err(guest_error(memory, limits, code));
    }
    let range = match kernel::output_range(memory) {
        Ok(range) => range,
        Err(error) => return Err(Failure::bad_output(limits, &error)),
    };
    let (length, limit) = (range.len() as u64, limits.compiled.settings.limits.output_bytes());
    match Output::new(&range) {
        Some(output) if length <= limit => Ok(output),
        _ => Err(Failure::kept(Error::OutputTooLarge { at: limits.site(), length, limit })),
    }
}

/// Returns the error that the plug-in set.
#[cold]
pub(super) fn guest_error(memory: &[u8], limits: &Limits<'_>, code: i32) -> Failure {
    let message = match kernel::error(memory) {
        Ok(Some(message)) => display::lossy(message).into_owned(),
        Ok(None) => "failed without a message".to_owned(),
        Err(error) => format!("set an error that cannot be read: {error}"),
    };
    let output = kernel::output_range(memory).ok().and_then(|output| memory.get(output)).unwrap_or_default();
    let value = ErrorValue::of_output(output, limits.compiled.settings.limits.max_decoded_bytes);
    Failure::kept(Error::Guest { at: limits.site(), code, message, value })
}

/// Classifies the engine's error.
#[cold]
pub(super) fn classify(live: &mut Live, limits: &Limits<'_>, error: wasmtime::Error) -> Result<Output, Failure> {
    #[cfg(feature = "wasi")]
    let exited = crate::wasi::exit_code(&error);
    #[cfg(not(feature = "wasi"))]
    let exited = None;
    if exited == Some(0) {
        live.ended = true;
        return finish(live, limits, 0);
    }
    dump(live, limits.compiled, &error);
    let refused = live.store.data_mut().limiter.take_refused();
    if let Some(code) = exited {
        live.ended = true;
        let guest_error = set_error(live);
        return Err(Failure::poisoned(Error::Exit { at: limits.site(), code, guest_error }));
    }
    if let Some(Interrupt::Abort(_)) = error.downcast_ref() {
        let at = limits.site();
        let error = match refused {
            // A guest that aborts after its memory could not grow.
            Some(detail) => Error::OutOfMemory { at, detail },
            None => Error::Trap { at, trap: trap_error(live, limits, &error, None) },
        };
        return Err(Failure::poisoned(error));
    }
    let error = match error.downcast::<Interrupt>() {
        Ok(Interrupt::OutOfMemory(what)) => {
            let detail = refused.map_or_else(|| what.clone(), |refused| format!("{what}: {refused}"));
            Error::OutOfMemory { at: limits.site(), detail }
        }
        Ok(Interrupt::Stuck) => stuck(live, limits),
        Ok(interrupt) => limits.error(interrupt),
        Err(error) => {
            let at = limits.site();
            match (error.downcast_ref::<Trap>(), refused) {
                (Some(Trap::OutOfFuel), _) => limits.out_of_fuel(live.is_new()),
                (Some(trap @ Trap::AllocationTooLarge), _) => Error::OutOfMemory { at, detail: trap.to_string() },
                // A guest that aborts after its memory could not grow.
                (_, Some(detail)) => Error::OutOfMemory { at, detail },
                (Some(_), None) if kernel::is_exhausted(live.kernel.data(&live.store)) => {
                    Error::OutOfMemory { at, detail: "an allocation exceeds the maximum size of a memory".to_owned() }
                }
                (None, None) if error.is::<GcHeapOutOfMemory<()>>() => {
                    Error::OutOfMemory { at, detail: error.root_cause().to_string() }
                }
                (trap, None) => Error::Trap { at, trap: trap_error(live, limits, &error, trap) },
            }
        }
    };
    Err(Failure::poisoned(error))
}

/// Returns the error of an async host function that would wait forever under a plain call.
#[cold]
fn stuck(live: &Live, limits: &Limits<'_>) -> Error {
    let name = limits.compiled.function_name(live.store.data().last_async).to_owned();
    let source = "it waits, but its plug-in was called on the only thread of a tokio runtime, which blocks the \
                  runtime's timers and connections; call the plug-in with `call_async` or an `async fn` of its \
                  interface, or inside `tokio::task::spawn_blocking`";
    Error::HostFunction { at: limits.site(), name, source: source.into() }
}

/// Classifies the engine's error when no instance could be created.
#[cold]
pub(super) fn classify_instantiation(limits: &Limits<'_>, error: wasmtime::Error) -> Error {
    let error = match error.downcast::<Interrupt>() {
        Ok(interrupt) => return limits.error(interrupt),
        Err(error) => error,
    };
    if matches!(error.downcast_ref(), Some(Trap::OutOfFuel)) {
        return limits.out_of_fuel(true);
    }
    let context = format!("cannot create an instance of plug-in `{}`", limits.compiled.settings.name);
    if is_out_of_room(&error) {
        let options = limits.compiled.settings.engine.options();
        let (dense, headroom) = (options.dense, options.headroom > 0);
        return Error::engine(context, OutOfRoom { dense, headroom, source: error.into_boxed_dyn_error() });
    }
    Error::engine(context, error)
}

/// The system has no room for another instance's memory.
#[derive(Debug, thiserror::Error)]
#[error("the system has no room for more: {}", self.advice())]
struct OutOfRoom {
    dense: bool,
    headroom: bool,
    source: BoxError,
}

impl OutOfRoom {
    fn advice(&self) -> &'static str {
        match (self.dense, self.headroom) {
            (true, true) => {
                "raise its limits on a process (on Linux, the sysctl `vm.max_map_count`, and the address space or memory of \
                 a process), or drop instances that are idle"
            }
            (true, false) => {
                "an engine with `Engine::builder().with_memory_headroom(65536)` holds more instances whose memories grow; \
                 or raise its limits on a process (on Linux, the sysctl `vm.max_map_count`, and the address space or memory \
                 of a process), or drop instances that are idle"
            }
            (false, _) => {
                "each memory of an instance reserves 4 GiB of addresses; an engine of \
                 `Engine::builder().with_dense(true)` holds many more instances, or drop those that are idle"
            }
        }
    }
}

/// Returns whether the system refused memory, addresses, or another entry in its list of mappings.
fn is_out_of_room(error: &wasmtime::Error) -> bool {
    error.chain().any(|cause| {
        #[cfg(unix)]
        if cause.downcast_ref() == Some(&rustix::io::Errno::NOMEM) {
            return true;
        }
        let error = cause.downcast_ref::<std::io::Error>();
        error.is_some_and(|error| error.kind() == std::io::ErrorKind::OutOfMemory)
    })
}

/// Returns the trap with its backtrace and the error that the guest set before it, which is more specific.
fn trap_error(live: &Live, limits: &Limits<'_>, error: &wasmtime::Error, trap: Option<&Trap>) -> TrapError {
    let backtrace = error.downcast_ref::<WasmBacktrace>();
    let frames = backtrace.map_or(&[][..], WasmBacktrace::frames);
    TrapError {
        message: display::cut(trap.map_or_else(|| reason(error), ToString::to_string)),
        guest_error: set_error(live),
        backtrace: backtrace_of(limits.compiled, frames, trap),
    }
}

/// Returns the error that the plug-in had set before its call failed.
fn set_error(live: &Live) -> Option<String> {
    let message = kernel::error(live.kernel.data(&live.store)).ok().flatten()?;
    Some(display::lossy(message).into_owned())
}

/// Returns why the host ended the call.
fn reason(error: &wasmtime::Error) -> String {
    error.root_cause().to_string()
}

/// Returns a backtrace's functions; their places in the source are found when they are shown.
fn backtrace_of(compiled: &CompiledInner, frames: &[wasmtime::FrameInfo], trap: Option<&Trap>) -> Vec<Frame> {
    let place = |(number, frame): (usize, &wasmtime::FrameInfo)| -> Option<(Arc<dyn Locate>, Executed)> {
        let lines = Arc::clone(compiled.lines_of(frame.module())?);
        Some((lines, executed(number, frame, trap)?))
    };
    let trace = Trace::new(frames.iter().enumerate().map(place).collect());
    let frame = |(number, frame): (usize, &wasmtime::FrameInfo)| {
        let name = frame.func_name().map(function_name);
        Frame::new(name, frame.func_index(), FramePlaces::new(&trace, number))
    };
    frames.iter().enumerate().map(frame).collect()
}
