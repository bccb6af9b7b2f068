use gimli::{Attribute, AttributeSpecification, AttributeValue, EntriesRaw, UnitHeader, UnitOffset, constants};

use super::{
    Result,
    budget::Budget,
    sections::{Sections, Slice},
    unit::{Unit, Units},
};

/// How many entries are followed for a function's name: from an inlined call to the function, from that to its
/// declaration.
const MAX_STEPS: usize = 4;

/// Reads an entry's attributes.
pub(super) fn attributes<'a>(
    entries: &mut EntriesRaw<'_, Slice<'a>>,
    specification: &[AttributeSpecification],
    budget: &mut Budget,
    mut each: impl FnMut(&Attribute<Slice<'a>>),
) -> Result<()> {
    budget.pay(1 + specification.len())?;
    for specification in specification {
        each(&entries.read_attribute(*specification)?);
    }
    Ok(())
}

/// What is known of a function's name.
#[derive(Clone, Default)]
pub(super) struct Naming<'a> {
    /// The name by which linkers know it.
    linkage: Option<AttributeValue<Slice<'a>>>,
    name: Option<AttributeValue<Slice<'a>>>,
    /// The entry that says more.
    origin: Option<AttributeValue<Slice<'a>>>,
}

impl<'a> Naming<'a> {
    /// Takes an attribute if it is about the name.
    pub(super) fn take(&mut self, attribute: &Attribute<Slice<'a>>) {
        match attribute.name() {
            constants::DW_AT_linkage_name | constants::DW_AT_MIPS_linkage_name => {
                self.linkage = Some(attribute.value());
            }
            constants::DW_AT_name => self.name = Some(attribute.value()),
            constants::DW_AT_abstract_origin | constants::DW_AT_specification => self.origin = Some(attribute.value()),
            _ => {}
        }
    }

    /// Returns the name: the linkers' one if it can be demangled, as it is more precise.
    pub(super) fn find(&self, unit: &Unit<'a, '_>, units: &Units<'a>, budget: &mut Budget) -> Option<String> {
        let own = |naming: &Self, unit: &Unit<'a, '_>, found: &mut (Option<String>, Option<String>)| {
            found.0 = found.0.take().or_else(|| unit.text(naming.linkage.clone()?));
            found.1 = found.1.take().or_else(|| unit.text(naming.name.clone()?));
        };
        let mut found = (None, None);
        own(self, unit, &mut found);
        let mut origin = self.origin.clone();
        // The unit in which the last entry was, if it is another one.
        let mut other: Option<Unit<'a, '_>> = None;
        for _ in 0..MAX_STEPS {
            if found.0.is_some() {
                break;
            }
            let Some(value) = origin.take() else { break };
            let here = other.as_ref().unwrap_or(unit);
            let (header, place) = target(value, here, units)?;
            if header.offset() != here.header.offset() {
                other = Some(read_unit(unit.sections, header, budget)?);
            }
            let here = other.as_ref().unwrap_or(unit);
            let Some(next) = naming_at(here, place, budget) else { break };
            own(&next, here, &mut found);
            origin = next.origin;
        }
        let (linkage, name) = found;
        let demangled = linkage.as_deref().is_some_and(|name| rustc_demangle::try_demangle(name).is_ok());
        if demangled { linkage } else { name.or(linkage) }
    }
}

fn target<'u, 'a>(
    value: AttributeValue<Slice<'a>>,
    unit: &'u Unit<'a, '_>,
    units: &'u Units<'a>,
) -> Option<(&'u UnitHeader<Slice<'a>>, UnitOffset<usize>)> {
    match value {
        AttributeValue::UnitRef(place) => Some((&unit.header, place)),
        AttributeValue::DebugInfoRef(place) => units.of(place),
        _ => None,
    }
}

fn read_unit<'a, 's>(
    sections: &'s Sections<'a>,
    header: &UnitHeader<Slice<'a>>,
    budget: &mut Budget,
) -> Option<Unit<'a, 's>> {
    Unit::read(sections, header, budget).ok()
}

/// Returns what an entry says of a name.
fn naming_at<'a>(unit: &Unit<'a, '_>, place: UnitOffset<usize>, budget: &mut Budget) -> Option<Naming<'a>> {
    if !place.is_in_bounds(&unit.header) {
        return None;
    }
    let mut entries = unit.entries(Some(place)).ok()?;
    let entry = entries.read_abbreviation().ok()??;
    let mut naming = Naming::default();
    attributes(&mut entries, entry.attributes(), budget, |attribute| naming.take(attribute)).ok()?;
    Some(naming)
}
