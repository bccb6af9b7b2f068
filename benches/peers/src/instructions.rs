//! Counts the instructions of a call with valgrind: steadier than time on a busy machine.

use std::process::Command;

use peers_work::{Result, Work};

use crate::peer::Peer;

const FEW: u32 = 1000;
const MANY: u32 = 11_000;

/// Whether valgrind is installed.
pub fn available() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Returns the instructions of one piece of work: those of many minus those of few, so that the start does not count.
/// `None` if the peer does not support the work.
pub fn measure(peer: Peer, work: Work) -> Result<Option<f64>> {
    if peer.prepare(work)?.is_none() {
        return Ok(None);
    }
    let Some(few) = count(peer, work, FEW)? else { return Ok(None) };
    let Some(many) = count(peer, work, MANY)? else { return Ok(None) };
    Ok(Some((many - few) / f64::from(MANY - FEW)))
}

fn count(peer: Peer, work: Work, times: u32) -> Result<Option<f64>> {
    let Some(process) = peer.command("repeat", work)? else { return Ok(None) };
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(process.get_program())
        .args(process.get_args())
        .arg(times.to_string())
        .envs(process.get_envs().filter_map(|(name, value)| Some((name, value?))))
        // valgrind cannot reserve the addresses of a large pool.
        .env(extism_benches::POOL_VARIABLE, "2")
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let collected = text.lines().find_map(|line| line.split("Collected :").nth(1));
    match collected.and_then(|number| number.trim().parse().ok()) {
        Some(number) if output.status.success() => Ok(Some(number)),
        _ => Err(format!("valgrind failed: {text}").into()),
    }
}
