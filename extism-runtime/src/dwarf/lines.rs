use gimli::{ColumnType, LineProgramHeader, LineRow};

use super::{Result, Stop, budget::Budget, paths, sections::Slice, unit::Unit};

/// The most bytes of a header, which lists the files of a unit. All of it is stored while it is used.
const MAX_HEADER: usize = 512 << 10;

/// The lines of some offsets, and the files that they are in.
pub(super) struct Found<'a> {
    /// For each offset.
    pub(super) rows: Vec<Option<Row>>,
    header: LineProgramHeader<Slice<'a>>,
}

/// A line of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) file: u64,
    pub(super) line: Option<u32>,
    pub(super) column: Option<u32>,
}

/// Finds the lines of these offsets in a unit's table.
pub(super) fn rows<'a>(unit: &Unit<'a, '_>, offsets: &[u64], budget: &mut Budget) -> Result<Found<'a>> {
    let offset = unit.lines.ok_or(Stop::Unreadable)?;
    budget.pay(header_length(unit, offset.0).ok_or(Stop::Unreadable)?)?;
    let program = unit.sections.line.program(offset, unit.header.address_size(), None, None)?;
    budget.pay(program.header().raw_program_buf().len())?;
    let mut rows = vec![None; offsets.len()];
    let mut table = program.rows();
    let mut last: Option<(u64, Row)> = None;
    // Where the sequence starts. Code that the linker dropped is said to be at 0, where no code is.
    let mut start = 0;
    while let Ok(Some((_, row))) = table.next_row() {
        budget.pay(1 + offsets.len())?;
        let address = row.address();
        if let Some((from, place)) = last.filter(|_| start != 0) {
            for (offset, found) in offsets.iter().zip(&mut rows) {
                if (from..address).contains(offset) {
                    *found = Some(place);
                }
            }
        }
        if last.is_none() {
            start = address;
        }
        last = (!row.end_sequence()).then(|| (address, Row::of(row)));
    }
    let header = table.header().clone();
    Ok(Found { rows, header })
}

/// Returns the length of the header at this offset, if it is not absurd.
fn header_length(unit: &Unit<'_, '_>, offset: usize) -> Option<usize> {
    let bytes = unit.sections.line_bytes.slice().get(offset..)?;
    let version = u16::from_le_bytes(*bytes.get(4..)?.first_chunk()?);
    let at = if version >= 5 { 8 } else { 6 };
    let length = u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?);
    usize::try_from(length).ok().filter(|length| *length <= MAX_HEADER)
}

impl Row {
    fn of(row: &LineRow) -> Self {
        let column = match row.column() {
            ColumnType::LeftEdge => None,
            ColumnType::Column(column) => u32::try_from(column.get()).ok(),
        };
        Self { file: row.file_index(), line: row.line().and_then(|line| u32::try_from(line.get()).ok()), column }
    }
}

impl<'a> Found<'a> {
    /// Returns the path of a file.
    pub(super) fn path(&self, unit: &Unit<'a, '_>, file: u64) -> Option<String> {
        // Before DWARF 5, 0 is the unit's own file.
        let Some(entry) = self.header.file(file) else { return unit.name.clone().filter(|_| file == 0) };
        let name = unit.text(entry.path_name())?;
        let directory = entry.directory(&self.header).and_then(|directory| unit.text(directory));
        Some(paths::shown(unit.directory.as_deref(), directory.as_deref(), &name))
    }
}
