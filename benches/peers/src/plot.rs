//! Plots latency and throughput of an echo over the payload's size.

use std::{fs, path::Path};

use crate::{
    batch::Result,
    chart::{Chart, Series, size},
    measure::{Effort, compare},
    peer::Peer,
    table::time,
    work::Work,
};

/// 64 B to 16 MiB, in steps of a factor of four.
const SIZES: u32 = 10;

/// Measures, and writes `latency.svg` and `throughput.svg`.
pub fn draw(directory: &Path, effort: Effort) -> Result<()> {
    let lines = [
        (Peer::Ours, "extism-runtime", "#c2410c"),
        (Peer::Component, "component", "#2563eb"),
        (Peer::Extism, "extism 1.30", "#52525b"),
    ];
    let mut latency: Vec<_> =
        lines.iter().map(|(_, name, color)| Series { name: (*name).to_owned(), color, points: Vec::new() }).collect();
    for step in 0..SIZES {
        let bytes = 64_usize << (2 * step);
        eprintln!("echo, {}", size(bytes as f64));
        let starts: Vec<_> = lines.iter().map(|(peer, ..)| peer.prepare(Work::Echo(bytes))).collect::<Result<_>>()?;
        for (series, stat) in latency.iter_mut().zip(compare(&starts, effort)?) {
            series.points.extend(stat.map(|stat| (bytes as f64, stat.median)));
        }
    }
    let throughput = latency.iter().map(|series| Series {
        name: series.name.clone(),
        color: series.color,
        // In and out, so twice the payload.
        points: series.points.iter().map(|(bytes, time)| (*bytes, 2.0 * bytes / time * 1e9)).collect(),
    });
    let throughput = Chart {
        title: "Echo: bytes in and out per second (higher is better)",
        y_label: "throughput",
        y_tick: rate,
        series: throughput.collect(),
    };
    let latency = Chart {
        title: "Echo: time of a call (lower is better)",
        y_label: "latency",
        y_tick: round_time,
        series: latency,
    };
    fs::create_dir_all(directory)?;
    fs::write(directory.join("latency.svg"), latency.svg()?)?;
    fs::write(directory.join("throughput.svg"), throughput.svg()?)?;
    Ok(())
}

/// A power of ten of nanoseconds.
fn round_time(nanoseconds: f64) -> String {
    time(nanoseconds).replace(".00", "").replace(".0", "")
}

/// A power of ten of bytes per second.
fn rate(bytes: f64) -> String {
    match bytes {
        b if b < 1e6 => format!("{} KB/s", b / 1e3),
        b if b < 1e9 => format!("{} MB/s", b / 1e6),
        b => format!("{} GB/s", b / 1e9),
    }
}
