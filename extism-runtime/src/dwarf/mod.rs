//! Finds the places in a guest's source from the DWARF in its module.
//!
//! The DWARF is the guest's: it may be wrong, huge, or made to keep its reader busy. So it is read in one pass, which
//! stores nothing but what is asked for, and each step of which is paid out of a [`Budget`]. What is not understood, or
//! exceeds the budget, gives no place. For this control, `gimli`'s parsers are used without the layers above them, which
//! keep whole tables, recurse as deeply as the DWARF is nested, and read tables again for each unit that names them.

mod abbreviations;
mod budget;
mod entries;
mod functions;
mod lines;
mod paths;
mod ranges;
mod sections;
#[cfg(test)]
mod tests;
mod unit;

pub(crate) use self::budget::Budget;
use self::{
    functions::Inlining,
    sections::{Sections, Slice},
    unit::{Unit, Units},
};

/// A place in the source, in a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The function's name, as the DWARF has it: of Rust and C++ functions the mangled one.
    pub(crate) function: Option<String>,
    pub(crate) file: Option<String>,
    /// The line, from 1.
    pub(crate) line: Option<u32>,
    /// The column, from 1.
    pub(crate) column: Option<u32>,
}

/// The places of an instruction: in the function that was inlined last, then in the one that it was inlined into, and so
/// on; the last one is the function that the module has.
pub(crate) type Places = Vec<Place>;

/// Returns the places of instructions, given by their offsets in the contents of the module's code section. There are
/// none for instructions of which the DWARF says nothing, and when the budget is used up.
pub(crate) fn find(wasm: &[u8], offsets: &[u64], budget: &mut Budget) -> Vec<Places> {
    let mut wanted: Vec<_> = offsets.iter().map(|offset| Wanted::new(*offset)).collect();
    if let Some(sections) = Sections::of(wasm) {
        // Whatever was found before an error or the end of the budget is true.
        let _ = budget.search(|budget| search(&sections, &mut wanted, budget));
    }
    wanted.into_iter().map(|wanted| wanted.places).collect()
}

/// An instruction whose places are wanted.
struct Wanted {
    offset: u64,
    places: Places,
}

impl Wanted {
    fn new(offset: u64) -> Self {
        Self { offset, places: Places::new() }
    }
}

/// Why the search ends. What exactly is wrong with a guest's DWARF is of no use to anybody here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// This unit is not as it should be; others may be.
    Unreadable,
    /// The budget is used up.
    Exhausted,
}

type Result<T> = std::result::Result<T, Stop>;

impl From<gimli::Error> for Stop {
    fn from(_: gimli::Error) -> Self {
        Self::Unreadable
    }
}

fn search(sections: &Sections<'_>, wanted: &mut [Wanted], budget: &mut Budget) -> Result<()> {
    let units = Units::read(sections, budget)?;
    for header in &units.headers {
        match search_unit(sections, &units, header, wanted, budget) {
            Err(Stop::Exhausted) => return Err(Stop::Exhausted),
            Ok(()) | Err(Stop::Unreadable) => {}
        }
        if wanted.iter().all(|wanted| !wanted.places.is_empty()) {
            break;
        }
    }
    Ok(())
}

fn search_unit<'a>(
    sections: &Sections<'a>,
    units: &Units<'a>,
    header: &gimli::UnitHeader<Slice<'a>>,
    wanted: &mut [Wanted],
    budget: &mut Budget,
) -> Result<()> {
    let unit = Unit::read(sections, header, budget)?;
    let mut missing: Vec<_> = wanted.iter_mut().filter(|wanted| wanted.places.is_empty()).collect();
    let offsets: Vec<_> = missing.iter().map(|wanted| wanted.offset).collect();
    let mut covered = ranges::covers(&unit, &offsets, budget)?.into_iter();
    missing.retain(|_| covered.next().unwrap_or(false));
    if missing.is_empty() {
        return Ok(());
    }
    let offsets: Vec<_> = missing.iter().map(|wanted| wanted.offset).collect();
    let found = lines::rows(&unit, &offsets, budget)?;
    // Without the functions, there is still the line.
    let mut functions = functions::find(&unit, &offsets, budget).unwrap_or_default();
    functions.resize_with(offsets.len(), Inlining::default);
    for (index, (wanted, function)) in missing.iter_mut().zip(&functions).enumerate() {
        if let Some(row) = found.rows.get(index).copied().flatten() {
            wanted.places = function.places(&unit, units, &found, row, budget);
        }
    }
    Ok(())
}
