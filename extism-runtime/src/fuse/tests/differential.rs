//! The same calls on a fused guest, from the host and on the reference have the same results.

use proptest::{prelude::*, sample::Index};
use wasmtime::Engine;

use super::guest::{FORMS, FusedGuest, MAX_PAGES, engine, every_call};
use crate::{
    fuse::{Fused, KernelMemory, fuse},
    kernel::{
        self, Alloc,
        layout::{AT, BACK, BLOCK_HEADER, FREE, HEAP, INITIAL_PAGES, KEY, NEXT, PAGE, PREVIOUS, SEAL, SIZE, seal},
        reference::Reference,
        tests::{
            forged::{Forgery, forgery, word},
            heap,
            ops::{Kernel, Model, op},
        },
    },
};

/// A guest that calls its kernel in varying ways, with some calls made by the host.
struct Mixed {
    guest: FusedGuest,
    /// For each call, an index into [`FORMS`], or a larger number for the host.
    ways: Vec<usize>,
    calls: usize,
}

impl Mixed {
    fn by_host(&mut self, name: &str, argument: u64) -> Option<i64> {
        let memory = self.guest.memory();
        match name {
            "alloc" => match kernel::alloc(memory, argument) {
                Alloc::Ok(handle) => Some(handle.cast_signed()),
                Alloc::Null => Some(0),
                Alloc::NeedsPages(pages) if !self.guest.grow(pages) => Some(0),
                Alloc::NeedsPages(_) => self.by_host(name, argument),
            },
            "free" => {
                kernel::free(memory, argument);
                Some(0)
            }
            "length" => Some(kernel::length(memory, argument).cast_signed()),
            "reset" => {
                kernel::reset(memory);
                Some(0)
            }
            _ => None,
        }
    }
}

impl Kernel for Mixed {
    fn call(&mut self, name: &str, arguments: &[i64]) -> i64 {
        let way = self.ways[self.calls % self.ways.len()];
        self.calls += 1;
        let argument = arguments.first().map_or(0, |value| value.cast_unsigned());
        let result = if way < FORMS.len() { None } else { self.by_host(name, argument) };
        result.unwrap_or_else(|| self.guest.call(&format!("{}:{name}", FORMS[way % FORMS.len()]), arguments))
    }

    fn memory(&mut self) -> &mut [u8] {
        self.guest.memory()
    }
}

fn fused() -> (Engine, Fused) {
    (engine(), fuse(&wat::parse_str(every_call()).unwrap(), KernelMemory::Define).unwrap())
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

#[test]
fn the_fused_kernel_does_what_the_reference_does() {
    let (engine, fused) = fused();
    let sequences = (prop::collection::vec(op(), 1..300), prop::collection::vec(0..FORMS.len() + 3, 1..50));
    proptest!(cases(150), |((ops, ways) in sequences)| {
        let mut kernel = Mixed { guest: FusedGuest::of(&engine, &fused), ways, calls: 0 };
        let mut model = Model::new(Reference::new(INITIAL_PAGES.into(), MAX_PAGES));
        for op in ops {
            model.step(op, &mut kernel);
        }
        model.compare(&mut kernel);
        heap::blocks(kernel.memory());
    });
}

/// A step on a heap that a guest overwrites.
#[derive(Clone, Debug)]
enum Step {
    Alloc(u64),
    Free(Index),
    /// Writes to the header of a block, identified by its index and the field's.
    Forge(Index, usize, Word),
    /// Writes anywhere.
    Scribble(Forgery),
    Reset,
}

#[derive(Clone, Debug)]
enum Word {
    Raw(u32),
    /// The address of another block's header.
    Block(Index),
    /// The content of a field in another header.
    Copy(Index, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<Index>;
    let word = prop_oneof![
        word().prop_map(Word::Raw),
        index().prop_map(Word::Block),
        (index(), 0..3_usize).prop_map(|(block, field)| Word::Copy(block, field)),
    ];
    prop_oneof![
        40 => (1..300_u64).prop_map(Step::Alloc),
        40 => index().prop_map(Step::Free),
        15 => (index(), 0..3_usize, word).prop_map(|(block, field, word)| Step::Forge(block, field, word)),
        5 => forgery().prop_map(Step::Scribble),
        1 => Just(Step::Reset),
    ]
}

/// Guests may overwrite block headers; even then both sides do the same, byte by byte.
#[test]
fn guest_and_host_do_the_same_on_forged_heaps() {
    let (engine, fused) = fused();
    proptest!(cases(400), |(steps in prop::collection::vec(step(), 1..200))| {
        // So little room that freed blocks are reused all the time.
        let mut guest = FusedGuest::limited(&engine, &fused, INITIAL_PAGES.into());
        let mut handles = vec![guest.call("direct:alloc", &[8_000]).cast_unsigned()];
        let rest = INITIAL_PAGES as usize * PAGE as usize - handles[0] as usize - 8_000 - BLOCK_HEADER as usize;
        guest.call("direct:alloc", &[rest.try_into().unwrap()]);
        guest.call("direct:free", &[handles[0].cast_signed()]);
        let mut host = guest.memory().to_vec();
        for step in steps {
            match &step {
                Step::Alloc(length) => {
                    let handle = guest.call("direct:alloc", &[length.cast_signed()]).cast_unsigned();
                    prop_assert_eq!(host_alloc(&mut host, *length, INITIAL_PAGES.into()), handle);
                    handles.extend((handle != 0).then_some(handle));
                }
                Step::Free(index) => {
                    let handle = *index.get(&handles);
                    let length = guest.call("direct:length", &[handle.cast_signed()]);
                    prop_assert_eq!(length.cast_unsigned(), kernel::length(&host, handle));
                    guest.call("direct:free", &[handle.cast_signed()]);
                    kernel::free(&mut host, handle);
                }
                Step::Forge(index, field, word) => {
                    forge(guest.memory(), &handles, *index, *field, word);
                    forge(&mut host, &handles, *index, *field, word);
                }
                Step::Scribble(forgery) => {
                    forgery.commit(guest.memory());
                    forgery.commit(&mut host);
                }
                Step::Reset => {
                    guest.call("direct:reset", &[]);
                    kernel::reset(&mut host);
                }
            }
            let near = ..100_000.min(host.len());
            prop_assert!(guest.memory()[near] == host[near], "{:?}: {:?}", step, difference(guest.memory(), &host));
        }
        prop_assert!(guest.memory() == host.as_slice(), "{:?}", difference(guest.memory(), &host));
    });
}

fn forge(memory: &mut [u8], handles: &[u64], index: Index, field: usize, word: &Word) {
    let header = |index: Index| *index.get(handles) as usize - BLOCK_HEADER as usize;
    let word = match word {
        Word::Raw(word) => word.to_le_bytes(),
        Word::Block(index) => (header(*index) as u32).to_le_bytes(),
        Word::Copy(index, field) => memory[header(*index) + 4 * field..][..4].try_into().unwrap(),
    };
    memory[header(index) + 4 * field..][..4].copy_from_slice(&word);
}

fn host_alloc(memory: &mut Vec<u8>, length: u64, max_pages: u64) -> u64 {
    match kernel::alloc(memory, length) {
        Alloc::Ok(handle) => handle,
        Alloc::Null => 0,
        Alloc::NeedsPages(pages) => {
            let bytes = memory.len() + (pages * PAGE) as usize;
            if bytes as u64 > max_pages * PAGE {
                return 0;
            }
            memory.resize(bytes, 0);
            host_alloc(memory, length, max_pages)
        }
    }
}

/// Returns the first position where two memories differ, with both bytes.
fn difference(one: &[u8], other: &[u8]) -> Option<(usize, u8, u8)> {
    let differs = one.iter().zip(other).position(|(one, other)| one != other)?;
    Some((differs, one[differs], other[differs]))
}

/// A guest and the host, each with a memory, on which the same steps are performed.
struct Both {
    guest: FusedGuest,
    host: Vec<u8>,
}

impl Both {
    fn new() -> Self {
        let (engine, fused) = fused();
        let mut guest = FusedGuest::of(&engine, &fused);
        let host = guest.memory().to_vec();
        Self { guest, host }
    }

    fn alloc(&mut self, length: u64) -> u32 {
        let handle = self.guest.call("direct:alloc", &[length.cast_signed()]).cast_unsigned();
        assert_eq!(host_alloc(&mut self.host, length, MAX_PAGES), handle);
        handle as u32
    }

    fn free(&mut self, handle: u32) {
        self.guest.call("direct:free", &[handle.into()]);
        kernel::free(&mut self.host, handle.into());
    }

    fn length(&mut self, handle: u32) -> u64 {
        let length = self.guest.call("direct:length", &[handle.into()]).cast_unsigned();
        assert_eq!(kernel::length(&self.host, handle.into()), length);
        length
    }

    /// Allocates a block of this length; returns the address of its header.
    fn block(&mut self, length: u64) -> u32 {
        self.alloc(length) - BLOCK_HEADER
    }

    fn free_block(&mut self, block: u32) {
        self.free(block + BLOCK_HEADER);
    }

    fn length_of_block(&mut self, block: u32) -> u64 {
        self.length(block + BLOCK_HEADER)
    }

    /// Allocates all the remaining room.
    fn fill_room(&mut self) {
        let left = INITIAL_PAGES * PAGE as u32 - HEAP - self.read(AT) - BLOCK_HEADER;
        self.alloc(left.into());
    }

    fn read(&mut self, at: u32) -> u32 {
        let word = |memory: &[u8]| u32::from_le_bytes(memory[at as usize..][..4].try_into().unwrap());
        assert_eq!(word(self.guest.memory()), word(&self.host), "at {at}");
        word(&self.host)
    }

    fn write(&mut self, at: u32, word: u32) {
        for memory in [self.guest.memory(), &mut self.host] {
            memory[at as usize..][..4].copy_from_slice(&word.to_le_bytes());
        }
    }
}

#[test]
fn a_forged_seal_makes_a_block_only_where_a_header_can_be() {
    let mut both = Both::new();
    let block = both.block(100);
    let forge = |both: &mut Both, place: u32| {
        let key = both.read(KEY);
        both.write(place + SIZE, 6);
        both.write(place + SEAL, seal(key, place) | 1);
    };
    for offset in [13, 15, 17] {
        forge(&mut both, block + offset);
        assert_eq!(both.length_of_block(block + offset), 0, "{offset}");
        both.free_block(block + offset);
    }
    // At an even address it counts as a block: it only mixes up the plug-in's own blocks.
    forge(&mut both, block + 16);
    assert_eq!((both.length_of_block(block), both.length_of_block(block + 16)), (100, 5));
    // A seal is valid for one address and one call only.
    both.write(block + 16 + SEAL, seal(0, block + 18));
    assert_eq!(both.length_of_block(block + 16), 0);
}

#[test]
fn a_forged_list_that_leads_to_where_no_header_is_is_not_followed() {
    for (offset, size) in [(0, 76), (1, 32), (2, 76), (3, 32)] {
        let mut both = Both::new();
        let [first, second, _, last] = [32, 32, 32, 64].map(|length| both.block(length));
        both.free_block(second);
        let place = last + 16 + offset;
        both.write(second + NEXT, place);
        both.write(place + BACK, second);
        both.free_block(first);
        assert_eq!(both.read(first + SIZE), size + FREE, "{offset}");
    }
}

#[test]
fn what_looks_like_a_block_in_the_room_is_not_joined() {
    let mut both = Both::new();
    let (other, last) = (both.block(32), both.block(32));
    let room = last + 44;
    assert_eq!(both.read(AT), room - HEAP);
    both.free_block(other);
    both.write(room + SIZE, 64 + FREE);
    both.write(room + NEXT, 0);
    both.write(room + BACK, other);
    both.write(other + NEXT, room);
    both.free_block(last);
    assert_eq!(both.read(other + SIZE), 76 + FREE);
}

#[test]
fn a_forged_size_that_reaches_past_the_heaps_end_is_not_believed() {
    for size in [(INITIAL_PAGES << 16) - 100, 0xffff_fffe, 0xffff_fff0, 33, 0] {
        let mut both = Both::new();
        let (one, other) = (both.block(32), both.block(32));
        both.free_block(one);
        both.write(other + SIZE, size);
        both.free_block(other);
        assert_eq!(both.read(other + SIZE), size, "it is in no list");
        assert_eq!(both.length_of_block(other), 0, "it is freed, whatever its size is");
    }
}

#[test]
fn a_forged_size_of_the_block_before_is_confirmed_by_that() {
    let mut both = Both::new();
    let [before, block, _] = [64, 32, 16].map(|length| both.block(length));
    both.free_block(before);
    // A header in the payload of the block before it: the sizes lead to it, but it states another size.
    let place = block - 44;
    both.write(place + SIZE, 48 + FREE);
    both.write(place + NEXT, 0);
    both.write(place + BACK, before);
    both.write(before + NEXT, place);
    both.write(block + PREVIOUS, 32);
    both.free_block(block);
    assert_eq!(both.read(block + SIZE), 32 + FREE);
}

#[test]
fn a_forged_free_block_becomes_the_room_as_far_as_it_says() {
    let mut both = Both::new();
    let block = both.block(128);
    both.block(16);
    both.fill_room();
    both.free_block(block);
    both.write(block + SIZE, 156 + FREE);
    assert_eq!(both.block(64), block);
    assert_eq!(both.read(AT), block + 76 - HEAP);
    assert_eq!(both.block(66), block + 76, "over the other one");
}

#[test]
fn only_the_first_few_of_a_class_are_looked_at() {
    for (others, found) in [(7, true), (8, false)] {
        let mut both = Both::new();
        let large = both.alloc(176);
        both.alloc(16);
        let small: Vec<_> = (0..others).map(|_| (both.alloc(128), both.alloc(16)).0).collect();
        both.fill_room();
        for block in small {
            both.free(block);
        }
        both.free(large);
        assert_eq!(both.alloc(160) == large, found, "{others}");
    }
}

/// Under the names of PDKs from before 1.0, the same code is inlined at the same calls.
#[test]
fn old_names_are_fused_as_the_new_ones_are() {
    let text = every_call();
    let fused = |text: &str| fuse(&wat::parse_str(text).unwrap(), KernelMemory::Define).unwrap().wasm;
    let old = text.replace("\"extism:host/env\" \"", "\"env\" \"extism_");
    // No PDK of that time had this function.
    let old = old.replace("\"env\" \"extism_length_unsafe\"", "\"extism:host/env\" \"length_unsafe\"");
    let between = text.replace("\"extism:host/env\"", "\"extism:env\"");
    let between = between.replace("\"extism:env\" \"length_unsafe\"", "\"extism:host/env\" \"length_unsafe\"");
    assert!(old != text && between != text);
    assert_eq!(fused(&old), fused(&text));
    assert_eq!(fused(&between), fused(&text));
}
