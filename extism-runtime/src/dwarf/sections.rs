use gimli::{DebugAddr, DebugLine, DebugRanges, DebugRngLists, DebugStrOffsets, EndianSlice, LittleEndian, RangeLists};
use wasmparser::{Parser, Payload};

/// Bytes of the DWARF.
pub(super) type Slice<'a> = EndianSlice<'a, LittleEndian>;

/// The longest text that is read: a path or a name.
const MAX_TEXT: usize = 4096;

/// The sections of a module's DWARF.
pub(super) struct Sections<'a> {
    pub(super) info: Slice<'a>,
    pub(super) abbrev: Slice<'a>,
    pub(super) line: DebugLine<Slice<'a>>,
    /// The same.
    pub(super) line_bytes: Slice<'a>,
    pub(super) ranges: RangeLists<Slice<'a>>,
    pub(super) addr: DebugAddr<Slice<'a>>,
    pub(super) str_offsets: DebugStrOffsets<Slice<'a>>,
    str: Slice<'a>,
    line_str: Slice<'a>,
}

impl<'a> Sections<'a> {
    /// Returns the DWARF of a module; `None` if it has none.
    pub(super) fn of(wasm: &'a [u8]) -> Option<Self> {
        let mut found = Vec::new();
        for payload in Parser::new(0).parse_all(wasm) {
            if let Payload::CustomSection(section) = payload.ok()?
                && section.name().starts_with(".debug_")
            {
                found.push((section.name(), section.data()));
            }
        }
        let section = |wanted: &str| {
            let data = found.iter().find(|(name, _)| *name == wanted).map_or(&[][..], |(_, data)| *data);
            Slice::new(data, LittleEndian)
        };
        let line = section(".debug_line");
        let sections = Self {
            info: section(".debug_info"),
            abbrev: section(".debug_abbrev"),
            line: line.into(),
            line_bytes: line,
            ranges: RangeLists::new(
                DebugRanges::from(section(".debug_ranges")),
                DebugRngLists::from(section(".debug_rnglists")),
            ),
            addr: DebugAddr::from(section(".debug_addr")),
            str_offsets: DebugStrOffsets::from(section(".debug_str_offsets")),
            str: section(".debug_str"),
            line_str: section(".debug_line_str"),
        };
        let is_whole = ![sections.info, sections.abbrev, line].iter().any(|section| section.slice().is_empty());
        is_whole.then_some(sections)
    }

    pub(super) fn str(&self, offset: usize) -> Option<String> {
        text_at(self.str, offset)
    }

    pub(super) fn line_str(&self, offset: usize) -> Option<String> {
        text_at(self.line_str, offset)
    }
}

/// Returns the text that starts at this offset, and ends before a 0.
fn text_at(section: Slice<'_>, offset: usize) -> Option<String> {
    let bytes = section.slice().get(offset..)?;
    let bytes = &bytes[..bytes.len().min(MAX_TEXT)];
    let end = bytes.iter().position(|byte| *byte == 0)?;
    Some(text(&bytes[..end]))
}

/// Returns a text of the DWARF's.
pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_TEXT)]).into_owned()
}
