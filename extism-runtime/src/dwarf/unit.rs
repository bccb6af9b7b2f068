use gimli::{
    Abbreviations, Attribute, AttributeValue, DebugAddrBase, DebugAddrIndex, DebugInfo, DebugInfoOffset,
    DebugRngListsBase, DebugStrOffsetsBase, EntriesRaw, UnitHeader, UnitOffset, constants,
};

use super::{
    Result, Stop, abbreviations,
    budget::Budget,
    sections::{Sections, Slice, text},
};

/// The most units that are looked at.
const MAX_UNITS: usize = 100_000;

/// All units of the DWARF, in the order in which they are there.
pub(super) struct Units<'a> {
    pub(super) headers: Vec<UnitHeader<Slice<'a>>>,
}

impl<'a> Units<'a> {
    pub(super) fn read(sections: &Sections<'a>, budget: &mut Budget) -> Result<Self> {
        let mut headers = Vec::new();
        let mut units = DebugInfo::from(sections.info).units();
        // What comes after one that is damaged cannot be found.
        while let Ok(Some(header)) = units.next() {
            budget.pay(16)?;
            if headers.len() == MAX_UNITS {
                return Err(Stop::Exhausted);
            }
            headers.push(header);
        }
        Ok(Self { headers })
    }

    /// Returns the unit in which an entry is, and where in it.
    pub(super) fn of(&self, entry: DebugInfoOffset<usize>) -> Option<(&UnitHeader<Slice<'a>>, UnitOffset<usize>)> {
        let start = |header: &UnitHeader<Slice<'a>>| header.debug_info_offset().map_or(0, |offset| offset.0);
        let index = self.headers.partition_point(|header| start(header) <= entry.0).checked_sub(1)?;
        let header = self.headers.get(index)?;
        Some((header, entry.to_unit_offset(header)?))
    }
}

/// A unit: what a compiler made at one go.
pub(super) struct Unit<'a, 's> {
    pub(super) sections: &'s Sections<'a>,
    pub(super) header: UnitHeader<Slice<'a>>,
    pub(super) abbreviations: Abbreviations,
    /// Where its table of lines is.
    pub(super) lines: Option<gimli::DebugLineOffset>,
    /// The directory in which the compiler ran.
    pub(super) directory: Option<String>,
    pub(super) name: Option<String>,
    /// Where its code starts; what lists of ranges are relative to.
    pub(super) base: u64,
    pub(super) ranges_base: DebugRngListsBase<usize>,
    addresses: DebugAddrBase<usize>,
    texts: DebugStrOffsetsBase<usize>,
    /// The attributes of its first entry.
    pub(super) root: Vec<Attribute<Slice<'a>>>,
}

impl<'a, 's> Unit<'a, 's> {
    pub(super) fn read(
        sections: &'s Sections<'a>,
        header: &UnitHeader<Slice<'a>>,
        budget: &mut Budget,
    ) -> Result<Self> {
        let abbreviations = abbreviations::read(sections.abbrev, header.debug_abbrev_offset().0, budget)?;
        let attributes = root(header, &abbreviations, budget)?;
        let (encoding, file) = (header.encoding(), gimli::DwarfFileType::Main);
        let mut unit = Self {
            sections,
            header: *header,
            abbreviations,
            lines: None,
            directory: None,
            name: None,
            base: 0,
            ranges_base: DebugRngListsBase::default_for_encoding_and_file(encoding, file),
            addresses: DebugAddrBase(if encoding.version >= 5 { 8 } else { 0 }),
            texts: DebugStrOffsetsBase::default_for_encoding_and_file(encoding, file),
            root: Vec::new(),
        };
        // The bases first, as the others are relative to them.
        for attribute in &attributes {
            match attribute.value() {
                AttributeValue::DebugAddrBase(base) => unit.addresses = base,
                AttributeValue::DebugStrOffsetsBase(base) => unit.texts = base,
                AttributeValue::DebugRngListsBase(base) => unit.ranges_base = base,
                AttributeValue::DebugLineRef(offset) => unit.lines = Some(offset),
                _ => {}
            }
        }
        for attribute in &attributes {
            match attribute.name() {
                constants::DW_AT_comp_dir => unit.directory = unit.text(attribute.value()),
                constants::DW_AT_name => unit.name = unit.text(attribute.value()),
                _ => {}
            }
        }
        let start = attributes.iter().find(|attribute| attribute.name() == constants::DW_AT_low_pc);
        unit.base = match start.map(Attribute::value) {
            Some(AttributeValue::Addr(address)) => address,
            Some(AttributeValue::DebugAddrIndex(index)) => unit.address(index).unwrap_or(0),
            _ => 0,
        };
        unit.root = attributes;
        Ok(unit)
    }

    /// Returns the address with this index.
    pub(super) fn address(&self, index: DebugAddrIndex<usize>) -> Option<u64> {
        let at = index.0.checked_mul(self.header.address_size().into())?.checked_add(self.addresses.0)?;
        let addresses = &self.sections.addr;
        // Its own arithmetic may overflow.
        addresses.get_address(self.header.address_size(), DebugAddrBase(at), DebugAddrIndex(0)).ok()
    }

    /// Returns an attribute's text.
    pub(super) fn text(&self, value: AttributeValue<Slice<'a>>) -> Option<String> {
        match value {
            AttributeValue::String(bytes) => Some(text(bytes.slice())),
            AttributeValue::DebugStrRef(offset) => self.sections.str(offset.0),
            AttributeValue::DebugLineStrRef(offset) => self.sections.line_str(offset.0),
            AttributeValue::DebugStrOffsetsIndex(index) => {
                let format = self.header.format();
                let at = index.0.checked_mul(format.word_size().into())?.checked_add(self.texts.0)?;
                let (base, first) = (DebugStrOffsetsBase(at), gimli::DebugStrOffsetsIndex(0));
                let offset = self.sections.str_offsets.get_str_offset(format, base, first).ok()?;
                self.sections.str(offset.0)
            }
            _ => None,
        }
    }

    /// Returns the entries from this one on.
    pub(super) fn entries(&self, from: Option<UnitOffset<usize>>) -> Result<EntriesRaw<'_, Slice<'a>>> {
        Ok(self.header.entries_raw(&self.abbreviations, from)?)
    }
}

/// Returns the attributes of the unit's first entry.
fn root<'a>(
    header: &UnitHeader<Slice<'a>>,
    abbreviations: &Abbreviations,
    budget: &mut Budget,
) -> Result<Vec<Attribute<Slice<'a>>>> {
    let mut entries = header.entries_raw(abbreviations, None)?;
    let entry = entries.read_abbreviation()?.ok_or(Stop::Unreadable)?;
    budget.pay(entry.attributes().len())?;
    let mut attributes = Vec::new();
    entries.read_attributes(entry.attributes(), &mut attributes)?;
    Ok(attributes)
}
