//! What a failed call was: the engine's error as ours.

use std::sync::Arc;

use wasmtime::{GcHeapOutOfMemory, Trap, WasmBacktrace};

use super::{
    dump::dump,
    live::{Live, Outcome, finish},
    site,
};
use crate::{
    Error,
    compile::CompiledInner,
    error::{CodecError, Frame, TrapError},
    kernel, shown,
    store::Interrupt,
};

/// A failed call.
pub(crate) struct Failure {
    pub(crate) error: Error,
    /// Whether the instance can't be used any more.
    pub(crate) poisoned: bool,
}

impl Failure {
    /// The instance is as it was.
    pub(super) fn kept(error: Error) -> Self {
        Self { error, poisoned: false }
    }

    fn poisoned(error: Error) -> Self {
        Self { error, poisoned: true }
    }

    /// The plug-in gave as its output what is no part of its memory.
    pub(super) fn bad_output(compiled: &CompiledInner, export: u32, error: &kernel::KernelError) -> Self {
        let source = CodecError::new(error.to_string());
        Self::kept(Error::Decode { at: site(compiled, export), source })
    }
}

/// The error that the plug-in itself gives.
#[cold]
pub(super) fn guest_error(memory: &[u8], compiled: &CompiledInner, export: u32, code: i32) -> Failure {
    let message = match kernel::error(memory) {
        Ok(Some(message)) => shown::lossy(message).into_owned(),
        Ok(None) => "failed without a message".to_owned(),
        Err(error) => format!("set an error that can't be read: {error}"),
    };
    Failure::kept(Error::Guest { at: site(compiled, export), code, message })
}

/// What the engine's error means.
#[cold]
pub(super) fn classify(
    live: &mut Live,
    compiled: &Arc<CompiledInner>,
    export: u32,
    error: wasmtime::Error,
) -> Result<Outcome, Failure> {
    #[cfg(feature = "wasi")]
    let exited = crate::wasi::exit_code(&error);
    #[cfg(not(feature = "wasi"))]
    let exited = None;
    if exited == Some(0) {
        live.ended = true;
        return finish(live, compiled, export, 0);
    }
    dump(live, &compiled.settings, &error);
    let refused = live.store.data_mut().limiter.take_refused();
    if let Some(code) = exited {
        live.ended = true;
        return Err(Failure::poisoned(Error::Exit { at: site(compiled, export), code }));
    }
    let at = site(compiled, export);
    let error = match error.downcast::<Interrupt>() {
        Ok(interrupt) => interrupted(compiled, export, interrupt),
        Err(error) => match (error.downcast_ref::<Trap>(), refused) {
            (Some(Trap::OutOfFuel), _) => {
                Error::OutOfFuel { at, limit: compiled.settings.options.fuel_limit.unwrap_or(u64::MAX) }
            }
            (Some(trap @ Trap::AllocationTooLarge), _) => Error::OutOfMemory { at, detail: trap.to_string() },
            // A guest that gives up after its memory could not grow.
            (_, Some(detail)) => Error::OutOfMemory { at, detail },
            (None, None) if error.is::<GcHeapOutOfMemory<()>>() => {
                Error::OutOfMemory { at, detail: error.root_cause().to_string() }
            }
            (trap, None) => Error::Trap { at, trap: Box::new(trap_error(live, &error, trap)) },
        },
    };
    Err(Failure::poisoned(error))
}

fn interrupted(compiled: &CompiledInner, export: u32, interrupt: Interrupt) -> Error {
    let at = site(compiled, export);
    match interrupt {
        Interrupt::Timeout => {
            Error::Timeout { at, limit: compiled.settings.options.timeout.unwrap_or(std::time::Duration::ZERO) }
        }
        Interrupt::Cancelled => Error::Cancelled { at },
        Interrupt::HostFunction { name, source } => Error::HostFunction { at, name, source },
        Interrupt::OutOfMemory(detail) => Error::OutOfMemory { at, detail },
    }
}

/// The trap with its backtrace, and with the error that the guest set before it, which says more.
fn trap_error(live: &Live, error: &wasmtime::Error, trap: Option<&Trap>) -> TrapError {
    let backtrace = error.downcast_ref::<WasmBacktrace>();
    let frames = backtrace.map_or(&[][..], WasmBacktrace::frames);
    let guest_error = kernel::error(live.kernel.data(&live.store)).ok().flatten();
    TrapError {
        message: trap.map_or_else(|| reason(error), ToString::to_string),
        guest_error: guest_error.map(|message| shown::lossy(message).into_owned()),
        backtrace: frames.iter().map(frame).collect(),
    }
}

/// Why the host ended the call.
fn reason(error: &wasmtime::Error) -> String {
    #[cfg(feature = "wasi")]
    if let Some(reason) = crate::wasi::explain(error) {
        return reason;
    }
    error.root_cause().to_string()
}

fn frame(frame: &wasmtime::FrameInfo) -> Frame {
    let name = frame.func_name().map(|name| {
        let demangled = rustc_demangle::try_demangle(name).map(|demangled| format!("{demangled:#}"));
        demangled.unwrap_or_else(|_| name.to_owned())
    });
    Frame { name, index: frame.func_index() }
}
