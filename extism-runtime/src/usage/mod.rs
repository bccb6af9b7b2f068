//! What calls use, and how to observe them: counters, records, spans.
//!
//! [`Plugin::usage`], [`Pool::usage`] and [`CompiledPlugin::usage`] return counters. Calls, bytes, memory,
//! fuel, host function calls and HTTP requests are always counted: each instance has its own counters, a call
//! adds to a few of them, and they are summed on request. Reading a clock takes as long as a short call, so
//! times are measured only on request: after [`PluginBuilder::with_timing`] or
//! [`PluginBuilder::with_on_call`], or while a subscriber of `tracing` listens to the calls' spans.
//!
//! [`PluginBuilder::with_on_call`] passes a [`CallRecord`] of each call to a function.
//!
//! # Spans
//!
//! Each call is a `tracing` span with the target `extism::call`, the name `call` and the level `DEBUG`. It is
//! entered while the call runs on a thread: around the plug-in's code and around host functions. So a host
//! function's own spans and events are inside it, even after an async host function has waited, and after the
//! call has moved to another thread. Its parent is the span in which the call was made. Its fields:
//!
//! | field | known | meaning |
//! | --- | --- | --- |
//! | `plugin`, `id`, `export` | at once | which plug-in and export; names are escaped and shortened as in error messages |
//! | `outcome` | at the end | the [`Outcome`]'s name |
//! | `input_bytes`, `output_bytes` | at the end | the length of the encoded input, and of the output |
//! | `time_ns`, `guest_ns`, `host_ns` | at the end | nanoseconds in total, in the plug-in, and in host functions, as in [`CallRecord`] |
//! | `host_calls` | at the end | how many host functions were called |
//! | `fuel` | at the end | the fuel that was consumed, if the engine counts it |
//!
//! Neither spans nor records contain inputs, outputs, error messages, configuration or variables.
//!
//! [`Plugin::usage`]: crate::Plugin::usage
//! [`Pool::usage`]: crate::Pool::usage
//! [`CompiledPlugin::usage`]: crate::CompiledPlugin::usage
//! [`PluginBuilder::with_timing`]: crate::PluginBuilder::with_timing
//! [`PluginBuilder::with_on_call`]: crate::PluginBuilder::with_on_call

mod clock;
mod counter;
mod ledger;
mod meter;
mod observed;
mod outcome;
mod record;
mod sums;
mod total;

pub(crate) use self::{
    ledger::{Account, Ledger, Owner},
    meter::Meter,
    observed::{Observed, is_observed},
    record::{Caller, Listener},
};
pub use self::{
    outcome::Outcome,
    record::CallRecord,
    total::{CallCounts, Usage},
};
