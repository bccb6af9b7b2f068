//! Metrics of plug-ins in Prometheus' text format: each call's record contains what it used, and the pool
//! knows what its instances use now.
//!
//! ```text
//! cargo run --example metrics
//! ```

use std::{error::Error, path::PathBuf, time::Duration};

use extism_runtime::{
    PluginBuilder, Pool,
    usage::{CallRecord, Outcome},
};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};

const CALLS: &str = "plugin_calls_total";
const SECONDS: &str = "plugin_call_seconds";
const HOST_CALLS: &str = "plugin_host_calls_total";
const BYTES: &str = "plugin_bytes_total";
const INSTANCES: &str = "plugin_instances";
const MEMORY: &str = "plugin_memory_bytes";

fn describe() {
    describe_counter!(CALLS, "Calls by export and outcome");
    describe_histogram!(SECONDS, "Duration of calls: in the plug-in, and in host functions");
    describe_counter!(HOST_CALLS, "Calls of host functions");
    describe_counter!(BYTES, "Bytes passed to plug-ins and returned by them");
    describe_gauge!(INSTANCES, "Number of instances");
    describe_gauge!(MEMORY, "Bytes of the instances' memories");
}

/// Counts a call; runs at its end, on its thread.
fn record(call: &CallRecord<'_>) {
    let plugin = call.plugin.to_owned();
    let (export, outcome) = (call.export.to_owned(), call.outcome.name());
    counter!(CALLS, "plugin" => plugin.clone(), "export" => export, "outcome" => outcome).increment(1);
    histogram!(SECONDS, "plugin" => plugin.clone(), "in" => "plugin").record(call.guest_time);
    histogram!(SECONDS, "plugin" => plugin.clone(), "in" => "host").record(call.host_time);
    counter!(HOST_CALLS, "plugin" => plugin.clone()).increment(call.host_calls);
    counter!(BYTES, "plugin" => plugin.clone(), "direction" => "in").increment(call.input_bytes);
    counter!(BYTES, "plugin" => plugin, "direction" => "out").increment(call.output_bytes);
}

/// Sets the values that change between calls; runs whenever the metrics are read.
fn measure(pool: &Pool) {
    let (plugin, usage) = (pool.compiled().name().to_owned(), pool.usage());
    gauge!(INSTANCES, "plugin" => plugin.clone()).set(number(usage.instances));
    gauge!(MEMORY, "plugin" => plugin).set(number(usage.memory_bytes));
}

/// Gauges are floats, which hold numbers up to 2^53 exactly.
#[allow(clippy::cast_precision_loss, reason = "no memory is that large")]
fn number(value: u64) -> f64 {
    value as f64
}

fn main() -> Result<(), Box<dyn Error>> {
    let buckets = [0.000_01, 0.000_1, 0.001, 0.01, 0.1, 1.0];
    let metrics = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(SECONDS.to_owned()), &buckets)?
        .install_recorder()?;
    describe();

    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../plugins/kitchen_sink.wasm");
    let compiled = PluginBuilder::untrusted(file)
        .with_name("sink")
        .with_timeout(Duration::from_millis(50))
        .with_on_call(record)
        .compile()?;
    let pool = Pool::new(compiled, 2);
    for text in ["one", "two", "three"] {
        let answer: String = pool.call("echo", text)?;
        assert_eq!(answer, text);
    }
    // Two calls that fail: the metrics show how.
    for export in ["panic", "loop_forever"] {
        if let Err(error) = pool.call::<_, ()>(export, "on purpose") {
            eprintln!("{error}");
        }
    }
    assert_eq!(pool.usage().calls.get(Outcome::Timeout), 1);

    // An instance in use counts.
    let instance = pool.get(Duration::ZERO)?;
    measure(&pool);
    drop(instance);

    // The response of a server to `GET /metrics`.
    print!("{}", metrics.render());
    Ok(())
}
