use gimli::{Attribute, AttributeValue, RangeListsOffset, constants};

use super::{Result, Stop, budget::Budget, sections::Slice, unit::Unit};

/// Returns, for each offset, whether the unit may be about the code there.
pub(super) fn covers(unit: &Unit<'_, '_>, offsets: &[u64], budget: &mut Budget) -> Result<Vec<bool>> {
    let mut covered = vec![false; offsets.len()];
    if unit.lines.is_some() {
        let mut range = Range::default();
        unit.root.iter().for_each(|attribute| range.take(attribute));
        // Where it does not say what it is about, its lines will.
        if !range.contains(unit, offsets, &mut covered, budget)? {
            covered.fill(true);
        }
    }
    Ok(covered)
}

/// The code that an entry is about, as its attributes tell.
#[derive(Clone, Copy, Default)]
pub(super) struct Range {
    low: Option<Address>,
    high: Option<High>,
    list: Option<List>,
}

#[derive(Clone, Copy)]
enum Address {
    Is(u64),
    Index(gimli::DebugAddrIndex<usize>),
}

#[derive(Clone, Copy)]
enum High {
    At(Address),
    Length(u64),
}

#[derive(Clone, Copy)]
enum List {
    At(usize),
    Index(gimli::DebugRngListsIndex<usize>),
}

impl Range {
    /// Takes an attribute if it is about code.
    pub(super) fn take(&mut self, attribute: &Attribute<Slice<'_>>) {
        match (attribute.name(), attribute.value()) {
            (constants::DW_AT_low_pc, AttributeValue::Addr(address)) => self.low = Some(Address::Is(address)),
            (constants::DW_AT_low_pc, AttributeValue::DebugAddrIndex(index)) => {
                self.low = Some(Address::Index(index));
            }
            (constants::DW_AT_high_pc, AttributeValue::Addr(address)) => {
                self.high = Some(High::At(Address::Is(address)));
            }
            (constants::DW_AT_high_pc, AttributeValue::DebugAddrIndex(index)) => {
                self.high = Some(High::At(Address::Index(index)));
            }
            (constants::DW_AT_high_pc, value) => self.high = value.udata_value().map(High::Length),
            (constants::DW_AT_ranges, AttributeValue::RangeListsRef(offset)) => self.list = Some(List::At(offset.0)),
            (constants::DW_AT_ranges, AttributeValue::DebugRngListsIndex(index)) => {
                self.list = Some(List::Index(index));
            }
            _ => {}
        }
    }

    /// Returns where the code starts.
    pub(super) fn start(&self, unit: &Unit<'_, '_>) -> Option<u64> {
        resolve(self.low?, unit)
    }

    /// Sets, for each offset, whether it is in this code, where it is; returns whether the entry tells.
    pub(super) fn contains(
        &self,
        unit: &Unit<'_, '_>,
        offsets: &[u64],
        contained: &mut [bool],
        budget: &mut Budget,
    ) -> Result<bool> {
        if let Some(list) = self.list {
            self.contains_in_list(list, unit, offsets, contained, budget)?;
            return Ok(true);
        }
        let (Some(low), Some(high)) = (self.start(unit), self.high) else { return Ok(false) };
        let high = match high {
            High::At(address) => resolve(address, unit),
            High::Length(length) => low.checked_add(length),
        };
        mark(low, high.unwrap_or(low), offsets, contained);
        Ok(true)
    }

    fn contains_in_list(
        &self,
        list: List,
        unit: &Unit<'_, '_>,
        offsets: &[u64],
        contained: &mut [bool],
        budget: &mut Budget,
    ) -> Result<()> {
        let (sections, encoding) = (unit.sections, unit.header.encoding());
        let offset = match list {
            List::At(offset) => RangeListsOffset(offset),
            List::Index(index) => indexed(unit, index)?,
        };
        let mut base = unit.base;
        let mut entries = sections.ranges.raw_ranges(offset, encoding)?;
        while let Some(entry) = entries.next()? {
            use gimli::RawRngListEntry as Entry;

            budget.pay(2 + offsets.len())?;
            let address = |index| unit.address(index).ok_or(Stop::Unreadable);
            let (low, high) = match entry {
                Entry::AddressOrOffsetPair { begin, .. } if is_base_selection(begin, encoding.address_size) => {
                    let Entry::AddressOrOffsetPair { end, .. } = entry else { continue };
                    base = end;
                    continue;
                }
                Entry::BaseAddress { addr } => {
                    base = addr;
                    continue;
                }
                Entry::BaseAddressx { addr } => {
                    base = address(addr)?;
                    continue;
                }
                Entry::AddressOrOffsetPair { begin, end } | Entry::OffsetPair { begin, end } => {
                    (base.wrapping_add(begin), base.wrapping_add(end))
                }
                Entry::StartxEndx { begin, end } => (address(begin)?, address(end)?),
                Entry::StartxLength { begin, length } => {
                    let begin = address(begin)?;
                    (begin, begin.wrapping_add(length))
                }
                Entry::StartEnd { begin, end } => (begin, end),
                Entry::StartLength { begin, length } => (begin, begin.wrapping_add(length)),
            };
            mark(low, high, offsets, contained);
        }
        Ok(())
    }
}

/// Returns whether a pair of DWARF 4's sets the base: its first half has all bits set.
fn is_base_selection(begin: u64, address_size: u8) -> bool {
    begin == u64::MAX >> (64 - 8 * u32::from(address_size.clamp(1, 8)))
}

fn resolve(address: Address, unit: &Unit<'_, '_>) -> Option<u64> {
    match address {
        Address::Is(address) => Some(address),
        Address::Index(index) => unit.address(index),
    }
}

/// Returns where the list with this index is.
fn indexed(unit: &Unit<'_, '_>, index: gimli::DebugRngListsIndex<usize>) -> Result<RangeListsOffset<usize>> {
    let encoding = unit.header.encoding();
    // Its own arithmetic may overflow.
    let base = unit.ranges_base.0;
    let place = index.0.checked_mul(encoding.format.word_size().into()).and_then(|place| place.checked_add(base));
    let place = gimli::DebugRngListsBase(place.ok_or(Stop::Unreadable)?);
    let offset = unit.sections.ranges.get_offset(encoding, place, gimli::DebugRngListsIndex(0))?;
    let relative = offset.0.checked_sub(place.0).ok_or(Stop::Unreadable)?;
    relative.checked_add(base).map(RangeListsOffset).ok_or(Stop::Unreadable)
}

/// Marks the offsets from `low` to before `high`. Code that the linker dropped is said to be at 0, where no code is.
fn mark(low: u64, high: u64, offsets: &[u64], contained: &mut [bool]) {
    if low == 0 {
        return;
    }
    for (offset, contained) in offsets.iter().zip(contained) {
        *contained |= (low..high).contains(offset);
    }
}
