use gimli::{Abbreviations, DebugAbbrev, DebugAbbrevOffset, LittleEndian, Reader as _, constants};

use super::{Result, Stop, budget::Budget, sections::Slice};

/// The most attributes of an entry. Compilers write some dozen; attributes without bytes would make short entries take
/// long.
const MAX_ATTRIBUTES: usize = 128;

/// Reads the table of abbreviations at this offset.
pub(super) fn read(section: Slice<'_>, offset: usize, budget: &mut Budget) -> Result<Abbreviations> {
    let bytes = section.slice().get(offset..).ok_or(Stop::Unreadable)?;
    let length = measure(Slice::new(bytes, LittleEndian), budget)?;
    let table = DebugAbbrev::new(bytes.get(..length).ok_or(Stop::Unreadable)?, LittleEndian);
    Ok(table.abbreviations(DebugAbbrevOffset(0))?)
}

/// Returns the bytes of the table with which the section starts, after paying for them.
fn measure(section: Slice<'_>, budget: &mut Budget) -> Result<usize> {
    let mut rest = section;
    while rest.read_uleb128()? != 0 {
        rest.read_uleb128()?;
        rest.read_u8()?;
        let mut attributes = 0;
        loop {
            budget.pay(2)?;
            let (name, form) = (rest.read_uleb128()?, rest.read_uleb128()?);
            if form == u64::from(constants::DW_FORM_implicit_const.0) {
                rest.read_sleb128()?;
            }
            if (name, form) == (0, 0) {
                break;
            }
            attributes += 1;
            if attributes > MAX_ATTRIBUTES {
                return Err(Stop::Unreadable);
            }
        }
    }
    Ok(section.len() - rest.len())
}
