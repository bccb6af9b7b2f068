use wasm_encoder::{Encode, Instruction, ValType, reencode::Reencode};
use wasmparser::{FunctionBody, Operator};

use super::{
    FuseError,
    plan::Plan,
    program::{Function, Program},
    renumber::Kernel,
};

/// Local variables that a function gets for the arguments of what is put in place in it: so many `i64`
/// and, after them, so many `i32`.
pub(super) const SCRATCH: [(u32, ValType); 2] = [(2, ValType::I64), (1, ValType::I32)];
/// How many these are.
pub(super) const SCRATCH_COUNT: u32 = SCRATCH[0].0 + SCRATCH[1].0;

/// The code that takes the place of a call.
pub(super) struct Inline {
    /// For each parameter, which of the scratch locals holds it.
    parameters: Vec<u32>,
    /// Code, each piece but the last followed by the reading of a parameter.
    pieces: Vec<(Vec<u8>, Option<u32>)>,
}

impl Inline {
    /// By kernel function, the code to put in place of its calls.
    pub(super) fn all(plan: &Plan, program: &Program) -> Result<Vec<Option<Self>>, FuseError> {
        let mut all = Vec::new();
        all.resize_with(program.len(), || None);
        for (_, index) in plan.kernel_functions() {
            let function = program.function(index);
            if function.inlined {
                all[index] = Some(Self::new(plan, function, &program.body(function))?);
            }
        }
        Ok(all)
    }

    fn new(plan: &Plan, function: &Function, body: &FunctionBody<'_>) -> Result<Self, FuseError> {
        let parameters = scratch_places(function);
        let mut pieces = Vec::new();
        let mut code = Vec::new();
        let mut reader = body.get_operators_reader()?;
        while !reader.is_end_then_eof() {
            match reader.read()? {
                Operator::LocalGet { local_index } => {
                    let scratch = parameters.get(local_index as usize).copied();
                    pieces.push((std::mem::take(&mut code), scratch));
                }
                operator => Kernel(plan).instruction(operator)?.encode(&mut code),
            }
        }
        pieces.push((code, None));
        Ok(Self { parameters, pieces })
    }

    /// The most bytes that [`emit`](Self::emit) appends, with the `return` of a tail call: a local's index
    /// takes up to 3 bytes.
    pub(super) fn max_len(&self) -> usize {
        let code: usize = self.pieces.iter().map(|(code, _)| code.len() + 4).sum();
        code + 4 * self.parameters.len() + 16
    }

    /// Appends the code. `scratch` is the index of the first scratch local.
    pub(super) fn emit(&self, scratch: u32, code: &mut Vec<u8>) {
        for parameter in self.parameters.iter().rev() {
            Instruction::LocalSet(scratch + parameter).encode(code);
        }
        for (piece, parameter) in &self.pieces {
            code.extend_from_slice(piece);
            if let Some(parameter) = parameter {
                Instruction::LocalGet(scratch + parameter).encode(code);
            }
        }
    }
}

/// Which scratch locals take the parameters: the first free one of the type.
fn scratch_places(function: &Function) -> Vec<u32> {
    let mut wide = 0..;
    let mut narrow = SCRATCH[0].0..;
    let place = |ty: &wasmparser::ValType| match ty {
        wasmparser::ValType::I32 => narrow.next(),
        _ => wide.next(),
    };
    function.signature.params().iter().filter_map(place).collect()
}
