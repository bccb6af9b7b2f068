use std::{
    borrow::Cow,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use tracing::{Dispatch, Span, dispatcher, field, level_filters::LevelFilter, span::Entered, subscriber::NoSubscriber};

use super::{CallRecord, Caller, Listener, Outcome, meter::Meter, sums::Sums};
use crate::display;

/// Returns whether calls may be observed: by the plug-in's builder, or by the subscriber of `tracing`.
#[inline]
pub(crate) fn is_observed(listener: &Listener) -> bool {
    listener.is_on() || LevelFilter::current() >= LevelFilter::DEBUG
}

/// A call that is observed. If it is dropped before its end, it is reported as such.
pub(crate) struct Observed<'c> {
    of: Caller<'c>,
    listener: Cow<'c, Listener>,
    span: Span,
    meter: Arc<Meter>,
    /// The meter's values when the call began.
    before: Sums,
    ended: bool,
}

impl<'c> Observed<'c> {
    /// Begins to observe a call; `None` if it turns out that nobody observes it. `meter` is that of the instance.
    #[cold]
    pub(crate) fn begin(listener: &'c Listener, of: Caller<'c>, meter: Option<&Arc<Meter>>) -> Option<Self> {
        let span = span(&of);
        if span.is_disabled() && !listener.is_on() {
            return None;
        }
        let meter = meter.map_or_else(Arc::default, Arc::clone);
        let before = meter.sums();
        meter.start();
        Some(Self { of, listener: Cow::Borrowed(listener), span, meter, before, ended: false })
    }

    /// Returns the same without borrowing.
    pub(crate) fn into_owned(mut self) -> Observed<'static> {
        self.ended = true;
        Observed {
            of: self.of.clone().into_owned(),
            listener: Cow::Owned(self.listener.clone().into_owned()),
            span: self.span.clone(),
            meter: Arc::clone(&self.meter),
            before: self.before,
            ended: false,
        }
    }

    /// Enters the call's span on this thread.
    pub(crate) fn enter(&self) -> Entered<'_> {
        self.span.enter()
    }

    /// Suspends the call, which yields its thread.
    pub(crate) fn pause(&self) {
        self.meter.pause();
    }

    /// Resumes the call on a thread: enters its span there.
    pub(crate) fn resume(&self) -> Entered<'_> {
        self.meter.resume();
        self.enter()
    }

    /// Reports how the call ended. Its span must have been exited on this thread.
    pub(crate) fn end(mut self, outcome: Outcome) {
        self.report(outcome);
    }

    fn report(&mut self, outcome: Outcome) {
        self.ended = true;
        self.meter.stop();
        let record = CallRecord::new(&self.of, outcome, &self.meter.sums().since(&self.before));
        self.complete_span(&record);
        let Some(on_call) = &self.listener.on_call else { return };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| on_call(&record))) {
            tracing::error!("the `with_on_call` function of plug-in `{}` panicked", display::name(&self.of.plugin));
            // Dropping the panic's payload may panic again.
            let _ = catch_unwind(AssertUnwindSafe(move || drop(panic)));
        }
    }

    fn complete_span(&self, record: &CallRecord<'_>) {
        let span = &self.span;
        if span.is_disabled() {
            return;
        }
        span.record("outcome", record.outcome.name());
        span.record("input_bytes", record.input_bytes);
        span.record("output_bytes", record.output_bytes);
        span.record("time_ns", nanoseconds(record.time));
        span.record("guest_ns", nanoseconds(record.guest_time));
        span.record("host_ns", nanoseconds(record.host_time));
        span.record("host_calls", record.host_calls);
        if let Some(fuel) = record.fuel {
            span.record("fuel", fuel);
        }
    }
}

impl Drop for Observed<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.report(Outcome::Dropped);
        }
    }
}

/// Creates a call's span, as a child of the span that is entered on this thread.
fn span(of: &Caller<'_>) -> Span {
    // Whether a subscriber of another thread, or an earlier one, wants spans makes no difference.
    if dispatcher::get_default(Dispatch::is::<NoSubscriber>) {
        return Span::none();
    }
    tracing::debug_span!(
        target: "extism::call",
        "call",
        plugin = display::name(&of.plugin).to_string(),
        id = of.id.map(field::display),
        export = display::name(&of.export).to_string(),
        outcome = field::Empty,
        input_bytes = field::Empty,
        output_bytes = field::Empty,
        time_ns = field::Empty,
        guest_ns = field::Empty,
        host_ns = field::Empty,
        host_calls = field::Empty,
        fuel = field::Empty,
    )
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
