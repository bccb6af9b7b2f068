use gimli::{AttributeValue, constants};

use super::{
    Place, Places, Result,
    budget::Budget,
    entries::{Naming, attributes},
    lines::{Found, Row},
    ranges::Range,
    unit::{Unit, Units},
};

/// The most functions that are shown as inlined into each other.
const MAX_INLINED: usize = 64;

/// The functions in which an instruction is: one of the module, and those that were inlined into it.
#[derive(Default)]
pub(super) struct Inlining<'a> {
    function: Option<Open<'a>>,
    /// Each within the one before.
    inlined: Vec<Open<'a>>,
}

/// An entry of a function, or of an inlined call, that an instruction is in.
#[derive(Clone)]
struct Open<'a> {
    depth: isize,
    naming: Naming<'a>,
    /// Where the inlined call was written.
    call: Option<Row>,
}

/// Finds the functions of these offsets in a unit.
pub(super) fn find<'a>(unit: &Unit<'a, '_>, offsets: &[u64], budget: &mut Budget) -> Result<Vec<Inlining<'a>>> {
    let mut found: Vec<Inlining<'a>> = Vec::new();
    found.resize_with(offsets.len(), Inlining::default);
    let mut entries = unit.entries(None)?;
    let mut contained = vec![false; offsets.len()];
    while !entries.is_empty() {
        budget.pay(1)?;
        let depth = entries.next_depth();
        let Some(entry) = entries.read_abbreviation()? else { continue };
        let is_inlined = entry.tag() == constants::DW_TAG_inlined_subroutine;
        if !is_inlined && entry.tag() != constants::DW_TAG_subprogram {
            budget.pay(entry.attributes().len())?;
            entries.skip_attributes(entry.attributes())?;
            continue;
        }
        let (mut range, mut naming, mut call) = (Range::default(), Naming::default(), Call::default());
        attributes(&mut entries, entry.attributes(), budget, |attribute| {
            range.take(attribute);
            naming.take(attribute);
            call.take(attribute.name(), &attribute.value());
        })?;
        contained.fill(false);
        range.contains(unit, offsets, &mut contained, budget)?;
        for (inlining, _) in found.iter_mut().zip(&contained).filter(|(_, contained)| **contained) {
            let open = Open { depth, naming: naming.clone(), call: call.row() };
            if is_inlined { inlining.inline(open) } else { inlining.enter(open) }
        }
    }
    Ok(found)
}

/// Where an inlined call was written, as the entry's attributes tell.
#[derive(Default)]
struct Call {
    file: Option<u64>,
    line: Option<u32>,
    column: Option<u32>,
}

impl Call {
    fn take(&mut self, name: constants::DwAt, value: &AttributeValue<super::Slice<'_>>) {
        let number = || value.udata_value().and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0);
        match (name, value) {
            (constants::DW_AT_call_file, AttributeValue::FileIndex(file)) => self.file = Some(*file),
            (constants::DW_AT_call_file, value) => self.file = value.udata_value(),
            (constants::DW_AT_call_line, _) => self.line = number(),
            (constants::DW_AT_call_column, _) => self.column = number(),
            _ => {}
        }
    }

    fn row(&self) -> Option<Row> {
        Some(Row { file: self.file?, line: self.line, column: self.column })
    }
}

impl<'a> Inlining<'a> {
    /// Notes the function that the instruction is in; the first one counts.
    fn enter(&mut self, function: Open<'a>) {
        self.function.get_or_insert(function);
    }

    /// Notes an inlined call that the instruction is in, if it is within the last one.
    fn inline(&mut self, call: Open<'a>) {
        let outer = self.inlined.last().or(self.function.as_ref());
        if outer.is_some_and(|outer| outer.depth < call.depth) && self.inlined.len() < MAX_INLINED {
            self.inlined.push(call);
        }
    }

    /// Returns the places of the instruction, whose row in the table of lines this is.
    pub(super) fn places(
        &self,
        unit: &Unit<'a, '_>,
        units: &Units<'a>,
        files: &Found<'a>,
        row: Row,
        budget: &mut Budget,
    ) -> Places {
        let mut places = Places::new();
        let mut row = Some(row);
        for open in self.inlined.iter().rev() {
            places.push(place(Some(&open.naming), row, unit, units, files, budget));
            row = open.call;
        }
        let function = self.function.as_ref().map(|function| &function.naming);
        places.push(place(function, row, unit, units, files, budget));
        places
    }
}

fn place<'a>(
    naming: Option<&Naming<'a>>,
    row: Option<Row>,
    unit: &Unit<'a, '_>,
    units: &Units<'a>,
    files: &Found<'a>,
    budget: &mut Budget,
) -> Place {
    Place {
        function: naming.and_then(|naming| naming.find(unit, units, budget)),
        file: row.and_then(|row| files.path(unit, row.file)),
        line: row.and_then(|row| row.line),
        column: row.and_then(|row| row.column),
    }
}
