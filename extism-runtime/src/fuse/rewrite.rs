use std::borrow::Cow;

use wasm_encoder::{CodeSection, Instruction, reencode::Reencode};
use wasmparser::{
    FuncToValidate, FuncValidator, FuncValidatorAllocations, FunctionBody, MemoryType, Operator, ValidatorResources,
    WasmModuleResources,
};

use super::{
    FuseError,
    body::{Body, MAX_BODY, MAX_LOCALS},
    cost::{Cost, Meter},
    headroom,
    inline::{Inline, SCRATCH_COUNT},
    lift::{Lifter, Loops},
    map::MapWriter,
    module::Bodies,
    pieces,
    plan::Plan,
    program::Program,
    renumber::KernelReencoder,
};

/// The maximum number of calls in a module that are replaced by the called function's code; any others remain
/// calls. Compiled modules have some dozens; the limit keeps a hostile one from growing excessively.
const MAX_INLINED: usize = 10_000;
/// The first bytes of instructions.
const LOOP: u8 = 0x03;
const END: u8 = 0x0b;
const BULK: u8 = 0xfc;
const I32_CONST: u8 = 0x41;
const MEMORY_SIZE: u8 = 0x3f;
const MEMORY_GROW: u8 = 0x40;
/// The maximum number of copies within a guest's memory that are made in pieces, where that is faster, and
/// the number of bytes that each one adds.
const MAX_COPIES: usize = 2_000;
const MAX_COPY_LEN: usize = 150;
/// A body without locals that consists of `unreachable`.
const STUB: &[u8] = &[0x00, 0x00, 0x0b];

/// The code of a fused module.
pub(super) struct Rewritten {
    pub(super) code: CodeSection,
    pub(super) cost: Cost,
    /// The index of the function that makes copies in pieces, if there are such copies.
    pub(super) copier: Option<u32>,
}

/// Validates and rewrites the code of a guest. `lift` determines whether copy loops are [lifted](super::lift). If there
/// is a `map`, it gets all functions.
pub(super) fn rewrite(
    bodies: Bodies<'_>,
    plan: &Plan,
    lift: bool,
    mut map: Option<&mut MapWriter>,
) -> Result<Rewritten, FuseError> {
    let program = Program::get()?;
    let mut code = CodeSection::new();
    for replacement in &plan.replacements {
        match replacement.kernel {
            Some(kernel) => splice(&mut code, plan, program, kernel)?,
            None => _ = code.raw(STUB),
        }
    }
    let lifter = if lift { Lifter::new(plan, program, &bodies) } else { None };
    let mut rewriter = Rewriter::new(plan, program, lifter, lift)?;
    for (function, body) in bodies {
        code.raw(&rewriter.rewrite(function, &body, map.as_deref_mut())?);
    }
    let cost = std::mem::take(&mut rewriter.cost);
    let copier = plan.copier.filter(|_| rewriter.copies_left < MAX_COPIES && lift);
    for kernel in &plan.helpers {
        splice(&mut code, plan, program, *kernel)?;
    }
    if let Some(headroom) = plan.headroom {
        code.function(&headroom.grower());
    }
    if copier.is_some() {
        code.function(&pieces::copier(plan));
    }
    Ok(Rewritten { code, cost, copier })
}

/// Appends a kernel function.
fn splice(code: &mut CodeSection, plan: &Plan, program: &Program, kernel: usize) -> Result<(), FuseError> {
    let body = program.body(program.function(kernel));
    Ok(KernelReencoder(plan).parse_function_body(code, body)?)
}

/// Rewrites functions one by one.
struct Rewriter<'a, 'm> {
    plan: &'a Plan,
    /// `None` if copy loops stay as they are.
    lifter: Option<Lifter<'m>>,
    /// The code to inline for calls, by kernel function.
    inlines: Vec<Option<Inline>>,
    /// How many calls have been replaced so far.
    inlined: usize,
    /// The number of copies that may still be made in pieces.
    copies_left: usize,
    /// Whether an instruction that starts with this byte may have to be rewritten.
    watched: [bool; 256],
    allocations: FuncValidatorAllocations,
    cost: Cost,
}

impl<'a, 'm> Rewriter<'a, 'm> {
    fn new(plan: &'a Plan, program: &Program, lifter: Option<Lifter<'m>>, copies: bool) -> Result<Self, FuseError> {
        let mut watched = [false; 256];
        // call, return_call, ref.func
        for opcode in [0x10, 0x12, 0xd2] {
            watched[opcode] = plan.imports() > 0;
        }
        // loads, stores, memory.size, memory.grow; the prefixes of bulk memory, vectors and atomics
        for opcode in (0x28..=0x40).chain(0xfc..=0xfe) {
            watched[opcode] = plan.moves_memories();
        }
        for opcode in [MEMORY_SIZE, MEMORY_GROW] {
            watched[usize::from(opcode)] |= plan.headroom.is_some();
        }
        watched[usize::from(BULK)] |= copies;
        let inlines = Inline::all(plan, program)?;
        Ok(Self {
            plan,
            lifter,
            inlines,
            inlined: 0,
            copies_left: if copies { MAX_COPIES } else { 0 },
            watched,
            allocations: FuncValidatorAllocations::default(),
            cost: Cost::default(),
        })
    }

    fn rewrite(
        &mut self,
        function: FuncToValidate<ValidatorResources>,
        body: &FunctionBody<'m>,
        map: Option<&mut MapWriter>,
    ) -> Result<Cow<'m, [u8]>, FuseError> {
        let mut validator = function.into_validator(std::mem::take(&mut self.allocations));
        let mut reader = body.get_binary_reader();
        validator.read_locals(&mut reader)?;
        let mut meter = Meter::new(&validator);
        let mut rewritten = Body::new(body, reader.original_position(), validator.len_locals());
        let mut loops = Loops::default();
        let mut previous = 0;
        while !reader.eof() {
            let at = reader.original_position();
            let opcode = rewritten.byte(at);
            reader.visit_operator(&mut validator.visitor(at))??;
            meter.step(opcode, &validator, || rewritten.operator(at, reader.original_position()))?;
            if self.watched[usize::from(opcode)] {
                let end = reader.original_position();
                // The engine makes short copies of a constant length without a call.
                let is_split = opcode == BULK
                    && previous != I32_CONST
                    && self.split(&mut rewritten, &validator, &mut meter, at, end)?;
                if !is_split && (opcode != BULK || self.plan.moves_memories()) {
                    self.replace(&mut rewritten, &mut loops, at, end)?;
                }
            }
            previous = opcode;
            match (opcode, &mut self.lifter) {
                (LOOP, Some(_)) => loops.open(at, &rewritten, &validator),
                (END, Some(lifter)) => {
                    loops.end(lifter, self.plan, &rewritten, &validator, reader.original_position());
                }
                _ => {}
            }
        }
        if let Some(lifter) = &mut self.lifter {
            loops.finish(lifter, &mut rewritten, &mut meter);
        }
        reader.finish_expression(&validator.visitor(reader.original_position()))?;
        self.allocations = validator.into_allocations();
        self.cost.add(meter.finish());
        let (new, edits) = rewritten.finish()?;
        if new.len() > MAX_BODY {
            return Err(FuseError::Full { what: "bytes in a function", limit: MAX_BODY });
        }
        if let Some(map) = map {
            map.function(body.range(), &edits);
        }
        Ok(new)
    }

    /// Writes the instruction at `start..end` as a copy in [pieces] if it is one within a memory. Returns whether it is.
    fn split(
        &mut self,
        body: &mut Body<'_>,
        function: &FuncValidator<ValidatorResources>,
        meter: &mut Meter,
        start: usize,
        end: usize,
    ) -> Result<bool, FuseError> {
        let room = body.locals() + SCRATCH_COUNT <= MAX_LOCALS && body.len() + MAX_COPY_LEN <= MAX_BODY;
        let Some(copier) = self.plan.copier.filter(|_| room && self.copies_left > 0) else { return Ok(false) };
        let Operator::MemoryCopy { dst_mem, src_mem } = body.operator(start, end)? else { return Ok(false) };
        let plain = |memory: MemoryType| !memory.memory64 && !memory.shared && memory.page_size_log2.is_none();
        if dst_mem != pieces::MEMORY
            || src_mem != dst_mem
            || !function.resources().memory_at(dst_mem).is_some_and(plain)
        {
            return Ok(false);
        }
        self.copies_left -= 1;
        let mut code = Vec::new();
        pieces::copy_within(body.locals(), self.plan, copier, &mut code);
        meter.add(code.len() as u64, 5);
        body.write(&code, start, end);
        Ok(true)
    }

    /// Rewrites the instruction at `start..end` if it differs in the fused module.
    fn replace(&mut self, body: &mut Body<'_>, loops: &mut Loops, start: usize, end: usize) -> Result<(), FuseError> {
        let operator = body.operator(start, end)?;
        if let Some(headroom) = self.plan.headroom {
            let instead = match operator {
                Operator::MemorySize { mem: headroom::MEMORY } => Some(Instruction::GlobalGet(headroom.global)),
                Operator::MemoryGrow { mem: headroom::MEMORY } => Some(Instruction::Call(headroom.grower)),
                _ => None,
            };
            if let Some(instead) = instead {
                body.write_one(&instead, start, end);
                return Ok(());
            }
        }
        let function = match operator {
            Operator::Call { function_index }
            | Operator::ReturnCall { function_index }
            | Operator::RefFunc { function_index } => Some(function_index),
            _ => None,
        };
        if let (Operator::Call { function_index }, Some(lifter)) = (&operator, &self.lifter)
            && let Some(call) = lifter.kernel_call(*function_index)
        {
            loops.copies(call);
        }
        if let Some(function) = function
            && (self.inline_call(body, &operator, function, start, end) || self.plan.function(function) == function)
        {
            return Ok(());
        }
        body.replace(self.plan, operator, start, end)
    }

    /// Replaces a call with the code of the called function, if that is one of the hot functions.
    fn inline_call(
        &mut self,
        body: &mut Body<'_>,
        operator: &Operator<'_>,
        function: u32,
        start: usize,
        end: usize,
    ) -> bool {
        let inline = self.plan.replaced(function).and_then(|kernel| self.inlines[kernel].as_ref());
        let Some(inline) = inline else { return false };
        let room = self.inlined < MAX_INLINED
            && body.locals() + SCRATCH_COUNT <= MAX_LOCALS
            && body.len() + inline.max_len() <= MAX_BODY;
        match operator {
            Operator::Call { .. } if room => body.inline_call(inline, false, start, end),
            Operator::ReturnCall { .. } if room => body.inline_call(inline, true, start, end),
            _ => return false,
        }
        self.inlined += 1;
        true
    }
}
