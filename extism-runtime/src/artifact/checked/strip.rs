//! Removes the symbols from compiled code.

use std::ops::Range;

/// The sections that are removed: a sixth of the code, for debuggers and profilers only.
const SYMBOLS: [&[u8]; 2] = [b".symtab", b".strtab"];

/// The sections of code that a debugger or a profiler inspects: the tables for native unwinders.
const INSPECTED: [&[u8]; 2] = [b".eh_frame", b".pdata"];

/// Bytes of a section's header in ELF's 64-bit format, and where its fields are.
const HEADER: usize = 64;
const NAME: Range<usize> = 0..4;
const OFFSET: Range<usize> = 0x18..0x20;
const LENGTH: Range<usize> = 0x20..0x28;
/// The fields of the file's own header that describe the table of sections.
const TABLE: Range<usize> = 0x28..0x30;
const COUNT: Range<usize> = 0x3c..0x3e;
const NAMES: Range<usize> = 0x3e..0x40;
/// The 64-bit format, little-endian.
const MAGIC: &[u8] = b"\x7fELF\x02\x01";

/// Returns the code that wasmtime has compiled, without the symbols, which it writes behind everything else. Returns
/// `None` for code that is to be inspected, and for code in an unexpected format; it is usable as it is.
pub(super) fn without_symbols(code: &[u8]) -> Option<Vec<u8>> {
    if !code.starts_with(MAGIC) {
        return None;
    }
    let (table, count) = (number(code, TABLE)?, number(code, COUNT)?);
    let headers = code.get(table..table.checked_add(count.checked_mul(HEADER)?)?)?;
    let headers: Vec<&[u8]> = headers.chunks_exact(HEADER).collect();
    let names_index = number(code, NAMES)?;
    let names = content(code, headers.get(names_index)?)?;
    let is_one_of = |header: &[u8], sections: [&[u8]; 2]| {
        let name = number(header, NAME).and_then(|start| names.get(start..)).unwrap_or_default();
        sections.iter().any(|section| name.strip_prefix(*section).is_some_and(|rest| rest.starts_with(b"\0")))
    };
    let is_symbols = |header: &[u8]| is_one_of(header, SYMBOLS);
    if headers.iter().any(|header| is_one_of(header, INSPECTED)) {
        return None;
    }
    let kept = |index: &usize| *index != names_index && !is_symbols(headers[*index]);
    let ends = (0..headers.len()).filter(kept).map(|index| Some(span(headers[index])?.end));
    let end = ends.collect::<Option<Vec<_>>>()?.into_iter().max()?;
    let mut stripped = code.get(..end)?.to_vec();
    let new_names = stripped.len();
    stripped.extend_from_slice(names);
    stripped.resize(stripped.len().next_multiple_of(8), 0);
    let (new_table, mut new_count, mut new_index) = (stripped.len(), 0_u16, 0_u16);
    for (index, header) in headers.iter().enumerate().filter(|(_, header)| !is_symbols(header)) {
        let start = stripped.len();
        stripped.extend_from_slice(header);
        if index == names_index {
            new_index = new_count;
            put(&mut stripped[start..], OFFSET, &(new_names as u64).to_le_bytes());
        }
        new_count += 1;
    }
    put(&mut stripped, TABLE, &(new_table as u64).to_le_bytes());
    put(&mut stripped, COUNT, &new_count.to_le_bytes());
    put(&mut stripped, NAMES, &new_index.to_le_bytes());
    Some(stripped)
}

/// Returns a little-endian number.
fn number(bytes: &[u8], place: Range<usize>) -> Option<usize> {
    let mut number = [0; 8];
    let field = bytes.get(place)?;
    number.get_mut(..field.len())?.copy_from_slice(field);
    usize::try_from(u64::from_le_bytes(number)).ok()
}

fn span(header: &[u8]) -> Option<Range<usize>> {
    let start = number(header, OFFSET)?;
    Some(start..start.checked_add(number(header, LENGTH)?)?)
}

fn content<'c>(code: &'c [u8], header: &[u8]) -> Option<&'c [u8]> {
    code.get(span(header)?)
}

fn put(bytes: &mut [u8], place: Range<usize>, value: &[u8]) {
    if let Some(field) = bytes.get_mut(place) {
        field.copy_from_slice(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiled(inspected: bool) -> Vec<u8> {
        let mut config = wasmtime::Config::new();
        config.native_unwind_info(inspected);
        let text = r#"(module (memory 1) (data (i32.const 0) "data") (func $named (export "run") (result i32)
            (i32.load (i32.const 0))))"#;
        wasmtime::Engine::new(&config).unwrap().precompile_module(&wat::parse_str(text).unwrap()).unwrap()
    }

    /// The names of the sections, with their contents.
    fn sections(code: &[u8]) -> Vec<(String, Vec<u8>)> {
        let table = number(code, TABLE).unwrap();
        let headers: Vec<_> = code[table..].chunks_exact(HEADER).take(number(code, COUNT).unwrap()).collect();
        let names = content(code, headers[number(code, NAMES).unwrap()]).unwrap();
        let name = |header: &[u8]| {
            let name = &names[number(header, NAME).unwrap()..];
            String::from_utf8_lossy(&name[..name.iter().position(|byte| *byte == 0).unwrap()]).into_owned()
        };
        headers.iter().map(|header| (name(header), content(code, header).unwrap().to_vec())).collect()
    }

    #[test]
    fn all_but_the_symbols_stays() {
        let code = compiled(false);
        let stripped = without_symbols(&code).expect("it is in the expected format");
        let mut expected = sections(&code);
        let before = expected.len();
        expected.retain(|(name, _)| ![".symtab", ".strtab"].contains(&name.as_str()));
        assert_eq!(expected.len(), before - 2);
        assert_eq!(sections(&stripped), expected);
        assert!(stripped.len() < code.len());
        // Those that are aligned have not moved.
        let text = expected.iter().find(|(name, _)| name == ".text").expect("code");
        assert_eq!(stripped[0x1000..0x1000 + text.1.len()], text.1);
    }

    #[test]
    fn code_to_be_inspected_and_what_has_another_format_is_left_alone() {
        let code = compiled(false);
        assert_eq!(without_symbols(&compiled(true)), None);
        assert_eq!(without_symbols(b""), None);
        assert_eq!(without_symbols(b"\0asm\x01\0\0\0"), None);
        for end in [1, 8, 63, 64, code.len() / 2, code.len() - 1] {
            assert_eq!(without_symbols(&code[..end]), None, "{end}");
        }
    }
}
