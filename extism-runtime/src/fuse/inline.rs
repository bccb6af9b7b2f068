use wasm_encoder::{Encode, Instruction, ValType, reencode::Reencode};
use wasmparser::{FunctionBody, Operator};

use super::{
    FuseError,
    plan::Plan,
    program::{Function, Program},
    renumber::KernelReencoder,
};

/// The scratch locals that a function gets for the arguments of inlined code: the number of `i64` locals, followed by
/// the number of `i32` locals.
pub(super) const SCRATCH: [(u32, ValType); 2] = [(2, ValType::I64), (1, ValType::I32)];
/// Their total number.
pub(super) const SCRATCH_COUNT: u32 = SCRATCH[0].0 + SCRATCH[1].0;

/// The code that replaces a call.
pub(super) struct Inline {
    /// For each parameter, the scratch local that holds it.
    parameters: Vec<u32>,
    /// The code in pieces; each piece but the last is followed by reading a parameter.
    pieces: Vec<(Vec<u8>, Option<u32>)>,
}

impl Inline {
    /// Returns the code to inline for calls, by kernel function.
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
                operator => KernelReencoder(plan).instruction(operator)?.encode(&mut code),
            }
        }
        pieces.push((code, None));
        Ok(Self { parameters, pieces })
    }

    /// Returns the maximum number of bytes that [`emit`](Self::emit) appends, including the `return` of a
    /// tail call: a local's index takes up to 3 bytes.
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

/// Assigns a scratch local to each parameter: the first free one of its type.
fn scratch_places(function: &Function) -> Vec<u32> {
    let mut wide = 0..;
    let mut narrow = SCRATCH[0].0..;
    let place = |ty: &wasmparser::ValType| match ty {
        wasmparser::ValType::I32 => narrow.next(),
        _ => wide.next(),
    };
    function.signature.params().iter().filter_map(place).collect()
}
