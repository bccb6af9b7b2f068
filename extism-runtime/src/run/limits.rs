use std::{sync::Arc, time::Instant};

use wasmtime::Store;

use super::{CallOptions, options::TimeLimit, site};
use crate::{
    Error,
    compile::CompiledInner,
    engine::{Beat, Deadline, Since},
    error::{Site, TrapError},
    store::{CallState, Interrupt, StoreData},
};

/// Replaces the export's name when an instance is created without a call.
const NO_EXPORT: u32 = u32::MAX;

/// The limits under which guest code runs, for a call or for creating an instance without one; in force until dropped.
/// They are [`arm`](Self::arm)ed before any guest code runs.
pub(crate) struct Limits<'c> {
    pub(super) compiled: &'c Arc<CompiledInner>,
    pub(super) state: &'c Arc<CallState>,
    /// The called export.
    pub(super) export: u32,
    options: &'c CallOptions,
    deadline: Option<Deadline>,
    /// `None` without a deadline, and for async calls, for which the clock ticks only while they are polled.
    beat: Option<Beat>,
    /// Whether the call is an async one.
    yields: bool,
}

impl<'c> Limits<'c> {
    /// Returns the limits of a call of this export.
    #[expect(
        clippy::inline_always,
        reason = "otherwise, all of it is copied, and each copy waits for what was just written"
    )]
    #[inline(always)]
    pub(super) fn of_call(
        compiled: &'c Arc<CompiledInner>,
        state: &'c Arc<CallState>,
        export: u32,
        options: &'c CallOptions,
    ) -> Result<Self, Error> {
        let (deadline, beat) = match &options.time {
            None => (None, None),
            Some(time) => begin(compiled, export, time).map(|(deadline, beat)| (Some(deadline), Some(beat)))?,
        };
        Ok(Self { compiled, state, export, options, deadline, beat, yields: false })
    }

    /// Returns the limits of an async call of this export, which begins now.
    #[inline]
    pub(super) fn of_async_call(
        compiled: &'c Arc<CompiledInner>,
        state: &'c Arc<CallState>,
        export: u32,
        options: &'c mut CallOptions,
    ) -> Result<Self, Error> {
        if options.time.is_some() {
            check_interruptible(compiled, export)?;
        }
        options.begin();
        Ok(Self::of_begun_call(compiled, state, export, options))
    }

    /// Returns the limits of an async call that has begun.
    #[inline]
    pub(super) fn of_begun_call(
        compiled: &'c Arc<CompiledInner>,
        state: &'c Arc<CallState>,
        export: u32,
        options: &'c CallOptions,
    ) -> Self {
        let deadline = |time: TimeLimit| time.began.map(|began| Deadline::new(Since::At(began), time.limit));
        let deadline = options.time.and_then(deadline);
        Self { compiled, state, export, options, deadline, beat: None, yields: true }
    }

    /// Returns the limits of creating an instance without a call.
    pub(super) fn of_instance(
        compiled: &'c Arc<CompiledInner>,
        state: &'c Arc<CallState>,
        options: &'c CallOptions,
    ) -> Result<Self, Error> {
        Self::of_call(compiled, state, NO_EXPORT, options)
    }

    /// Returns the limits of creating an instance in a task, without a call.
    pub(super) fn of_async_instance(
        compiled: &'c Arc<CompiledInner>,
        state: &'c Arc<CallState>,
        options: &'c mut CallOptions,
    ) -> Result<Self, Error> {
        Self::of_async_call(compiled, state, NO_EXPORT, options)
    }

    /// Puts the limits into force for everything that the store runs.
    #[expect(clippy::manual_map, reason = "a map would copy the deadline as a whole")]
    #[inline]
    pub(super) fn arm(&self, store: &mut Store<StoreData>) -> Result<(), Error> {
        let data = store.data_mut();
        data.export = self.export;
        data.yields = self.yields;
        // Without a deadline, only a part of it was written, and reading the whole would wait for that.
        data.deadline = match self.deadline {
            Some(deadline) => Some(deadline),
            None => None,
        };
        data.logged = 0;
        // A refusal that an earlier call survived must not explain a failure of this one.
        data.limiter.take_refused();
        match self.options.fuel {
            Some(fuel) => store.set_fuel(fuel).map_err(|error| Error::engine("cannot set the fuel", error)),
            None => Ok(()),
        }
    }

    /// Gives initialization its own fuel, if it has some.
    pub(super) fn fuel_initialization(&self, store: &mut Store<StoreData>) -> wasmtime::Result<()> {
        self.initialization_fuel().map_or(Ok(()), |fuel| store.set_fuel(fuel))
    }

    /// Gives a call its fuel, after initialization has used its own.
    pub(super) fn fuel_call(&self, store: &mut Store<StoreData>) -> wasmtime::Result<()> {
        match (self.initialization_fuel(), self.options.fuel) {
            (Some(_), Some(fuel)) => store.set_fuel(fuel),
            _ => Ok(()),
        }
    }

    fn initialization_fuel(&self) -> Option<u64> {
        self.options.fuel.and(self.compiled.settings.options.initialization_fuel)
    }

    /// Returns whether a call is running.
    pub(super) fn in_call(&self) -> bool {
        self.export != NO_EXPORT
    }

    /// Returns whether the call is an async one.
    pub(super) fn yields(&self) -> bool {
        self.yields
    }

    /// Returns when the work must have ended.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline.and_then(|deadline| deadline.time())
    }

    /// Returns why the work must end, if it must.
    pub(super) fn interrupted(&self) -> Option<Interrupt> {
        if self.state.is_cancelled() {
            return Some(Interrupt::Cancelled);
        }
        self.deadline.filter(Deadline::has_passed).map(|_| Interrupt::Timeout)
    }

    /// Returns why finished work is late, as [`interrupted`](Self::interrupted) does: reads the time only if
    /// the clock has ticked in the meantime, since reading it takes as long as a short call.
    #[inline]
    pub(super) fn exceeded(&self) -> Option<Interrupt> {
        let ticked = self.beat.as_ref().map_or(self.yields, |beat| beat.since().has_ticked());
        if ticked || self.state.is_cancelled() { self.interrupted() } else { None }
    }

    /// Returns the fuel consumed so far, from what the store has left.
    #[inline]
    pub(super) fn fuel_consumed(&self, store: &Store<StoreData>) -> Option<u64> {
        let limit = self.options.fuel?;
        store.get_fuel().ok().map(|left| limit.saturating_sub(left))
    }

    /// Returns where the work is done, for errors.
    #[cold]
    pub(super) fn site(&self) -> Box<Site> {
        site(self.compiled, self.export)
    }

    /// Returns the error for work that the host ended from within.
    #[cold]
    pub(super) fn error(&self, interrupt: Interrupt) -> Error {
        let at = self.site();
        match interrupt {
            Interrupt::Timeout => self.options.timed_out(at),
            Interrupt::Cancelled => Error::Cancelled { at },
            Interrupt::HostFunction { name, source } => Error::HostFunction { at, name, source },
            Interrupt::OutOfMemory(detail) => Error::OutOfMemory { at, detail },
            Interrupt::LogTooLong(limit) => Error::LogTooLong { at, limit },
            Interrupt::Abort(reason) => {
                let (message, backtrace) = (format!("abort: {reason}"), Vec::new());
                Error::Trap { at, trap: TrapError { message, guest_error: None, backtrace } }
            }
            Interrupt::Stuck => Error::engine(at.to_string(), interrupt),
            Interrupt::Failed(error) => *error,
            Interrupt::NoThread(source) => {
                Error::engine(format!("{at}: cannot start a thread for a nested call"), source)
            }
        }
    }

    /// Returns the error for work that has run out of fuel: a call, or initialization.
    #[cold]
    pub(super) fn out_of_fuel(&self, initializing: bool) -> Error {
        let own = self.initialization_fuel().filter(|_| initializing);
        Error::OutOfFuel { at: self.site(), limit: own.or(self.options.fuel).unwrap_or(u64::MAX) }
    }
}

/// Begins a call with a limit of time.
#[expect(clippy::inline_always, reason = "as for `Limits::of_call`")]
#[inline(always)]
fn begin(compiled: &CompiledInner, export: u32, time: &TimeLimit) -> Result<(Deadline, Beat), Error> {
    check_interruptible(compiled, export)?;
    let beat = compiled.settings.engine.timed_call()?;
    let since = time.began.map_or_else(|| beat.since(), Since::At);
    Ok((Deadline::new(since, time.limit), beat))
}

/// Refuses a limit that could not be enforced. A plug-in with a timeout was refused when it was built; this is for one
/// of a single call.
#[inline]
fn check_interruptible(compiled: &CompiledInner, export: u32) -> Result<(), Error> {
    if compiled.settings.engine.options().interruptible { Ok(()) } else { Err(cannot_interrupt(compiled, export)) }
}

#[cold]
fn cannot_interrupt(compiled: &CompiledInner, export: u32) -> Error {
    let context = format!("{}: cannot limit the time of the call", site(compiled, export));
    Error::engine(context, "the engine was made with `Engine::builder().with_interruptible(false)`")
}
