//! Measures the memory of an idle instance, in a separate process for each.

use peers_work::{Result, Work, hold::Memory};

use crate::peer::Peer;

/// Starts a process that holds idle instances, and returns the memory of one of them; `None` if the peer does not
/// support the work.
pub fn measure(peer: Peer, work: Work) -> Result<Option<Memory>> {
    if peer.prepare(work)?.is_none() {
        return Ok(None);
    }
    let Some(mut process) = peer.command("hold", work)? else { return Ok(None) };
    let output = process.output()?;
    if !output.status.success() {
        return Err(format!("holding instances failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Memory::parse(&String::from_utf8(output.stdout)?).map(Some)
}
