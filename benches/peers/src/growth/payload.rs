//! Latency and throughput of an echo over the payload's size.

use peers_work::{Function, Guest, Result, Work};

use super::{grow, round_time};
use crate::{
    chart::{Chart, Series, size},
    measure::Effort,
    peer::Peer,
    table::time,
};

/// 64 B to 64 MiB, in steps of a factor of four.
const STEPS: u32 = 11;

pub(super) fn charts(effort: Effort) -> Result<Vec<(&'static str, Chart)>> {
    let names = ["extism-runtime, Rust", "component, Rust", "extism 1.41, Rust", "extism-runtime, C", "native Rust"];
    let sizes: Vec<u32> = (0..STEPS).map(|step| 64 << (2 * step)).collect();
    let latency = grow(names, &sizes, effort, |bytes| {
        let call = |guest| Work::call(guest, Function::Echo, bytes as usize);
        Ok([
            Peer::Ours.prepare(call(Guest::Pdk))?,
            Peer::Component.prepare(call(Guest::Pdk))?,
            Peer::Extism.prepare(call(Guest::Pdk))?,
            Peer::Ours.prepare(call(Guest::C))?,
            Peer::Native.prepare(call(Guest::Pdk))?,
        ])
    })?;
    let throughput = latency.iter().map(|series| Series {
        name: series.name.clone(),
        color: series.color,
        // In and out, so twice the payload.
        points: series.points.iter().map(|(bytes, time)| (*bytes, 2.0 * bytes / time * 1e9)).collect(),
    });
    let throughput = Chart {
        title: "Echo: bytes in and out per second (higher is better)",
        x_label: "payload, each way",
        x_tick: size,
        x_step: 4.0,
        y_label: "throughput",
        y_tick: rate,
        y_value: rate,
        series: throughput.collect(),
    };
    let latency = Chart {
        title: "Echo: time of a call (lower is better)",
        x_label: "payload, each way",
        x_tick: size,
        x_step: 4.0,
        y_label: "latency",
        y_tick: round_time,
        y_value: time,
        series: latency,
    };
    Ok(vec![("latency.svg", latency), ("throughput.svg", throughput)])
}

/// Formats bytes per second.
fn rate(bytes: f64) -> String {
    let round = |value: f64| format!("{value:.2}").trim_end_matches('0').trim_end_matches('.').to_owned();
    match bytes {
        b if b < 1e6 => format!("{} KB/s", round(b / 1e3)),
        b if b < 1e9 => format!("{} MB/s", round(b / 1e6)),
        b => format!("{} GB/s", round(b / 1e9)),
    }
}
