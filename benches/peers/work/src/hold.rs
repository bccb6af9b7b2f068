//! Measures the memory of idle instances, in a process of its own.

use std::fs;

use crate::{Result, Start};

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

impl Memory {
    /// Reads what [`hold`] printed.
    ///
    /// # Errors
    ///
    /// Returns an error for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let numbers: Vec<f64> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        match numbers[..] {
            [proportional, resident, tables] => Ok(Self { proportional, resident, tables }),
            _ => Err(format!("`{text}` is not what one instance takes").into()),
        }
    }

    /// Returns the memory of this process.
    ///
    /// # Errors
    ///
    /// Returns an error if the system does not tell.
    pub fn now() -> Result<Self> {
        let rollup = fs::read_to_string("/proc/self/smaps_rollup")?;
        let status = fs::read_to_string("/proc/self/status")?;
        Ok(Self {
            proportional: field(&rollup, "Pss:"),
            resident: field(&rollup, "Rss:"),
            tables: field(&status, "VmPTE:"),
        })
    }
}

/// Creates instances, calls each once, keeps them all, and prints the KiB of one.
///
/// # Errors
///
/// Returns an error if an instance cannot be created or called.
pub fn hold(start: &Start) -> Result<()> {
    // Data that is created once exists afterwards.
    start()?(1)?;
    let before = Memory::now()?;
    let mut held = Vec::new();
    for _ in 0..INSTANCES {
        let mut batch = start()?;
        batch(1)?;
        held.push(batch);
    }
    let after = Memory::now()?;
    let each = |of: fn(&Memory) -> f64| (of(&after) - of(&before)) / f64::from(INSTANCES);
    println!("{} {} {}", each(|m| m.proportional), each(|m| m.resident), each(|m| m.tables));
    drop(held);
    Ok(())
}

/// Returns the KiB in the line with this prefix.
fn field(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0.0)
}
