use std::sync::LazyLock;

use wasmparser::{Operator, Parser, Payload, TypeRef};
use wasmtime::{Config, Engine, Instance, Memory, Module, Store, Trap, Val};

use super::Scene;
use crate::{
    fuse::{Fused, Given, KernelMemory, MEMORY_MODULE, Options, fuse_with},
    kernel::layout::{HEAP, INPUT_LENGTH, INPUT_LIMIT_U64, INPUT_OFFSET, LIMIT, LIMIT_U64},
};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let mut config = Config::new();
    config.memory_reservation(1 << 26).parallel_compilation(false).epoch_interruption(true);
    Engine::new(&config).expect("an engine")
});

/// The result of a run: the locals, or a trap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) results: Vec<i64>,
    pub(crate) trap: Option<String>,
}

/// A module with its loops lifted, and unchanged.
pub(crate) struct Both {
    lifted: Side,
    plain: Side,
    copies: usize,
}

struct Side {
    store: Store<()>,
    instance: Instance,
    kernel: Memory,
    /// The guest's exported memory.
    guest: Option<Memory>,
}

impl Both {
    /// Instantiates a module, with the same content in both memories.
    pub(crate) fn new(text: &str) -> Self {
        let wasm = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        Self::of(&wasm)
    }

    pub(crate) fn of(wasm: &[u8]) -> Self {
        let [lifted, plain] = [true, false].map(|lift| {
            let options = Options { memory: KernelMemory::Define, given: Given::NONE, lift, headroom: 0 };
            fuse_with(wasm, options).expect("a valid module")
        });
        let copies = bulk_copies(&lifted.wasm);
        Self { lifted: Side::new(&lifted), plain: Side::new(&plain), copies }
    }

    /// Returns whether anything was lifted.
    pub(crate) fn lifted(&self) -> bool {
        self.copies > 0
    }

    /// Returns how many loops were lifted.
    #[cfg(test)]
    pub(crate) fn copies(&self) -> usize {
        self.copies
    }

    /// Runs both; returns their result, or how they differ.
    pub(crate) fn run(&mut self, scene: &Scene) -> Result<Outcome, String> {
        let [lifted, plain] = [&mut self.lifted, &mut self.plain].map(|side| side.run(scene));
        if lifted == plain { Ok(lifted) } else { Err(format!("lifted {lifted:?}, plain {plain:?}")) }
    }

    /// Returns where the memories differ.
    pub(crate) fn compare_memories(&self) -> Result<(), String> {
        for (name, lifted, plain) in [
            ("guest", self.lifted.guest(), self.plain.guest()),
            ("kernel", self.lifted.kernel.data(&self.lifted.store), self.plain.kernel.data(&self.plain.store)),
        ] {
            if lifted != plain {
                let differs = lifted.iter().zip(plain).position(|(lifted, plain)| lifted != plain);
                return Err(format!("the {name}'s memory differs at {differs:?}"));
            }
        }
        Ok(())
    }

    /// Returns the kernel's memory, after a run.
    #[cfg(test)]
    pub(crate) fn kernel(&self) -> &[u8] {
        self.lifted.kernel.data(&self.lifted.store)
    }

    /// Returns the guest's memory, after a run.
    #[cfg(test)]
    pub(crate) fn guest(&self) -> &[u8] {
        self.lifted.guest()
    }
}

impl Side {
    fn new(fused: &Fused) -> Self {
        let module = Module::new(&ENGINE, &fused.wasm).expect("it is valid");
        let mut store = Store::new(&ENGINE, ());
        store.set_epoch_deadline(1 << 40);
        let instance = Instance::new(&mut store, &module, &[]).expect("it imports nothing else");
        let name = fused.memory_export.as_deref().expect("it defines the memory");
        let kernel = instance.get_memory(&mut store, name).expect("a memory");
        let guest = instance.get_memory(&mut store, "memory");
        let mut side = Self { store, instance, kernel, guest };
        side.fill();
        side
    }

    /// Fills both memories with bytes that differ from place to place.
    fn fill(&mut self) {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut fill = |bytes: &mut [u8]| {
            for word in bytes.chunks_mut(8) {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let length = word.len();
                word.copy_from_slice(&state.to_be_bytes()[..length]);
            }
        };
        if let Some(memory) = self.guest {
            fill(memory.data_mut(&mut self.store));
        }
        let kernel = self.kernel.data_mut(&mut self.store);
        let end = kernel.len() - (64 << 10);
        fill(&mut kernel[HEAP as usize..96 << 10]);
        fill(&mut kernel[end..]);
    }

    fn run(&mut self, scene: &Scene) -> Outcome {
        self.set_limits(scene);
        let run = self.instance.get_func(&mut self.store, "run").expect("the loop's function");
        let ty = run.ty(&self.store);
        let numbers = scene.arguments.iter();
        let arguments = ty
            .params()
            .zip(numbers)
            .map(|(ty, number)| if ty.is_i32() { Val::I32(low(*number)) } else { Val::I64(*number) });
        let mut results = vec![Val::I32(0); ty.results().len()];
        let trap = run.call(&mut self.store, &arguments.collect::<Vec<_>>(), &mut results).err();
        let trap = trap.map(|error| match error.downcast_ref::<Trap>() {
            Some(trap) => trap.to_string(),
            None => panic!("{error:?}"),
        });
        let results = if trap.is_some() { Vec::new() } else { results };
        let results = results.iter().map(|value| value.i64().or(value.i32().map(i64::from)).unwrap_or(0)).collect();
        Outcome { results, trap }
    }

    /// Sets the range that the guest may access, and its input, as the kernel does.
    fn set_limits(&mut self, scene: &Scene) {
        let kernel = self.kernel.data_mut(&mut self.store);
        let limit = kernel.len() as u64 - u64::from(HEAP);
        let offset = if scene.input_at_end { kernel.len() as u64 - scene.input_length } else { scene.input_offset };
        for (field, number) in [
            (LIMIT, limit),
            (LIMIT_U64, limit - 7),
            (INPUT_OFFSET, offset),
            (INPUT_LENGTH, scene.input_length),
            (INPUT_LIMIT_U64, scene.input_length.saturating_sub(7)),
        ] {
            kernel[field as usize..][..8].copy_from_slice(&number.to_le_bytes());
        }
    }

    fn guest(&self) -> &[u8] {
        self.guest.map_or(&[], |memory| memory.data(&self.store))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "an i32 argument is its low half")]
fn low(number: i64) -> i32 {
    number as i32
}

/// Returns how many loops are lifted in a fused module: each has an instruction that copies from or to the kernel's
/// memory, which the guest itself cannot; within that memory, one for pieces and one for the last.
pub(crate) fn bulk_copies(wasm: &[u8]) -> usize {
    let (mut memories, mut kernel, mut copies) = (0, None, Vec::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.expect("a module") {
            Payload::ImportSection(section) => {
                for import in section.into_imports().map(|import| import.expect("an import")) {
                    if matches!(import.ty, TypeRef::Memory(_)) {
                        kernel = (import.module == MEMORY_MODULE).then_some(memories).or(kernel);
                        memories += 1;
                    }
                }
            }
            Payload::MemorySection(section) => kernel = kernel.or(Some(memories + section.count() - 1)),
            Payload::CodeSectionEntry(body) => {
                let operators = body.get_operators_reader().expect("a body").into_iter();
                copies.extend(operators.filter_map(|operator| match operator.expect("an instruction") {
                    Operator::MemoryCopy { dst_mem, src_mem } => {
                        Some((Some(dst_mem) == kernel, Some(src_mem) == kernel))
                    }
                    _ => None,
                }));
            }
            _ => {}
        }
    }
    let count = |copy| copies.iter().filter(|other| **other == copy).count();
    count((true, false)) + count((false, true)) + count((true, true)) / 2
}
