//! Measures the memory of an idle instance, in a separate process for each.

use std::{env, fs, process::Command};

use crate::{batch::Result, measure::Stat, peer::Peer, work::Work};

/// The number of instances that are held.
const INSTANCES: u32 = 1000;

/// Memory of a process in KiB.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    /// Resident, pages that are mapped several times counted once.
    pub proportional: f64,
    /// Resident, as most tools show it.
    pub resident: f64,
    /// The page tables.
    pub tables: f64,
}

/// Starts a process that holds idle instances, and returns the memory of one of them.
pub fn measure(peer: Peer, work: Work) -> Result<Memory> {
    let name = format!("{peer:?}").to_lowercase();
    let output = Command::new(env::current_exe()?).args(["hold", &name, &work.to_string()]).output()?;
    let text = String::from_utf8(output.stdout)?;
    let numbers: Vec<f64> = text.split_whitespace().map(str::parse).collect::<std::result::Result<_, _>>()?;
    match numbers[..] {
        [proportional, resident, tables] => Ok(Memory { proportional, resident, tables }),
        _ => Err(format!("holding instances failed: {}", String::from_utf8_lossy(&output.stderr)).into()),
    }
}

/// Runs the process: creates instances, calls each once, keeps them all, and prints the KiB of one.
pub fn hold(peer: Peer, work: Work) -> Result<()> {
    let start = peer.prepare(work)?.ok_or("the peer does not support this work")?;
    // Data that is created once exists afterwards.
    start()?(1)?;
    let before = now()?;
    let mut held = Vec::new();
    for _ in 0..INSTANCES {
        let mut batch = start()?;
        batch(1)?;
        held.push(batch);
    }
    let after = now()?;
    let each = |of: fn(&Memory) -> f64| (of(&after) - of(&before)) / f64::from(INSTANCES);
    println!("{} {} {}", each(|m| m.proportional), each(|m| m.resident), each(|m| m.tables));
    drop(held);
    Ok(())
}

fn now() -> Result<Memory> {
    let rollup = fs::read_to_string("/proc/self/smaps_rollup")?;
    let status = fs::read_to_string("/proc/self/status")?;
    Ok(Memory {
        proportional: field(&rollup, "Pss:"),
        resident: field(&rollup, "Rss:"),
        tables: field(&status, "VmPTE:"),
    })
}

/// Returns the KiB in the line with this prefix.
fn field(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0.0)
}

/// A number without a spread.
pub fn exact(median: f64) -> Stat {
    Stat { median, spread: 0.0 }
}
