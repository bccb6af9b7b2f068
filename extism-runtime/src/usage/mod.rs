//! What calls use, and how to watch them: counters, records, spans.
//!
//! [`Plugin::usage`], [`Pool::usage`] and [`CompiledPlugin::usage`] return counters. Calls, bytes, memory, fuel, host
//! function calls and HTTP requests are always counted: the counters are the instance's own, a call adds to a few of
//! them, and they are summed up when somebody asks. Reading a clock takes as long as a short call, so times are measured
//! only if somebody wants them: after [`PluginBuilder::with_timing`] or [`PluginBuilder::with_on_call`], or while a
//! subscriber of `tracing` listens to the calls' spans.
//!
//! [`PluginBuilder::with_on_call`] passes a [`CallRecord`] of each call to a function.
//!
//! # Spans
//!
//! Each call is a `tracing` span with the target `extism::call`, the name `call` and the level `DEBUG`. It is entered
//! while the call runs on a thread: around the plug-in's code and around host functions. So a host function's own spans
//! and events are within it, also those of an async one after it has waited, and also when the call has moved to another
//! thread. It is a child of the span in which the call was made. Its fields:
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
