//! The custom section of a module.

use std::ops::Range;

/// The name of the custom section that holds a [`Description`](crate::Description) as JSON.
pub const SECTION: &str = "extism:interface";

/// How a module in the binary format starts: `\0asm`, version 1.
pub(crate) const HEADER: &[u8] = b"\0asm\x01\0\0\0";

/// What is wrong with a module's sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SectionError {
    /// These bytes are no WebAssembly module in the binary format.
    #[error("this is no WebAssembly module in the binary format")]
    NoModule,
    /// A section ends after the end of the module.
    #[error("the module is cut off: a section ends after the module's end")]
    Truncated,
    /// The module has the section twice.
    #[error("the module has the section `{SECTION}` twice; `extism-call stamp` writes it again, once")]
    Twice,
}

/// A section of a module.
struct Section<'m> {
    /// Where it is in the module, with its header.
    range: Range<usize>,
    /// Its content if it is a custom section that is called [`SECTION`].
    ours: Option<&'m [u8]>,
}

/// Returns the content of the section [`SECTION`] of a WebAssembly module; `None` if it has none.
///
/// # Errors
///
/// Returns an error if these bytes are no module, its sections are cut off, or it has the section twice.
pub fn find(wasm: &[u8]) -> Result<Option<&[u8]>, SectionError> {
    let mut found = None;
    for section in sections(wasm)? {
        if let Some(content) = section?.ours
            && found.replace(content).is_some()
        {
            return Err(SectionError::Twice);
        }
    }
    Ok(found)
}

/// Returns the module with this content as the section that describes it, instead of all there are.
pub(crate) fn replace(wasm: &[u8], content: &[u8]) -> Result<Vec<u8>, SectionError> {
    let mut module = HEADER.to_vec();
    for section in sections(wasm)? {
        let section = section?;
        if section.ours.is_none() {
            module.extend(wasm.get(section.range).unwrap_or_default());
        }
    }
    let mut custom = Vec::with_capacity(content.len() + SECTION.len() + 4);
    write_leb(SECTION.len(), &mut custom);
    custom.extend(SECTION.as_bytes());
    custom.extend(content);
    module.push(0);
    write_leb(custom.len(), &mut module);
    module.extend(custom);
    Ok(module)
}

fn sections(wasm: &[u8]) -> Result<impl Iterator<Item = Result<Section<'_>, SectionError>>, SectionError> {
    if !wasm.starts_with(HEADER) {
        return Err(SectionError::NoModule);
    }
    let mut at = HEADER.len();
    Ok(std::iter::from_fn(move || {
        let start = at;
        let id = *wasm.get(start)?;
        let section = section(wasm, id, start).ok_or(SectionError::Truncated);
        at = section.as_ref().map_or(wasm.len(), |section| section.range.end);
        Some(section)
    }))
}

fn section(wasm: &[u8], id: u8, start: usize) -> Option<Section<'_>> {
    let mut content = start + 1;
    let size = read_leb(wasm, &mut content)?;
    let end = content.checked_add(size)?;
    let data = wasm.get(content..end)?;
    let ours = if id == 0 { named(data) } else { None };
    Some(Section { range: start..end, ours })
}

/// The content of a custom section, if it is called [`SECTION`].
fn named(data: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    let length = read_leb(data, &mut at)?;
    let (name, content) = data.get(at..)?.split_at_checked(length)?;
    (name == SECTION.as_bytes()).then_some(content)
}

/// Reads an unsigned number of up to 32 bits.
fn read_leb(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let mut value = 0_u64;
    for shift in (0..35).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return usize::try_from(value).ok().filter(|_| value <= u64::from(u32::MAX));
        }
    }
    None
}

fn write_leb(mut value: usize, out: &mut Vec<u8>) {
    loop {
        let byte = u8::try_from(value & 0x7f).unwrap_or_default();
        value >>= 7;
        out.push(if value == 0 { byte } else { byte | 0x80 });
        if value == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An empty type section, then a custom section.
    const MODULE: &[u8] = b"\0asm\x01\0\0\0\x01\x01\0\0\x03\x01aX";

    #[test]
    fn a_section_is_written_once_and_found_again() {
        assert_eq!(find(MODULE), Ok(None));
        let first = replace(MODULE, b"{}").unwrap();
        assert!(first.starts_with(MODULE));
        assert_eq!(find(&first), Ok(Some(&b"{}"[..])));
        let long = vec![b' '; 300];
        let second = replace(&first, &long).unwrap();
        assert_eq!(find(&second), Ok(Some(&*long)));
        assert_eq!(second.len(), MODULE.len() + 1 + 2 + 1 + SECTION.len() + 300);
    }

    #[test]
    fn two_sections_are_an_error_that_stamping_repairs() {
        let once = replace(MODULE, b"{}").unwrap();
        let twice = [&once, &once[MODULE.len()..]].concat();
        assert_eq!(find(&twice), Err(SectionError::Twice));
        assert_eq!(replace(&twice, b"{}").unwrap(), once);
    }

    #[test]
    fn what_is_no_module_is_told() {
        assert_eq!(find(b"(module)"), Err(SectionError::NoModule));
        assert_eq!(find(b""), Err(SectionError::NoModule));
        let module = replace(MODULE, b"{}").unwrap();
        for end in HEADER.len()..module.len() {
            let _ = find(&module[..end]);
        }
        assert_eq!(find(&module[..module.len() - 1]), Err(SectionError::Truncated));
        assert_eq!(find(&[MODULE, b"\0\xff\xff\xff\xff\xff\xff"].concat()), Err(SectionError::Truncated));
    }
}
