//! The same calls on a fused guest, from the host, and on the reference: the same results.

use proptest::prelude::*;
use wasmtime::Engine;

use super::guest::{FORMS, Guest, MAX_PAGES, engine, every_call};
use crate::{
    fuse::{Fused, KernelMemory, fuse},
    kernel::{
        self, Alloc,
        layout::INITIAL_PAGES,
        reference::Reference,
        tests::{
            forged::forgery,
            heap,
            ops::{Kernel, Model, Op, length, op},
        },
    },
};

/// A guest whose kernel is called in changing ways, also by the host.
struct Mixed {
    guest: Guest,
    /// By call: an index into [`FORMS`], or past them for the host.
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
        let mut kernel = Mixed { guest: Guest::of(&engine, &fused), ways, calls: 0 };
        let mut model = Model::new(Reference::new(INITIAL_PAGES.into(), MAX_PAGES));
        for op in ops {
            model.step(op, &mut kernel);
        }
        model.compare(&mut kernel);
        heap::blocks(kernel.memory());
    });
}

/// Guests may write over block headers; then, too, both sides do the same, byte by byte.
#[test]
fn guest_and_host_do_the_same_on_forged_heaps() {
    let (engine, fused) = fused();
    let steps = prop::collection::vec((op(), forgery(), any::<bool>()), 1..80);
    proptest!(cases(200), |(before in prop::collection::vec(length(), 1..20), steps in steps)| {
        let mut guest = Guest::of(&engine, &fused);
        let mut model = Model::new(Reference::new(INITIAL_PAGES.into(), MAX_PAGES));
        for length in before {
            guest.call("direct:alloc", &[length.cast_signed()]);
        }
        let mut host = guest.memory().to_vec();
        for (op, forgery, forged) in steps {
            if forged {
                forgery.commit(guest.memory());
                forgery.commit(&mut host);
            }
            // The model only makes up places here.
            let (name, arguments) = model.arguments(op);
            model.reference.call(name, &arguments);
            let argument = arguments.first().map_or(0, |value| value.cast_unsigned());
            match op {
                Op::Alloc(length) => {
                    let handle = guest.call("direct:alloc", &[length.cast_signed()]).cast_unsigned();
                    prop_assert_eq!(host_alloc(&mut host, length), handle);
                }
                Op::Free(_) => {
                    guest.call("direct:free", &arguments);
                    kernel::free(&mut host, argument);
                }
                Op::Reset => {
                    guest.call("direct:reset", &[]);
                    kernel::reset(&mut host);
                }
                _ => {
                    let length = guest.call("direct:length", &[arguments.first().copied().unwrap_or(0)]);
                    prop_assert_eq!(length.cast_unsigned(), kernel::length(&host, argument));
                }
            }
            prop_assert!(guest.memory() == host.as_slice(), "{:?}: {:?}", op, difference(guest.memory(), &host));
        }
    });
}

fn host_alloc(memory: &mut Vec<u8>, length: u64) -> u64 {
    match kernel::alloc(memory, length) {
        Alloc::Ok(handle) => handle,
        Alloc::Null => 0,
        Alloc::NeedsPages(pages) => {
            let bytes = memory.len() + (pages * kernel::layout::PAGE) as usize;
            if bytes as u64 > MAX_PAGES * kernel::layout::PAGE {
                return 0;
            }
            memory.resize(bytes, 0);
            host_alloc(memory, length)
        }
    }
}

/// Where two memories differ first, and what is there.
fn difference(one: &[u8], other: &[u8]) -> Option<(usize, u8, u8)> {
    let differs = one.iter().zip(other).position(|(one, other)| one != other)?;
    Some((differs, one[differs], other[differs]))
}
