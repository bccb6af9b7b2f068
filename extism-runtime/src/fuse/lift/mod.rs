//! Turns copy loops into `memory.copy`.
//!
//! A guest moves its input and its results between its own memory and the kernel's by loops over `load_u64`,
//! `store_u64` and the like, one byte or eight at a time. For each such loop, the paths through an iteration
//! are followed ([`explore`]), with values as expressions of the state at the start of the iteration
//! ([`values`]). If a path leads back to the start of the loop and does nothing but [copy](copied), with
//! [locals] that advance by constants, then [`growth`] computes for how many iterations it is certainly
//! taken, and code in [front] of the loop does these at once. The loop itself is unchanged and does the rest:
//! short copies, accesses out of bounds, traps, and exits.
//!
//! Anything that is not understood is left alone. Nothing here decides whether a module is valid; functions
//! that a loop calls are read before they are validated.

mod algebra;
mod code;
mod copied;
mod emit;
mod explore;
mod flow;
mod front;
mod growth;
mod locals;
mod loops;
mod numeric;
mod path;
mod step;
mod values;

use std::{collections::HashMap, rc::Rc};

use wasmparser::{FunctionBody, ValidatorResources};

pub(super) use self::loops::Loops;
use self::{code::Code, copied::Copied, explore::Explorer, front::Front, growth::Growth, locals::Locals, path::Place};
use super::{module::Bodies, plan::Plan, program::Program};
use crate::kernel::layout;

/// Validates the function with the loop, and knows its locals and the module's types.
type FuncValidator = wasmparser::FuncValidator<ValidatorResources>;

/// The maximum number of steps and of lifted loops for a module. Compiled modules have up to some hundred
/// copy loops, of some hundred steps each; the limits keep a hostile one from taking long or growing excessively.
const MAX_STEPS: usize = 1_000_000;
const MAX_LIFTED: usize = 2_000;

/// A kernel function that copy loops call.
#[derive(Clone, Copy)]
pub(super) enum KernelCall {
    /// It returns a field of the kernel's header, at this offset.
    Header(u32),
    Access {
        place: Place,
        /// Bytes.
        width: u32,
        stores: bool,
    },
}

/// The exported names of these functions.
const KERNEL_CALLS: &[(&str, KernelCall)] = &[
    ("input_length", KernelCall::Header(layout::INPUT_LENGTH)),
    ("input_offset", KernelCall::Header(layout::INPUT_OFFSET)),
    ("input_load_u8", KernelCall::Access { place: Place::Input, width: 1, stores: false }),
    ("input_load_u64", KernelCall::Access { place: Place::Input, width: 8, stores: false }),
    ("load_u8", KernelCall::Access { place: Place::Heap, width: 1, stores: false }),
    ("load_u64", KernelCall::Access { place: Place::Heap, width: 8, stores: false }),
    ("store_u8", KernelCall::Access { place: Place::Heap, width: 1, stores: true }),
    ("store_u64", KernelCall::Access { place: Place::Heap, width: 8, stores: true }),
];

/// The functions that loops of a module may call.
struct Surroundings<'a> {
    /// The kernel function that replaces it, by imported function.
    kernel: Vec<Option<KernelCall>>,
    /// The module's own functions.
    bodies: Vec<FunctionBody<'a>>,
    /// The small functions that loops have called.
    callees: HashMap<u32, Option<Rc<Code<'a>>>>,
    /// The number of steps that are left.
    steps: usize,
}

impl<'a> Surroundings<'a> {
    fn kernel(&self, function: u32) -> Option<KernelCall> {
        *self.kernel.get(function as usize)?
    }

    /// Returns a function of the module, if it is small. It need not be valid.
    fn callee(&mut self, function: u32) -> Option<Rc<Code<'a>>> {
        let place = (function as usize).checked_sub(self.kernel.len())?;
        let body = self.bodies.get(place)?;
        let code = || Code::of_function(body).map(Rc::new);
        self.callees.entry(function).or_insert_with(code).clone()
    }

    fn spend(&mut self, steps: usize) {
        self.steps = self.steps.saturating_sub(steps);
    }
}

/// Finds the copy loops of a module's functions.
pub(super) struct Lifter<'a> {
    surroundings: Surroundings<'a>,
    /// The number of loops that may still be lifted.
    left: usize,
}

/// A loop that can be lifted.
struct Lifted {
    from: Place,
    to: Place,
    /// The number of bytes that an iteration copies.
    bytes: u64,
    front: Front,
}

impl<'a> Lifter<'a> {
    /// Returns `None` if the module calls none of the functions that copy loops need.
    pub(super) fn new(plan: &Plan, program: &Program, bodies: &Bodies<'a>) -> Option<Self> {
        let call = |function: u32| {
            let kernel = plan.replaced(function)?;
            let (_, call) = KERNEL_CALLS.iter().find(|(name, _)| program.export(name) == Some(kernel))?;
            Some(*call)
        };
        let kernel: Vec<_> = (0..plan.imports()).map(call).collect();
        if !kernel.iter().flatten().any(|call| matches!(call, KernelCall::Access { .. })) {
            return None;
        }
        let bodies = bodies.iter().map(|(_, body)| body.clone()).collect();
        let surroundings = Surroundings { kernel, bodies, callees: HashMap::new(), steps: MAX_STEPS };
        Some(Self { surroundings, left: MAX_LIFTED })
    }

    /// Returns what this function does, if copy loops use it.
    pub(super) fn kernel_call(&self, function: u32) -> Option<KernelCall> {
        self.surroundings.kernel(function)
    }

    /// Returns how to lift a loop, given its code from its `loop` to its `end`: along the path that copies the most
    /// bytes in an iteration.
    fn lift(&mut self, plan: &Plan, function: &FuncValidator, bytes: &'a [u8]) -> Option<Lifted> {
        let code = Code::of_loop(bytes)?;
        let (mut values, paths) = Explorer::explore(&mut self.surroundings, function, code)?;
        let mut best: Option<Lifted> = None;
        for path in &paths {
            let Some(locals) = Locals::of(path, &mut values, function) else { continue };
            let mut growth = Growth::new(&mut values, &locals);
            let Some(copied) = Copied::of(path, &mut growth) else { continue };
            if best.as_ref().is_some_and(|best| best.bytes >= copied.bytes) || growth.bound(path).is_none() {
                continue;
            }
            let bounds = std::mem::take(&mut growth.bounds);
            let front = Front::new(&values, plan, function.len_locals(), &locals, &copied, &bounds);
            let (from, to, bytes) = (copied.from.place, copied.to.place, copied.bytes);
            best = front.map(|front| Lifted { from, to, bytes, front }).or(best);
        }
        best
    }
}
