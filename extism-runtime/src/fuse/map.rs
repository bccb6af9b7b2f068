//! Where the instructions of a fused module were in the guest: for debug information, which refers to places in the
//! guest's code.
//!
//! Fusing changes few instructions. So for each function of the guest there are its start and its edits, as differences
//! in LEB128: two bytes for a function, and about three more for an edit.

use std::ops::Range;

use wasm_encoder::Encode;
use wasmparser::{BinaryReader, Parser, Payload};

/// Some bytes of a function that were replaced, relative to the start of its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    /// What was replaced, in the guest.
    pub(super) old: Range<usize>,
    /// How many bytes replace it.
    pub(super) new: usize,
}

/// Maps places in a fused module's code to places in the guest's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CodeMap(Vec<u8>);

/// A place in the guest's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GuestPlace {
    /// Bytes after the start of the code section's contents.
    pub(crate) in_section: u64,
    /// Bytes after the start of the function's body.
    pub(crate) in_body: u64,
}

/// Writes a map, function by function.
pub(super) struct MapWriter {
    bytes: Vec<u8>,
    /// Where the last function ended in the guest.
    end: usize,
}

impl MapWriter {
    /// `start` is where the guest's code section starts; `added` is the number of functions in front of the guest's.
    pub(super) fn new(start: usize, added: usize) -> Self {
        let mut bytes = Vec::new();
        added.encode(&mut bytes);
        Self { bytes, end: start }
    }

    /// Adds a function, given where it is in the guest.
    pub(super) fn function(&mut self, body: Range<usize>, edits: &[Edit]) {
        body.start.saturating_sub(self.end).encode(&mut self.bytes);
        edits.len().encode(&mut self.bytes);
        let mut end = 0;
        for edit in edits {
            edit.old.start.saturating_sub(end).encode(&mut self.bytes);
            edit.old.len().encode(&mut self.bytes);
            edit.new.encode(&mut self.bytes);
            end = edit.old.end;
        }
        self.end = body.end;
    }

    pub(super) fn finish(self) -> CodeMap {
        CodeMap(self.bytes)
    }
}

impl CodeMap {
    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns where in the guest the instructions at these offsets of the fused module were; `None` for those of the
    /// kernel.
    pub(crate) fn find(&self, fused: &[u8], offsets: &[u64]) -> Vec<Option<GuestPlace>> {
        let mut found = vec![None; offsets.len()];
        // A map that is not this module's maps what is before the first error.
        let _ = self.search(fused, offsets, &mut found);
        found
    }

    fn search(&self, fused: &[u8], offsets: &[u64], found: &mut [Option<GuestPlace>]) -> wasmparser::Result<()> {
        let mut map = BinaryReader::new(&self.0, 0);
        let mut order: Vec<_> = offsets.iter().copied().zip(0..).collect();
        order.sort_unstable();
        let mut added = map.read_var_u32()?;
        let mut start = 0;
        for payload in Parser::new(0).parse_all(fused) {
            let Payload::CodeSectionEntry(body) = payload? else { continue };
            if let Some(left) = added.checked_sub(1) {
                added = left;
                continue;
            }
            if map.eof() {
                return Ok(());
            }
            start += u64::from(map.read_var_u32()?);
            let edits = read_edits(&mut map)?;
            let range = body.range();
            let range = range.start as u64..range.end as u64;
            let first = order.partition_point(|(offset, _)| *offset < range.start);
            for (offset, number) in order[first..].iter().take_while(|(offset, _)| *offset < range.end) {
                let in_body = before(&edits, offset - range.start);
                let found: &mut Option<_> = &mut found[*number];
                *found = Some(GuestPlace { in_section: start + in_body, in_body });
            }
            start += before(&edits, range.end - range.start);
        }
        Ok(())
    }
}

/// An edit as it is in the map: bytes that stay, bytes of the guest, bytes that replace them.
type Step = (u64, u64, u64);

fn read_edits(map: &mut BinaryReader<'_>) -> wasmparser::Result<Vec<Step>> {
    let mut number = || map.read_var_u32().map(u64::from);
    (0..number()?).map(|_| Ok((number()?, number()?, number()?))).collect()
}

/// Returns the place in the guest's body of a place in the new one: for new code that of the instruction that it
/// replaces or comes before.
fn before(edits: &[Step], place: u64) -> u64 {
    let (mut old, mut new) = (0, 0);
    for (stays, replaced, written) in edits {
        if place < new + stays {
            break;
        }
        (old, new) = (old + stays, new + stays);
        if place < new + written {
            return old;
        }
        (old, new) = (old + replaced, new + written);
    }
    old + (place - new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_keeps_its_place_and_what_is_new_has_that_of_what_it_replaces() {
        // Of `..abc..de.`, `abc` becomes one byte, four bytes come before `d`, and `e` becomes nothing.
        let edits = [(2, 3, 1), (2, 0, 4), (1, 1, 0)];
        let expected = [0, 1, 2, 5, 6, 7, 7, 7, 7, 7, 9, 10];
        assert_eq!((0..12).map(|place| before(&edits, place)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_map_of_another_module_is_no_reason_to_panic() {
        let wasm = wat::parse_str("(module (func) (func (drop (i32.const 1))))").unwrap();
        let code = wasm.len() as u64 - 1;
        for map in [&[][..], &[0], &[0, 1, 1], &[0xff; 16], &[0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0]] {
            CodeMap(map.to_vec()).find(&wasm, &[0, code, u64::MAX]);
        }
    }
}
