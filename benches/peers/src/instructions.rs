//! Counts the instructions of a call with valgrind: steadier than time on a busy machine.

use std::{env, process::Command};

use crate::{batch::Result, peer::Peer, work::Work};

const FEW: u32 = 1000;
const MANY: u32 = 11_000;

/// Whether valgrind is installed.
pub fn available() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Returns the instructions of one piece of work: those of many minus those of few, so that the start does not count.
pub fn measure(peer: Peer, work: Work) -> Result<f64> {
    let (few, many) = (count(peer, work, FEW)?, count(peer, work, MANY)?);
    Ok((many - few) / f64::from(MANY - FEW))
}

fn count(peer: Peer, work: Work, times: u32) -> Result<f64> {
    let name = format!("{peer:?}").to_lowercase();
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe()?)
        .args(["repeat", &name, &work.to_string(), &times.to_string()])
        // valgrind cannot reserve the addresses of a large pool.
        .env(extism_benches::POOL_VARIABLE, "2")
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let collected = text.lines().find_map(|line| line.split("Collected :").nth(1));
    match collected.and_then(|number| number.trim().parse().ok()) {
        Some(number) if output.status.success() => Ok(number),
        _ => Err(format!("valgrind failed: {text}").into()),
    }
}

/// The process whose instructions are counted.
pub fn repeat(peer: Peer, work: Work, times: u32) -> Result<()> {
    let start = peer.prepare(work)?.ok_or("the peer does not support this work")?;
    start()?(times)?;
    Ok(())
}
