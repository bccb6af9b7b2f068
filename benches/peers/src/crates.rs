//! Counts the crates of a build.

use std::{collections::BTreeSet, process::Command};

use peers_work::Result;

/// Returns the number of crates of the package and its dependencies, for this machine, as `cargo tree` lists
/// them with these additional arguments. Run in the folder that contains `benches/peers`.
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
