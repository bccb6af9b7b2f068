//! The cost of compiling a function, estimated while it is read.
//!
//! Most instructions take the compiler some microseconds each. Small modules that take minutes contain
//! products: loops by loops, branches by branches, live values by the points where control flow splits, calls
//! by their enclosing handlers, and instructions of two bytes that represent a thousand values. The weights
//! were fitted to the time that Cranelift 0.135 takes for generated functions of each shape, on one core of a
//! server of 2024, so that no function takes much longer than estimated: modules produced by compilers take
//! about as long, generated functions half as long or less.

use serde::{Deserialize, Serialize};
use wasmparser::{
    BlockType, CompositeInnerType, ConstExpr, ElementItems, FrameKind, FuncValidator, Operator, TableInit,
    ValidatorResources, WasmModuleResources,
};

use super::{FuseError, module::Module};

/// Validates a function, and knows the module's types and the stacks at the current position.
type Function = FuncValidator<ValidatorResources>;

/// The estimated cost of compiling a module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// Microseconds on one core for all functions.
    pub(crate) micros: u64,
    /// The function that takes the longest.
    pub(crate) worst: FunctionCost,
}

/// The estimated cost of compiling a function, and the numbers that it is computed from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FunctionCost {
    /// Its index in the module; `None` for the initializers of globals, tables and element segments, which the engine
    /// also compiles to a function.
    pub(crate) index: Option<u32>,
    pub(crate) micros: u64,
    pub(crate) instructions: u64,
    pub(crate) locals: u64,
    /// Places where control flow branches.
    pub(crate) branches: u64,
    pub(crate) loops: u64,
    /// Values that calls and blocks take and return.
    pub(crate) values: u64,
}

impl Cost {
    pub(super) fn add(&mut self, function: FunctionCost) {
        self.micros = self.micros.saturating_add(function.micros);
        if function.micros > self.worst.micros {
            self.worst = function;
        }
    }
}

/// Reads a function's instructions; the first byte is enough to distinguish all but a few kinds.
#[derive(Default)]
pub(super) struct Meter {
    cost: FunctionCost,
    /// Instructions that read or write locals.
    local_uses: u64,
    /// The height of the operand stack, summed over all branches; then over all calls.
    stacked_at_branches: u64,
    stacked_at_calls: u64,
    /// Values that branches carry.
    carried: u64,
    /// The enclosing `try_table`s: the depth and the number of handlers of each.
    tries: Vec<(usize, u64)>,
    handlers: u64,
    /// Paths from a call to a handler.
    unwinds: u64,
    /// Nanoseconds for individual instructions.
    nanos: u64,
}

impl Meter {
    pub(super) fn new(function: &Function) -> Self {
        let (index, locals) = (Some(function.index()), function.len_locals().into());
        Self { cost: FunctionCost { index, locals, ..FunctionCost::default() }, ..Self::default() }
    }

    /// Counts an instruction that starts with this byte, after it was validated; `operator` reads it again
    /// where more information is needed.
    pub(super) fn step<'a, E>(
        &mut self,
        opcode: u8,
        function: &Function,
        operator: impl FnOnce() -> Result<Operator<'a>, E>,
    ) -> Result<(), E> {
        self.cost.instructions += 1;
        match opcode {
            // end
            0x0b => self.end(function),
            // local.get, local.set, local.tee
            0x20..=0x22 => self.local_uses += 1,
            // loads
            0x28..=0x35 => self.nanos += 8_000,
            // table.get, table.set
            0x25 | 0x26 => self.slow(function, 400_000),
            // blocks, branches, calls, throw, globals, GC
            0x02..=0x04 | 0x08 | 0x0c..=0x0e | 0x10..=0x15 | 0x1f | 0x23 | 0x24 | 0xd5 | 0xd6 | 0xfb => {
                self.read(&operator()?, function);
            }
            0xfc => self.nanos += 30_000,
            0xfd => self.nanos += 3_000,
            _ => {}
        }
        Ok(())
    }

    /// Counts instructions that are added to the function.
    pub(super) fn add(&mut self, instructions: u64, branches: u64) {
        self.cost.instructions += instructions;
        self.local_uses += instructions;
        self.cost.branches += branches;
    }

    /// Returns the function's cost once all of it was read.
    pub(super) fn finish(mut self) -> FunctionCost {
        let FunctionCost { instructions, locals, branches, loops, values, .. } = self.cost;
        let live = locals.min(self.local_uses);
        // In nanoseconds. A body of 8 MB never comes near the type's maximum, but saturating makes a proof unnecessary.
        let sum = [
            150_000,
            self.nanos,
            product(2_500, instructions, 1),
            product(110, locals, 1),
            product(7_000, values, 1),
            product(150, self.carried, 1),
            product(3, branches, branches),
            product(250, loops, loops),
            product(480, live, branches),
            product(2_500, live, loops),
            product(480, self.stacked_at_branches, 1),
            product(30, self.stacked_at_calls, 1),
            product(2, self.unwinds, self.unwinds),
        ];
        self.cost.micros = sum.into_iter().fold(0, u64::saturating_add) / 1_000;
        self.cost
    }

    fn read(&mut self, operator: &Operator<'_>, function: &Function) {
        match operator {
            Operator::Block { blockty } => self.block(*blockty, function),
            Operator::Loop { blockty } => {
                self.block(*blockty, function);
                self.cost.loops += 1;
                self.branch(function, 2);
            }
            Operator::If { blockty } => {
                self.block(*blockty, function);
                self.branch(function, 2);
            }
            Operator::TryTable { try_table } => {
                self.block(try_table.ty, function);
                let handlers = try_table.catches.len() as u64;
                self.handlers += handlers;
                self.tries.push((function.control_stack_height() as usize, handlers));
            }
            Operator::Br { relative_depth } => self.carry(*relative_depth, function, 1),
            Operator::BrIf { relative_depth }
            | Operator::BrOnNull { relative_depth }
            | Operator::BrOnNonNull { relative_depth } => {
                self.branch(function, 2);
                self.carry(*relative_depth, function, 1);
            }
            Operator::BrOnCast { relative_depth, .. } | Operator::BrOnCastFail { relative_depth, .. } => {
                self.slow(function, 350_000);
                self.carry(*relative_depth, function, 1);
            }
            Operator::BrTable { targets } => {
                let count = u64::from(targets.len());
                self.branch(function, 2 + count / 4);
                self.nanos += product(3_000, count, 1);
                self.carry(targets.default(), function, count + 1);
            }
            other => self.read_plain(other, function),
        }
    }

    fn read_plain(&mut self, operator: &Operator<'_>, function: &Function) {
        match operator {
            Operator::Call { function_index } | Operator::ReturnCall { function_index } => {
                self.call(function.resources().type_index_of_function(*function_index), function, 10_000);
            }
            Operator::CallIndirect { type_index, .. }
            | Operator::ReturnCallIndirect { type_index, .. }
            | Operator::CallRef { type_index }
            | Operator::ReturnCallRef { type_index } => {
                self.branch(function, 2);
                self.call(Some(*type_index), function, 130_000);
            }
            Operator::Throw { tag_index } => {
                let values = function.resources().tag_at(*tag_index).map_or(0, |tag| tag.params().len());
                self.cost.values += values as u64;
                self.call(None, function, 100_000);
            }
            Operator::GlobalGet { global_index } | Operator::GlobalSet { global_index } => {
                let global = function.resources().global_at(*global_index);
                if global.is_some_and(|global| global.content_type.is_reference_type()) {
                    self.slow(function, 400_000);
                }
            }
            Operator::StructNew { struct_type_index } | Operator::StructNewDefault { struct_type_index } => {
                self.slow(function, 60_000);
                self.nanos += product(8_000, fields(*struct_type_index, function), 1);
            }
            Operator::ArrayNewFixed { array_size, .. } => {
                self.slow(function, 60_000);
                self.nanos += product(8_000, (*array_size).into(), 1);
            }
            Operator::RefI31 | Operator::I31GetS | Operator::I31GetU => self.nanos += 10_000,
            // The remaining garbage collection instructions.
            _ => self.slow(function, 350_000),
        }
    }

    /// Counts an instruction that compiles to several branches and calls into the engine.
    fn slow(&mut self, function: &Function, nanos: u64) {
        self.nanos += nanos;
        self.branch(function, 3);
        self.stacked_at_calls += u64::from(function.operand_stack_height());
    }

    fn branch(&mut self, function: &Function, count: u64) {
        self.cost.branches += count;
        self.stacked_at_branches += product(count, function.operand_stack_height().into(), 1);
    }

    fn block(&mut self, ty: BlockType, function: &Function) {
        self.cost.values += match ty {
            BlockType::Empty => 0,
            BlockType::Type(_) => 1,
            BlockType::FuncType(index) => {
                let (params, results) = arity(index, function);
                params + results
            }
        };
    }

    fn call(&mut self, ty: Option<u32>, function: &Function, nanos: u64) {
        let (params, results) = ty.map_or((0, 0), |ty| arity(ty, function));
        self.cost.values += params + results;
        self.nanos += nanos;
        self.stacked_at_calls += u64::from(function.operand_stack_height());
        self.unwinds += self.handlers;
    }

    /// Counts a branch to the block `depth` levels up, which carries that block's values.
    fn carry(&mut self, depth: u32, function: &Function, times: u64) {
        let Some(frame) = function.get_control_frame(depth as usize) else { return };
        let values = match (frame.block_type, frame.kind) {
            (BlockType::Empty, _) | (BlockType::Type(_), FrameKind::Loop) => 0,
            (BlockType::Type(_), _) => 1,
            (BlockType::FuncType(index), FrameKind::Loop) => arity(index, function).0,
            (BlockType::FuncType(index), _) => arity(index, function).1,
        };
        self.carried = self.carried.saturating_add(product(values, times, 1));
    }

    fn end(&mut self, function: &Function) {
        while let Some((height, handlers)) = self.tries.last()
            && *height > function.control_stack_height() as usize
        {
            self.handlers -= handlers;
            self.tries.pop();
        }
    }
}

/// Returns how many values a function of this type takes and returns.
fn arity(ty: u32, function: &Function) -> (u64, u64) {
    match function.resources().sub_type_at(ty).map(|ty| &ty.composite_type.inner) {
        Some(CompositeInnerType::Func(ty)) => (ty.params().len() as u64, ty.results().len() as u64),
        _ => (0, 0),
    }
}

fn fields(ty: u32, function: &Function) -> u64 {
    match function.resources().sub_type_at(ty).map(|ty| &ty.composite_type.inner) {
        Some(CompositeInnerType::Struct(ty)) => ty.fields.len() as u64,
        _ => 0,
    }
}

/// Returns the cost of the expressions that initialize globals, tables and element segments.
pub(super) fn initializers(module: &Module<'_>) -> Result<FunctionCost, FuseError> {
    let mut initializers = Initializers { fields: None, module, meter: Meter::default() };
    for global in module.globals.iter().cloned().flatten() {
        let global = global?;
        initializers.expression(&global.init_expr, global.ty.content_type.is_reference_type())?;
    }
    for table in module.tables.iter().cloned().flatten() {
        if let TableInit::Expr(expression) = table?.init {
            initializers.expression(&expression, true)?;
        }
    }
    for element in module.elements.iter().cloned().flatten() {
        if let ElementItems::Expressions(_, expressions) = element?.items {
            for expression in expressions {
                initializers.expression(&expression?, true)?;
            }
        }
    }
    Ok(initializers.meter.finish())
}

struct Initializers<'a> {
    module: &'a Module<'a>,
    /// The number of fields by type; read on first use.
    fields: Option<Vec<u64>>,
    meter: Meter,
}

impl Initializers<'_> {
    fn expression(&mut self, expression: &ConstExpr<'_>, is_ref: bool) -> Result<(), FuseError> {
        let mut plain = true;
        for operator in expression.get_operators_reader() {
            let operator = operator?;
            plain &= matches!(operator, Operator::RefFunc { .. } | Operator::End) || !is_ref;
            self.meter.cost.instructions += 1;
            match operator {
                Operator::StructNew { struct_type_index } | Operator::StructNewDefault { struct_type_index } => {
                    let fields = self.fields(struct_type_index)?;
                    self.meter.nanos += 60_000 + product(8_000, fields, 1);
                }
                Operator::ArrayNewFixed { array_size, .. } => {
                    self.meter.nanos += 60_000 + product(8_000, array_size.into(), 1);
                }
                Operator::ArrayNew { .. } | Operator::ArrayNewDefault { .. } => self.meter.nanos += 130_000,
                _ => {}
            }
        }
        if !plain {
            self.meter.nanos += 350_000;
            self.meter.cost.branches += 3;
        }
        Ok(())
    }

    fn fields(&mut self, ty: u32) -> Result<u64, FuseError> {
        let fields = match &mut self.fields {
            Some(fields) => fields,
            empty => empty.insert(fields_of_types(self.module)?),
        };
        Ok(fields.get(ty as usize).copied().unwrap_or(0))
    }
}

fn fields_of_types(module: &Module<'_>) -> Result<Vec<u64>, FuseError> {
    let mut fields = Vec::new();
    for group in module.types.iter().cloned().flatten() {
        fields.extend(group?.into_types().map(|ty| match ty.composite_type.inner {
            CompositeInnerType::Struct(ty) => ty.fields.len() as u64,
            _ => 0,
        }));
    }
    Ok(fields)
}

fn product(weight: u64, a: u64, b: u64) -> u64 {
    weight.saturating_mul(a).saturating_mul(b)
}
