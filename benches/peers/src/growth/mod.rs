//! Draws how costs grow: over the payload's size, and over numbers of exports, modules, instances and host functions.
//! Both axes are logarithmic, so a cost that is proportional is a straight line, and a step shows.

mod instances;
mod modules;
mod payload;

use std::{fs, path::Path};

use clap::ValueEnum;
use peers_work::{Result, Start};

use crate::{
    chart::{Chart, Series},
    measure::{Effort, compare},
    table::{markdown, time},
};

/// What grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Growth {
    /// Instances, from 1 to 100,000. First, as the others leave memory that instances would use.
    Instances,
    /// The payload, from 64 B to 64 MB.
    Payload,
    /// A module's exports, from 1 to 10,000.
    Exports,
    /// The modules of a plug-in, from 1 to 50.
    Modules,
    /// Host functions, from 1 to 1,000.
    Functions,
}

const COLORS: [&str; 5] = ["#c2410c", "#2563eb", "#52525b", "#15803d", "#7e22ce"];

/// Measures, prints the numbers, and writes the charts.
pub fn draw(of: &[Growth], directory: &Path, effort: Effort) -> Result<()> {
    fs::create_dir_all(directory)?;
    for growth in if of.is_empty() { Growth::value_variants() } else { of } {
        let charts = match growth {
            Growth::Payload => payload::charts(effort)?,
            Growth::Exports => vec![("exports.svg", modules::exports(effort)?)],
            Growth::Modules => vec![("modules.svg", modules::linked(effort)?)],
            Growth::Instances => instances::charts()?,
            Growth::Functions => vec![("functions.svg", modules::functions(effort)?)],
        };
        for (file, chart) in charts {
            print(&chart);
            fs::write(directory.join(file), chart.svg()?)?;
        }
    }
    Ok(())
}

/// Prints the points of a chart as a table.
fn print(chart: &Chart) {
    let header = [chart.x_label.to_owned()].into_iter().chain(chart.series.iter().map(|series| series.name.clone()));
    let longest = chart.series.iter().map(|series| &series.points).max_by_key(|points| points.len());
    let rows = longest.into_iter().flatten().map(|(x, _)| {
        let value = |series: &Series| {
            let found = series.points.iter().find(|(other, _)| other == x);
            found.map_or(String::new(), |(_, y)| (chart.y_value)(*y))
        };
        [(chart.x_tick)(*x)].into_iter().chain(chart.series.iter().map(value)).collect()
    });
    println!("\n{}", chart.title);
    markdown(&header.collect::<Vec<_>>(), chart.series.len(), rows);
}

/// Lines without points.
fn lines<const N: usize>(names: [&str; N]) -> Vec<Series> {
    let lines = names.iter().zip(COLORS);
    lines.map(|(name, color)| Series { name: (*name).to_owned(), color, points: Vec::new() }).collect()
}

/// Measures the works that `make` makes for each number, in nanoseconds: the fastest sample, since other programs only
/// make samples slower, and would look like steps.
fn grow<const N: usize>(
    names: [&str; N],
    numbers: &[u32],
    effort: Effort,
    make: impl Fn(u32) -> Result<[Option<Start>; N]>,
) -> Result<Vec<Series>> {
    let mut series = lines(names);
    for number in numbers {
        eprintln!("{number}: {}", names.join(", "));
        for (series, stat) in series.iter_mut().zip(compare(&make(*number)?, effort)?) {
            series.points.extend(stat.map(|stat| (f64::from(*number), stat.least)));
        }
    }
    Ok(series)
}

/// A chart of times over numbers.
fn times(title: &'static str, x_label: &'static str, series: Vec<Series>) -> Chart {
    Chart { title, x_label, x_tick: count, x_step: 10.0, y_label: "time", y_tick: round_time, y_value: time, series }
}

/// Formats a number with separators.
fn count(number: f64) -> String {
    match number {
        n if n < 1e3 => format!("{n}"),
        n => format!("{},{:03}", (n / 1e3).floor(), n % 1e3),
    }
}

/// Formats a power of ten of nanoseconds.
fn round_time(nanoseconds: f64) -> String {
    time(nanoseconds).replace(".00", "").replace(".0", "")
}
