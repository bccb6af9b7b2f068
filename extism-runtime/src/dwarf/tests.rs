//! DWARF that is made to do harm. That of compilers is tested with the guests that they built.

use std::{
    borrow::Cow,
    time::{Duration, Instant},
};

use wasm_encoder::{CustomSection, Encode as _, Module};

use super::{Budget, Places, find};

/// Bounds for hangs: the budget is used up in less than a second.
const LONG: Duration = Duration::from_mins(2);
const BUDGET: u64 = 5_000_000;

/// Tags, attributes and forms of DWARF.
const UNIT: u64 = 0x11;
const INLINED: u64 = 0x1d;
const FUNCTION: u64 = 0x2e;
const LOW_PC: u64 = 0x11;
const HIGH_PC: u64 = 0x12;
const STMT_LIST: u64 = 0x10;
const RANGES: u64 = 0x55;
const ORIGIN: u64 = 0x31;
const ADDRESS: u64 = 0x01;
const DATA4: u64 = 0x06;
const REFERENCE: u64 = 0x13;
const OFFSET: u64 = 0x17;
const PRESENT: u64 = 0x19;

/// The sections of a module.
#[derive(Default)]
struct Dwarf {
    info: Vec<u8>,
    abbrev: Vec<u8>,
    line: Vec<u8>,
    ranges: Vec<u8>,
}

impl Dwarf {
    /// Adds an abbreviation.
    fn abbreviation(&mut self, code: u64, tag: u64, children: bool, attributes: &[(u64, u64)]) {
        code.encode(&mut self.abbrev);
        tag.encode(&mut self.abbrev);
        self.abbrev.push(children.into());
        for (name, form) in attributes.iter().chain(&[(0, 0)]) {
            name.encode(&mut self.abbrev);
            form.encode(&mut self.abbrev);
        }
    }

    /// Adds a unit with these entries.
    fn unit(&mut self, entries: &[u8]) {
        let length = u32::try_from(entries.len() + 7).unwrap();
        self.info.extend(length.to_le_bytes());
        self.info.extend([4, 0, 0, 0, 0, 0, 4]);
        self.info.extend(entries);
    }

    /// Adds a table of lines with these instructions, and a file.
    fn lines(&mut self, instructions: &[u8]) {
        let header =
            [&[1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0][..], b"a.c\0", &[0, 0, 0, 0]].concat();
        let length = u32::try_from(header.len() + 6 + instructions.len()).unwrap();
        self.line.extend(length.to_le_bytes());
        self.line.extend([4, 0]);
        self.line.extend(u32::try_from(header.len()).unwrap().to_le_bytes());
        self.line.extend(header);
        self.line.extend(instructions);
    }

    fn module(&self) -> Vec<u8> {
        let mut module = Module::new();
        let abbrev = [&self.abbrev[..], &[0]].concat();
        let sections = [
            (".debug_info", &self.info),
            (".debug_abbrev", &abbrev),
            (".debug_line", &self.line),
            (".debug_ranges", &self.ranges),
        ];
        for (name, data) in sections {
            module.section(&CustomSection { name: name.into(), data: Cow::Borrowed(data) });
        }
        module.finish()
    }

    /// Finds the places at 5; returns them, and what is left of the budget.
    fn find(&self) -> (Places, u64) {
        let mut budget = Budget::of(BUDGET);
        let began = Instant::now();
        let places = find(&self.module(), &[5], &mut budget).remove(0);
        assert!(began.elapsed() < LONG, "it took {:?}", began.elapsed());
        (places, budget.total())
    }
}

/// Instructions for a line at 1, and the end of the code at 100.
fn one_line() -> Vec<u8> {
    [&[0, 5, 2, 1, 0, 0, 0][..], &[1], &[2, 99], &[0, 1, 1]].concat()
}

/// The first entry of a unit: its code is from 1 to 100, and its lines are at `lines`.
fn root(lines: u32) -> Vec<u8> {
    [&[1][..], &1_u32.to_le_bytes(), &99_u32.to_le_bytes(), &lines.to_le_bytes()].concat()
}

/// The attributes of an entry with code.
const CODE: [(u64, u64); 2] = [(LOW_PC, ADDRESS), (HIGH_PC, DATA4)];
/// The same in an entry.
const FROM_1_TO_100: [u8; 8] = [1, 0, 0, 0, 99, 0, 0, 0];

fn with_lines() -> Dwarf {
    let mut dwarf = Dwarf::default();
    dwarf.abbreviation(1, UNIT, true, &[CODE[0], CODE[1], (STMT_LIST, OFFSET)]);
    dwarf.lines(&one_line());
    dwarf
}

#[test]
fn what_the_attacks_are_made_of_is_understood() {
    let mut dwarf = with_lines();
    dwarf.abbreviation(2, FUNCTION, false, &CODE);
    dwarf.unit(&[&root(0)[..], &[2], &FROM_1_TO_100, &[0]].concat());
    let (places, _) = dwarf.find();
    let [place] = &places[..] else { panic!("{places:?}") };
    assert_eq!((place.file.as_deref(), place.line), (Some("a.c"), Some(1)));
}

#[test]
fn calls_that_are_inlined_very_deeply_are_followed_without_a_stack() {
    let mut dwarf = with_lines();
    dwarf.abbreviation(2, FUNCTION, true, &CODE);
    dwarf.abbreviation(3, INLINED, true, &CODE);
    let inlined = [&[3][..], &FROM_1_TO_100].concat().repeat(100_000);
    dwarf.unit(&[&root(0)[..], &[2], &FROM_1_TO_100, &inlined].concat());
    let (places, left) = dwarf.find();
    assert_eq!(places.len(), 65, "no more than 64 are shown, and the function");
    assert!(left > 0);
}

#[test]
fn many_units_that_share_a_large_table_use_up_the_budget() {
    let mut dwarf = with_lines();
    dwarf.line.clear();
    // A row for each byte, far from what is wanted.
    dwarf.lines(&[&[0, 5, 2, 200, 0, 0, 0][..], &vec![1; 1_000_000]].concat());
    (0..10_000).for_each(|_| dwarf.unit(&root(0)));
    assert_eq!(dwarf.find(), (Places::new(), 0));
}

#[test]
fn many_units_that_share_a_large_list_of_ranges_use_up_the_budget() {
    let mut dwarf = Dwarf::default();
    dwarf.abbreviation(1, UNIT, true, &[(RANGES, OFFSET), (STMT_LIST, OFFSET)]);
    dwarf.lines(&one_line());
    // Each sets the base, and has no code.
    dwarf.ranges = [&[0xff; 4][..], &[1, 0, 0, 0]].concat().repeat(200_000);
    (0..10_000).for_each(|_| dwarf.unit(&[1, 0, 0, 0, 0, 0, 0, 0, 0]));
    assert_eq!(dwarf.find(), (Places::new(), 0));
}

#[test]
fn an_abbreviation_with_attributes_without_end_is_not_read() {
    let mut dwarf = with_lines();
    dwarf.abbreviation(2, FUNCTION, false, &vec![(0x3f, PRESENT); 100_000]);
    dwarf.unit(&[&root(0)[..], &[2].repeat(100_000)].concat());
    let (places, left) = dwarf.find();
    assert_eq!((places, left > BUDGET / 2), (Places::new(), true));
}

#[test]
fn many_units_with_a_large_table_of_abbreviations_use_up_the_budget() {
    let mut dwarf = with_lines();
    (2..200_000).for_each(|code| dwarf.abbreviation(code, FUNCTION, false, &CODE));
    (0..10_000).for_each(|_| dwarf.unit(&root(u32::MAX)));
    assert_eq!(dwarf.find(), (Places::new(), 0));
}

#[test]
fn a_header_that_says_that_it_is_huge_is_not_read() {
    let mut dwarf = with_lines();
    dwarf.line[6..10].copy_from_slice(&0x7fff_ffff_u32.to_le_bytes());
    dwarf.unit(&root(0));
    assert_eq!(dwarf.find().0, Places::new());
}

#[test]
fn names_that_refer_to_each_other_in_a_circle_are_none() {
    let mut dwarf = with_lines();
    dwarf.abbreviation(2, FUNCTION, false, &[CODE[0], CODE[1], (ORIGIN, REFERENCE)]);
    let mut entries = root(0);
    let own = u32::try_from(11 + entries.len()).unwrap();
    entries.extend([&[2][..], &FROM_1_TO_100, &own.to_le_bytes()].concat());
    dwarf.unit(&entries);
    let (places, _) = dwarf.find();
    assert_eq!((places.len(), places[0].function.as_deref(), places[0].line), (1, None, Some(1)));
}

#[test]
fn offsets_beyond_all_sections_are_no_place() {
    for lines in [1, 1000, u32::MAX] {
        let mut dwarf = with_lines();
        dwarf.unit(&root(lines));
        assert_eq!(dwarf.find().0, Places::new());
    }
}

#[test]
fn bytes_that_are_changed_at_random_do_no_harm() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    for file in ["lines_c.wasm", "lines_zig.wasm"] {
        let wasm = std::fs::read(format!("{}/../examples/plugins/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let start = wasm.windows(7).position(|bytes| bytes == b".debug_").unwrap();
        for _ in 0..2000 {
            let mut changed = wasm.clone();
            for _ in 0..=random(8) {
                let at = start + random(wasm.len() - start);
                changed[at] = [0, 1, 0x7f, 0x80, 0xff, changed[at] ^ 1, u8::try_from(random(256)).unwrap()][random(7)];
            }
            let offsets: Vec<_> = (0..200).step_by(7).collect();
            assert_eq!(find(&changed, &offsets, &mut Budget::of(BUDGET)).len(), offsets.len());
        }
    }
}
