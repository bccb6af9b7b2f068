//! How many crates a build takes.

use std::{collections::BTreeSet, process::Command};

use crate::batch::Result;

/// The crates of the package itself and what it depends on, for this machine, as `cargo tree` lists them with these
/// further arguments. Run in the folder that `benches/peers` is in.
pub fn count(directory: &str, package: &str, arguments: &[&str]) -> Result<f64> {
    let output = Command::new("cargo")
        .args(["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}", "--package", package])
        .args(arguments)
        .current_dir(directory)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let crates: BTreeSet<_> = text
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?, words.next()?))
        })
        .collect();
    u32::try_from(crates.len()).map(f64::from).map_err(Into::into)
}
