use std::time::Duration;

use super::{
    Outcome,
    meter::Meter,
    sums::{Quantity, Sums},
};

/// The resources that a plug-in's calls have used: returned by [`Plugin::usage`](crate::Plugin::usage), and,
/// for several instances together, by [`Pool::usage`](crate::Pool::usage) and
/// [`CompiledPlugin::usage`](crate::CompiledPlugin::usage).
///
/// Cumulative numbers, such as calls and bytes, include instances that are gone, and never decrease. They are
/// always counted, except for times: reading a clock is costly, so times are measured only on request, as
/// [`PluginBuilder::with_timing`](crate::PluginBuilder::with_timing) explains.
///
/// While other threads' calls run, the numbers may be from slightly different moments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// How many calls have ended, and how.
    pub calls: CallCounts,
    /// Bytes of the calls' encoded inputs.
    pub input_bytes: u64,
    /// Bytes of the calls' outputs.
    pub output_bytes: u64,
    /// How long calls took in total, from their start to their end, excluding the wait for an instance of a pool.
    pub time: Duration,
    /// The part of `time` in which the plug-in's own code ran, or the runtime worked for it: creating and
    /// initializing instances, encoding and decoding, WASI.
    pub guest_time: Duration,
    /// The part of `time` in which the program's host functions ran or waited, including plug-ins that they called.
    pub host_time: Duration,
    /// The part of `time` in which the plug-in waited for its HTTP requests.
    pub http_time: Duration,
    /// The fuel that calls consumed, in units of about one per instruction; `None` if the engine does not count fuel.
    pub fuel: Option<u64>,
    /// How often the plug-in called the program's host functions.
    pub host_calls: u64,
    /// How many HTTP requests the plug-in made, including refused ones.
    pub http_requests: u64,
    /// Bytes that these requests sent over their connections: including headers, redirects and encryption.
    pub http_sent_bytes: u64,
    /// Bytes that they received, counted in the same way.
    pub http_received_bytes: u64,
    /// How many instances there are now.
    pub instances: u64,
    /// Bytes of the instances' memories now. How much of that is resident in physical memory depends on what
    /// the plug-in has written to.
    pub memory_bytes: u64,
    /// The maximum size in bytes that the memories of a single instance ever had.
    pub peak_memory_bytes: u64,
    /// Bytes of the instances' variables now, each with its name and an overhead of 48 bytes, as
    /// [`with_max_var_bytes`](crate::PluginBuilder::with_max_var_bytes) counts them.
    pub var_bytes: u64,
}

impl Usage {
    pub(super) fn add(&mut self, sums: &Sums) {
        let time = |quantity| Duration::from_nanos(sums.of(quantity));
        let [guest, host, http, idle] =
            [Quantity::GuestTime, Quantity::HostTime, Quantity::HttpTime, Quantity::IdleTime].map(time);
        for outcome in Outcome::ALL {
            self.calls.0[*outcome as usize] += sums.calls(*outcome);
        }
        self.input_bytes += sums.of(Quantity::InputBytes);
        self.output_bytes += sums.of(Quantity::OutputBytes);
        self.time += guest + host + http + idle;
        self.guest_time += guest;
        self.host_time += host;
        self.http_time += http;
        self.fuel = Some(self.fuel.unwrap_or_default() + sums.of(Quantity::Fuel));
        self.host_calls += sums.of(Quantity::HostCalls);
        self.http_requests += sums.of(Quantity::HttpRequests);
        self.http_sent_bytes += sums.of(Quantity::HttpSent);
        self.http_received_bytes += sums.of(Quantity::HttpReceived);
    }

    pub(super) fn add_instance(&mut self, meter: &Meter) {
        self.add(&meter.sums());
        self.instances += 1;
        self.memory_bytes += meter.memory();
        self.peak_memory_bytes = self.peak_memory_bytes.max(meter.peak_memory());
        self.var_bytes += meter.vars();
    }
}

/// The number of calls by outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallCounts([u64; Outcome::COUNT]);

impl CallCounts {
    /// Returns how many calls ended with this outcome.
    #[must_use]
    pub fn get(&self, outcome: Outcome) -> u64 {
        self.0[outcome as usize]
    }

    /// Returns how many calls have ended.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Returns the number of calls for each outcome, including outcomes without calls.
    pub fn iter(&self) -> impl Iterator<Item = (Outcome, u64)> + '_ {
        Outcome::ALL.iter().map(|outcome| (*outcome, self.get(*outcome)))
    }
}
