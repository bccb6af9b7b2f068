use extism_runtime::usage::CallRecord;
use metrics::{counter, describe_counter, describe_histogram, histogram};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

const CALLS: &str = "plugin_calls_total";
const SECONDS: &str = "plugin_call_seconds";
const HOST_SECONDS: &str = "plugin_call_host_seconds";
const BYTES: &str = "plugin_output_bytes_total";

/// The server's metrics, for Prometheus.
#[derive(Clone)]
pub struct Figures(PrometheusHandle);

impl Figures {
    /// Starts counting in this process.
    ///
    /// # Errors
    ///
    /// Returns an error if it already counts.
    pub fn install() -> Result<Self, BuildError> {
        let handle = PrometheusBuilder::new().install_recorder()?;
        describe_counter!(CALLS, "Calls of plug-ins by outcome");
        describe_histogram!(SECONDS, "Duration of the calls");
        describe_histogram!(HOST_SECONDS, "Part of the duration spent in host functions");
        describe_counter!(BYTES, "Bytes that plug-ins returned");
        Ok(Self(handle))
    }

    /// Returns the metrics in Prometheus' text format.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.run_upkeep();
        self.0.render()
    }
}

/// Counts a call.
pub(crate) fn record(call: &CallRecord<'_>) {
    let plugin = call.plugin.to_owned();
    counter!(CALLS, "plugin" => plugin.clone(), "outcome" => call.outcome.name()).increment(1);
    histogram!(SECONDS, "plugin" => plugin.clone()).record(call.time);
    histogram!(HOST_SECONDS, "plugin" => plugin.clone()).record(call.host_time);
    counter!(BYTES, "plugin" => plugin).increment(call.output_bytes);
}
