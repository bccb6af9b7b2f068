use wasmparser::{BinaryReader, BlockType, FunctionBody, Operator, OperatorsReader, ValType};

use crate::fuse::features::FEATURES;

/// The maximum number of instructions in a loop or in a function that a loop calls. Copy loops have some
/// dozens; with `asyncify`, TinyGo's have up to a few hundred.
const MAX_IN_LOOP: usize = 1_000;
const MAX_IN_CALLEE: usize = 400;
/// The maximum number of parameters and locals of a function that a loop calls.
const MAX_LOCALS: usize = 64;

/// Instructions of a loop or of a function.
pub(super) struct Code<'a> {
    pub(super) operators: Vec<Operator<'a>>,
    /// For the start of a block: where its `end` is. For an `else` too.
    ends: Vec<usize>,
    /// For an `if`: where its `else` is, if it has one.
    elses: Vec<Option<usize>>,
    /// A function's locals, besides its parameters.
    pub(super) locals: Vec<ValType>,
}

impl<'a> Code<'a> {
    /// Reads the instructions of a loop, from its `loop` to its `end`. Returns `None` if it has parameters.
    pub(super) fn of_loop(bytes: &'a [u8]) -> Option<Self> {
        let reader = OperatorsReader::new(BinaryReader::new_features(bytes, 0, FEATURES));
        let code = Self::read(reader, MAX_IN_LOOP, Vec::new())?;
        // With parameters, an iteration would pass on more to the next one than locals.
        let plain =
            matches!(code.operators.first(), Some(Operator::Loop { blockty: BlockType::Empty | BlockType::Type(_) }));
        plain.then_some(code)
    }

    /// Reads a function, which need not be valid.
    pub(super) fn of_function(body: &FunctionBody<'a>) -> Option<Self> {
        let mut locals = Vec::new();
        for group in body.get_locals_reader().ok()? {
            let (count, ty) = group.ok()?;
            let count = usize::try_from(count).ok().filter(|count| locals.len() + count <= MAX_LOCALS)?;
            locals.extend(std::iter::repeat_n(ty, count));
        }
        Self::read(body.get_operators_reader().ok()?, MAX_IN_CALLEE, locals)
    }

    /// Returns where the block that starts here ends.
    pub(super) fn end(&self, at: usize) -> Option<usize> {
        self.ends.get(at).copied()
    }

    /// Returns where the `else` of the `if` here is.
    pub(super) fn other(&self, at: usize) -> Option<usize> {
        *self.elses.get(at)?
    }

    /// Returns the last place from which the loop goes back to its start.
    pub(super) fn last_repeat(&self) -> Option<usize> {
        let mut depth = 0;
        let mut last = None;
        for (at, operator) in self.operators.iter().enumerate() {
            let repeats = match operator {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                    depth += 1;
                    false
                }
                Operator::End => {
                    depth -= 1;
                    false
                }
                Operator::Br { relative_depth } | Operator::BrIf { relative_depth } => relative_depth + 1 == depth,
                Operator::BrTable { targets } => {
                    targets.default() + 1 == depth
                        || targets.targets().any(|target| target.is_ok_and(|target| target + 1 == depth))
                }
                _ => false,
            };
            if repeats {
                last = Some(at);
            }
        }
        last
    }

    fn read(mut reader: OperatorsReader<'a>, max: usize, locals: Vec<ValType>) -> Option<Self> {
        let mut code = Self { operators: Vec::new(), ends: Vec::new(), elses: Vec::new(), locals };
        let mut open = Vec::new();
        while !reader.eof() {
            let at = code.operators.len();
            let operator = reader.read().ok()?;
            if at == max || !code.nest(&operator, at, &mut open) {
                return None;
            }
            code.operators.push(operator);
        }
        Some(code)
    }

    /// Records how the instruction at `at` nests blocks. Returns false if it is one that copy loops do not contain.
    fn nest(&mut self, operator: &Operator<'a>, at: usize, open: &mut Vec<usize>) -> bool {
        self.ends.push(at);
        self.elses.push(None);
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => open.push(at),
            Operator::Else => match open.last() {
                Some(start) => self.elses[*start] = Some(at),
                None => return false,
            },
            Operator::End => {
                // The last `end` of a function closes no block.
                if let Some(start) = open.pop() {
                    self.ends[start] = at;
                    if let Some(other) = self.elses[start] {
                        self.ends[other] = at;
                    }
                }
            }
            Operator::TryTable { .. } | Operator::Try { .. } | Operator::Delegate { .. } => return false,
            _ => {}
        }
        true
    }
}
