//! The effects of each instruction on a path.

use std::rc::Rc;

use wasmparser::{BlockType, FuncType, Operator, WasmModuleResources};

use super::{
    KernelCall,
    explore::Explorer,
    flow::{Flow, Split},
    numeric::{Numeric, memory_access, numeric},
    path::{Access, Block, Branch, Frame, Path, Place},
    values::{Expression, Type, Value},
};

/// The maximum nesting depth of calls, and number of accesses of an iteration.
const MAX_CALLS: usize = 3;
const MAX_ACCESSES: usize = 64;

impl<'a> Explorer<'_, 'a> {
    /// Executes the next instruction. Returns `None` if the path cannot be lifted: it leaves the loop, or
    /// does something besides copying.
    pub(super) fn step(&mut self, path: &mut Path<'a>) -> Option<Flow> {
        let is_first = path.frames.len() == 1;
        let frame = path.frames.last_mut()?;
        let (code, at) = (Rc::clone(&frame.code), frame.at);
        if is_first && at > self.last_repeat {
            return None;
        }
        frame.at += 1;
        match code.operators.get(at)? {
            Operator::Block { blockty } => self.enter(path, at, *blockty, false)?,
            Operator::Loop { blockty } => self.enter(path, at, *blockty, true)?,
            Operator::If { .. } => return Some(Flow::Splits(path.pop()?, Split::If(at))),
            // The end of the first part.
            Operator::Else => leave(path, code.end(at)? + 1)?,
            Operator::End => end(path, at + 1)?,
            Operator::Br { relative_depth } => return path.branch(*relative_depth).map(Flow::from),
            Operator::BrIf { relative_depth } => {
                return Some(Flow::Splits(path.pop()?, Split::Branch(*relative_depth)));
            }
            Operator::BrTable { targets } => {
                let index = path.pop()?;
                let index = Type::I32.unsigned(self.values.as_constant(index)?);
                let target = targets.targets().nth(usize::try_from(index).ok()?);
                let target = target.map_or(Some(targets.default()), Result::ok)?;
                return path.branch(target).map(Flow::from);
            }
            Operator::Return => path.return_()?,
            Operator::Select | Operator::TypedSelect { .. } => {
                let (condition, other, one) = (path.pop()?, path.pop()?, path.pop()?);
                if one != other {
                    return Some(Flow::Splits(condition, Split::Select(one, other)));
                }
                path.stack.push(one);
            }
            other => self.straight(path, other)?,
        }
        Some(Flow::On)
    }

    /// Continues after a condition.
    pub(super) fn take(&mut self, path: &mut Path<'a>, split: Split, truth: bool) -> Option<Branch> {
        match split {
            Split::Branch(depth) if truth => return path.branch(depth),
            Split::Branch(_) => {}
            Split::Select(one, other) => path.stack.push(if truth { one } else { other }),
            Split::If(at) => {
                let code = Rc::clone(&path.frames.last()?.code);
                let Some(Operator::If { blockty }) = code.operators.get(at) else { return None };
                match (truth, code.other(at)) {
                    (true, _) => self.enter(path, at, *blockty, false)?,
                    (false, Some(other)) => {
                        self.enter(path, at, *blockty, false)?;
                        path.frames.last_mut()?.at = other + 1;
                    }
                    (false, None) => path.frames.last_mut()?.at = code.end(at)? + 1,
                }
            }
        }
        Some(Branch::On)
    }

    /// Executes an instruction after which the next one follows.
    fn straight(&mut self, path: &mut Path<'a>, operator: &Operator<'_>) -> Option<()> {
        match operator {
            Operator::Nop => {}
            Operator::Drop => _ = path.pop()?,
            Operator::Call { function_index } => self.call(path, *function_index)?,
            Operator::LocalGet { local_index } => {
                let value = self.local(path, *local_index)?;
                path.stack.push(value);
            }
            Operator::LocalSet { local_index } => {
                let value = path.pop()?;
                path.frames.last_mut()?.locals.insert(*local_index, value);
            }
            Operator::LocalTee { local_index } => {
                let value = *path.stack.last()?;
                path.frames.last_mut()?.locals.insert(*local_index, value);
            }
            Operator::GlobalGet { global_index } => {
                let ty = self.function.resources().global_at(*global_index)?.content_type;
                path.stack.push(self.values.add(Expression::Global(*global_index, Type::of(ty)?)));
            }
            Operator::I32Const { value } => path.stack.push(self.values.constant(Type::I32, (*value).into())),
            Operator::I64Const { value } => path.stack.push(self.values.constant(Type::I64, *value)),
            other => match memory_access(other) {
                Some((argument, width, stores)) => {
                    let place = self.guest(argument.memory)?;
                    self.access(path, place, argument.offset, width, stores)?;
                }
                None => self.compute(path, numeric(other)?)?,
            },
        }
        Some(())
    }

    fn compute(&mut self, path: &mut Path<'a>, numeric: Numeric) -> Option<()> {
        let value = match numeric {
            Numeric::Plus(ty, factor) => {
                let (other, one) = (path.pop()?, path.pop()?);
                self.values.plus(ty, one, other, factor)
            }
            Numeric::Binary(ty, operator) => {
                let (other, one) = (path.pop()?, path.pop()?);
                self.values.binary(ty, operator, one, other)
            }
            Numeric::Compare(ty, comparison) => {
                let (other, one) = (path.pop()?, path.pop()?);
                self.values.compare(ty, comparison, one, other)
            }
            Numeric::CompareSwapped(ty, comparison) => {
                let (other, one) = (path.pop()?, path.pop()?);
                self.values.compare(ty, comparison, other, one)
            }
            Numeric::IsZero(ty) => {
                let (one, zero) = (path.pop()?, self.values.constant(ty, 0));
                self.values.compare(ty, super::values::Comparison::Eq, one, zero)
            }
            Numeric::Wrap => {
                let value = path.pop()?;
                self.values.wrap(value)
            }
            Numeric::Extend { signed } => {
                let value = path.pop()?;
                self.values.extend(value, signed)
            }
            Numeric::Unknown { operands } => {
                path.pop_many(operands)?;
                self.unknown(path)
            }
        };
        path.stack.push(value);
        Some(())
    }

    fn call(&mut self, path: &mut Path<'a>, function: u32) -> Option<()> {
        match self.surroundings.kernel(function) {
            Some(KernelCall::Header(field)) => path.stack.push(self.values.add(Expression::Header(field))),
            Some(KernelCall::Access { place, width, stores }) => self.access(path, place, 0, width, stores)?,
            None => self.call_guest(path, function)?,
        }
        Some(())
    }

    /// Enters a function of the guest itself.
    fn call_guest(&mut self, path: &mut Path<'a>, function: u32) -> Option<()> {
        if path.frames.len() > MAX_CALLS {
            return None;
        }
        let ty = self.function.resources().type_index_of_function(function)?;
        let ty = self.function_type(ty)?;
        let (params, results) = (ty.params().len(), ty.results().len());
        let code = self.surroundings.callee(function)?;
        let mut values = path.pop_many(params)?;
        for ty in &code.locals {
            values.push(match Type::of(*ty) {
                Some(ty) => self.values.constant(ty, 0),
                None => self.unknown(path),
            });
        }
        let (locals, height) = ((0..).zip(values).collect(), path.stack.len());
        path.frames.push(Frame { code, at: 0, locals, blocks: Vec::new(), height, results });
        Some(())
    }

    /// Loads, or stores a value that was loaded in the same iteration.
    fn access(&mut self, path: &mut Path<'a>, place: Place, offset: u64, width: u32, stores: bool) -> Option<()> {
        let stores = if stores { Some(path.pop()?) } else { None };
        let address = path.pop()?;
        let number = path.accesses.len();
        match stores {
            Some(value) => _ = self.values.source(value, 0)?,
            None => path.stack.push(self.values.add(Expression::Loaded(number))),
        }
        path.accesses.push(Access { place, address, offset, width, stores });
        (number < MAX_ACCESSES).then_some(())
    }

    /// Enters a block.
    fn enter(&mut self, path: &mut Path<'a>, at: usize, ty: BlockType, is_loop: bool) -> Option<()> {
        let (params, results) = match ty {
            BlockType::Empty => (0, 0),
            BlockType::Type(_) => (0, 1),
            BlockType::FuncType(ty) => {
                let ty = self.function_type(ty)?;
                (ty.params().len(), ty.results().len())
            }
        };
        let height = path.stack.len().checked_sub(params)?;
        let frame = path.frames.last_mut()?;
        let (end, carries) = (frame.code.end(at)?, if is_loop { params } else { results });
        frame.blocks.push(Block { is_loop, end, height, carries });
        Some(())
    }

    fn local(&mut self, path: &Path<'a>, index: u32) -> Option<Value> {
        match path.frames.last()?.locals.get(&index) {
            Some(value) => Some(*value),
            None if path.frames.len() == 1 => self.initial(index),
            None => None,
        }
    }

    /// Returns the value of a local at the start of the iteration.
    fn initial(&mut self, index: u32) -> Option<Value> {
        let ty = self.function.get_local_type(index)?;
        let initial = Type::of(ty).map_or(Expression::Foreign(index), |ty| Expression::Local(index, ty));
        Some(self.values.add(initial))
    }

    fn unknown(&mut self, path: &mut Path<'a>) -> Value {
        path.unknowns += 1;
        self.values.add(Expression::Unknown(path.unknowns))
    }

    /// Returns a memory of the guest, if it has 32-bit addresses and pages of the usual size, and is not shared.
    fn guest(&self, memory: u32) -> Option<Place> {
        let ty = self.function.resources().memory_at(memory)?;
        let plain = !ty.memory64 && !ty.shared && ty.page_size_log2.is_none();
        plain.then_some(Place::Guest(memory))
    }

    fn function_type(&self, ty: u32) -> Option<&FuncType> {
        match &self.function.resources().sub_type_at(ty)?.composite_type.inner {
            wasmparser::CompositeInnerType::Func(ty) => Some(ty),
            _ => None,
        }
    }
}

/// Leaves the innermost block, and continues at this place.
fn leave(path: &mut Path<'_>, to: usize) -> Option<()> {
    let is_first = path.frames.len() == 1;
    let frame = path.frames.last_mut()?;
    frame.blocks.pop()?;
    frame.at = to;
    // The end of the loop itself.
    (!is_first || !frame.blocks.is_empty()).then_some(())
}

/// Passes an `end`: of a block, or of a called function.
fn end(path: &mut Path<'_>, next: usize) -> Option<()> {
    if path.frames.last()?.blocks.is_empty() { path.return_() } else { leave(path, next) }
}
