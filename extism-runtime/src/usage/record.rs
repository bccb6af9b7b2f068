use std::{borrow::Cow, fmt, sync::Arc, time::Duration};

use super::{
    Outcome,
    sums::{Quantity, Sums},
};
use crate::plugin_id::PluginId;

/// A record of one call, as [`PluginBuilder::with_on_call`](crate::PluginBuilder::with_on_call) receives it.
///
/// It contains the names of the plug-in and the export, and numbers. It contains no inputs, outputs, error
/// messages, configuration or variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallRecord<'a> {
    /// The plug-in's name.
    pub plugin: &'a str,
    /// The plug-in's id; `None` if the call got no instance.
    pub id: Option<PluginId>,
    /// The name of the called export.
    pub export: &'a str,
    /// How the call ended.
    pub outcome: Outcome,
    /// How long it took, from its start to its end. For an async call this includes the time in which its
    /// future was not polled.
    pub time: Duration,
    /// The part of `time` in which the plug-in's own code ran, or the runtime worked for it; see
    /// [`Usage::guest_time`](super::Usage::guest_time).
    pub guest_time: Duration,
    /// The part of `time` in which the program's host functions ran or waited.
    pub host_time: Duration,
    /// The part of `time` in which the plug-in waited for its HTTP requests.
    pub http_time: Duration,
    /// Bytes of the encoded input.
    pub input_bytes: u64,
    /// Bytes of the output; 0 if there was none.
    pub output_bytes: u64,
    /// The fuel that it consumed; `None` if the engine does not count fuel.
    pub fuel: Option<u64>,
    /// How often the plug-in called the program's host functions.
    pub host_calls: u64,
    /// How many HTTP requests it made.
    pub http_requests: u64,
    /// Bytes that these requests sent.
    pub http_sent_bytes: u64,
    /// Bytes that they received.
    pub http_received_bytes: u64,
}

/// The function that receives the records.
pub(crate) type OnCall = Arc<dyn Fn(&CallRecord<'_>) + Send + Sync>;

/// The measurements that a plug-in's builder has requested.
#[derive(Clone, Default)]
pub(crate) struct Listener {
    /// Whether times are measured even if nobody else requests them.
    pub(crate) timing: bool,
    pub(crate) on_call: Option<OnCall>,
}

impl Listener {
    #[inline]
    pub(super) fn is_on(&self) -> bool {
        self.timing || self.on_call.is_some()
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("timing", &self.timing).finish_non_exhaustive()
    }
}

/// The plug-in that is called.
#[derive(Clone, Debug)]
pub(crate) struct Caller<'a> {
    pub(crate) plugin: Cow<'a, str>,
    pub(crate) id: Option<PluginId>,
    pub(crate) export: Cow<'a, str>,
    /// Whether the engine counts fuel.
    pub(crate) fuel: bool,
}

impl Caller<'_> {
    pub(super) fn into_owned(self) -> Caller<'static> {
        let Self { plugin, id, export, fuel } = self;
        Caller { plugin: plugin.into_owned().into(), id, export: export.into_owned().into(), fuel }
    }
}

impl<'a> CallRecord<'a> {
    pub(super) fn new(of: &'a Caller<'_>, outcome: Outcome, used: &Sums) -> Self {
        let time = |quantity| Duration::from_nanos(used.of(quantity));
        let [guest_time, host_time, http_time, idle] =
            [Quantity::GuestTime, Quantity::HostTime, Quantity::HttpTime, Quantity::IdleTime].map(time);
        Self {
            plugin: &of.plugin,
            id: of.id,
            export: &of.export,
            outcome,
            time: guest_time + host_time + http_time + idle,
            guest_time,
            host_time,
            http_time,
            input_bytes: used.of(Quantity::InputBytes),
            output_bytes: used.of(Quantity::OutputBytes),
            fuel: of.fuel.then(|| used.of(Quantity::Fuel)),
            host_calls: used.of(Quantity::HostCalls),
            http_requests: used.of(Quantity::HttpRequests),
            http_sent_bytes: used.of(Quantity::HttpSent),
            http_received_bytes: used.of(Quantity::HttpReceived),
        }
    }
}
