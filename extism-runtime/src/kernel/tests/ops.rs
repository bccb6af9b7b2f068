//! Random sequences of kernel calls, and their expected results.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::kernel::{
    layout::{BLOCK_HEADER, HEAP},
    reference::Reference,
};

/// A kernel to run the sequences on.
pub(crate) trait Kernel {
    /// Calls a function of `extism:host/env`; returns 0 if it has no result.
    fn call(&mut self, name: &str, arguments: &[i64]) -> i64;
    /// Returns the kernel's memory.
    fn memory(&mut self) -> &mut [u8];
}

/// An offset.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// Relative to a block allocated since the last reset, live or not.
    Block(prop::sample::Index, i64),
    /// Relative to the end of what guests may access.
    Limit(i64),
    Raw(u64),
}

/// A call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Op {
    Alloc(u64),
    Free(Place),
    Length(Place),
    Load8(Place),
    Load64(Place),
    Store8(Place, u8),
    Store64(Place, u64),
    InputSet(Place, u64),
    InputLoad8(u64),
    InputLoad64(u64),
    OutputSet(Place, u64),
    ErrorSet(Place),
    Reset,
}

pub(crate) fn length() -> impl Strategy<Value = u64> {
    prop_oneof![
        8 => 1..200_u64,
        4 => 200..5_000_u64,
        2 => 5_000..300_000_u64,
        1 => 300_000..3_000_000_u64,
        1 => prop_oneof![Just(0), Just(u64::MAX), Just(1 << 32), 0xffff_fd00..0xffff_ffff_u64, any::<u64>()],
    ]
}

fn place() -> impl Strategy<Value = Place> {
    let block = |delta| (any::<prop::sample::Index>(), delta).prop_map(|(index, delta)| Place::Block(index, delta));
    prop_oneof![
        8 => block((0..1_i64).boxed()),
        4 => block((0..64_i64).boxed()),
        2 => block((-40..4000_i64).boxed()),
        1 => (-16..16_i64).prop_map(Place::Limit),
        1 => (0..u64::from(HEAP) + 64).prop_map(Place::Raw),
        1 => (0..32_u64).prop_map(|below| Place::Raw(u64::MAX - below)),
        1 => ((1 << 32) - 600..(1_u64 << 32) + 600).prop_map(Place::Raw),
        1 => any::<u64>().prop_map(Place::Raw),
    ]
}

/// Generates calls, most frequently those that allocate and free.
pub(crate) fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        12 => length().prop_map(Op::Alloc),
        10 => place().prop_map(Op::Free),
        2 => place().prop_map(Op::Length),
        2 => place().prop_map(Op::Load8),
        2 => place().prop_map(Op::Load64),
        3 => (place(), any::<u8>()).prop_map(|(place, byte)| Op::Store8(place, byte)),
        3 => (place(), any::<u64>()).prop_map(|(place, word)| Op::Store64(place, word)),
        1 => (place(), length()).prop_map(|(place, length)| Op::InputSet(place, length)),
        1 => length().prop_map(Op::InputLoad8),
        1 => length().prop_map(Op::InputLoad64),
        1 => (place(), length()).prop_map(|(place, length)| Op::OutputSet(place, length)),
        1 => place().prop_map(Op::ErrorSet),
        1 => Just(Op::Reset),
    ]
}

/// The reference, and the bytes of its memory with a defined content: those stored since the block was allocated.
pub(crate) struct Model {
    pub(crate) reference: Reference,
    handles: Vec<u64>,
    written: BTreeSet<u64>,
}

impl Model {
    pub(crate) fn new(reference: Reference) -> Self {
        Self { reference, handles: Vec::new(), written: BTreeSet::new() }
    }

    /// Returns the offset of a place.
    pub(crate) fn offset(&self, place: Place) -> u64 {
        match place {
            Place::Block(_, delta) if self.handles.is_empty() => u64::from(HEAP).wrapping_add_signed(delta),
            Place::Block(index, delta) => index.get(&self.handles).wrapping_add_signed(delta),
            Place::Limit(delta) => self.reference.limit.wrapping_add_signed(delta),
            Place::Raw(offset) => offset,
        }
    }

    /// Returns the call's name and arguments.
    pub(crate) fn arguments(&self, op: Op) -> (&'static str, Vec<i64>) {
        let at = |place| self.offset(place);
        let (name, arguments) = match op {
            Op::Alloc(length) => ("alloc", vec![length]),
            Op::Free(place) => ("free", vec![at(place)]),
            Op::Length(place) => ("length", vec![at(place)]),
            Op::Load8(place) => ("load_u8", vec![at(place)]),
            Op::Load64(place) => ("load_u64", vec![at(place)]),
            Op::Store8(place, byte) => ("store_u8", vec![at(place), byte.into()]),
            Op::Store64(place, word) => ("store_u64", vec![at(place), word]),
            Op::InputSet(place, length) => ("input_set", vec![at(place), length]),
            Op::InputLoad8(at) => ("input_load_u8", vec![at]),
            Op::InputLoad64(at) => ("input_load_u64", vec![at]),
            Op::OutputSet(place, length) => ("output_set", vec![at(place), length]),
            Op::ErrorSet(place) => ("error_set", vec![at(place)]),
            Op::Reset => ("reset", vec![]),
        };
        (name, arguments.into_iter().map(u64::cast_signed).collect())
    }

    /// Makes the same call on the reference and on `kernel`, and compares the results.
    pub(crate) fn step(&mut self, op: Op, kernel: &mut impl Kernel) {
        let (name, arguments) = self.arguments(op);
        if self.would_break_headers(op) {
            return;
        }
        let promised = self.promised(op);
        let room = self.reference.room.0;
        let expected = self.reference.call(name, &arguments);
        let result = kernel.call(name, &arguments);
        if promised {
            assert_eq!(result, expected, "{name} {arguments:?}");
        }
        if matches!(op, Op::Alloc(_)) {
            // There is a header now: of the new block, or of the rest of the room.
            let header = room..room + u64::from(BLOCK_HEADER);
            self.written.retain(|at| !header.contains(at));
        }
        self.note(op, expected.cast_unsigned());
    }

    /// Compares what a host can observe.
    pub(crate) fn compare(&self, kernel: &mut impl Kernel) {
        let reference = &self.reference;
        for (name, expected) in [
            ("input_offset", reference.input.0),
            ("input_length", reference.input.1),
            ("output_offset", reference.output.0),
            ("output_length", reference.output.1),
            ("error_get", reference.error.0),
            ("memory_bytes", reference.memory.len() as u64),
        ] {
            assert_eq!(kernel.call(name, &[]).cast_unsigned(), expected, "{name}");
        }
        for handle in &self.handles {
            let arguments = [handle.cast_signed()];
            assert_eq!(kernel.call("length", &arguments).cast_unsigned(), reference.length(*handle), "{handle}");
        }
        let memory = kernel.memory();
        assert_eq!(memory.len(), reference.memory.len());
        for at in &self.written {
            assert_eq!(memory[*at as usize], reference.memory[*at as usize], "the byte at {at}");
        }
    }

    /// Returns whether it stores where the reference has no headers but the kernel may have some.
    fn would_break_headers(&self, op: Op) -> bool {
        let (place, width) = match op {
            Op::Store8(place, _) => (place, 1),
            Op::Store64(place, _) => (place, 8),
            _ => return false,
        };
        let at = self.offset(place);
        self.reference.accessible(at, width) && !self.reference.in_payload(at, width)
    }

    /// Returns whether the result is defined.
    fn promised(&self, op: Op) -> bool {
        let (at, width) = match op {
            Op::Load8(place) => (self.offset(place), 1),
            Op::Load64(place) => (self.offset(place), 8),
            Op::InputLoad8(at) if at < self.reference.input.1 => (self.reference.input.0 + at, 1),
            Op::InputLoad64(at) if at.saturating_add(8) <= self.reference.input.1 => (self.reference.input.0 + at, 8),
            _ => return true,
        };
        !self.reference.accessible(at, width) || (at..at + width).all(|at| self.written.contains(&at))
    }

    fn note(&mut self, op: Op, result: u64) {
        match op {
            Op::Alloc(_) => {
                if let Some(block) = self.reference.live(result) {
                    // Its header and that of the remainder are new.
                    let new = block.handle - 16..block.handle + block.size + 16;
                    self.written.retain(|at| !new.contains(at));
                    self.handles.push(result);
                }
            }
            Op::Store8(place, _) => self.mark(place, 1),
            Op::Store64(place, _) => self.mark(place, 8),
            Op::Reset => {
                self.handles.clear();
                self.written.clear();
            }
            _ => {}
        }
    }

    fn mark(&mut self, place: Place, width: u64) {
        let at = self.offset(place);
        if self.reference.accessible(at, width) {
            self.written.extend(at..at + width);
        }
    }
}
