use std::borrow::Cow;

use wasm_encoder::{Encode, Instruction, reencode::Reencode};
use wasmparser::{BinaryReader, FunctionBody, Operator, OperatorsReader};

use super::{
    FuseError,
    features::FEATURES,
    inline::{Inline, SCRATCH},
    map::Edit,
    plan::Plan,
    renumber::GuestReencoder,
};

/// Limits that WebAssembly engines share, from the specification of the JavaScript interface.
pub(super) const MAX_LOCALS: u32 = 50_000;
pub(super) const MAX_BODY: usize = 7_654_321;

/// A function's body while it is rewritten: the instructions that change are written again, everything between them is
/// copied. Positions are byte offsets in the module.
pub(super) struct Body<'a> {
    bytes: &'a [u8],
    /// Where `bytes` starts.
    start: usize,
    /// Where the declarations of locals end.
    locals_end: usize,
    /// The number of parameters and locals of the guest's function.
    locals: u32,
    /// The position up to which the body is copied into `code`.
    copied: usize,
    /// The new code, without the declarations of locals.
    code: Vec<u8>,
    /// Code to insert, by its place in `code`.
    inserted: Vec<(usize, Vec<u8>)>,
    /// Whether `code` uses the scratch locals.
    scratch: bool,
    /// What was replaced, in order.
    replaced: Vec<Replaced>,
}

/// Instructions of the guest that were replaced.
struct Replaced {
    start: usize,
    end: usize,
    /// Where in the new code that starts which replaces them, and how long that is, once it is complete.
    place: usize,
    length: usize,
}

impl<'a> Body<'a> {
    pub(super) fn new(body: &FunctionBody<'a>, locals_end: usize, locals: u32) -> Self {
        let start = body.range().start;
        let (code, inserted) = (Vec::new(), Vec::new());
        let (bytes, copied, replaced) = (body.as_bytes(), locals_end, Vec::new());
        Self { bytes, start, locals_end, locals, copied, code, inserted, scratch: false, replaced }
    }

    /// Returns the number of parameters and locals of the guest's function.
    pub(super) fn locals(&self) -> u32 {
        self.locals
    }

    /// Returns the length of the new body in bytes, except for a few bytes for the locals, if nothing more changes.
    pub(super) fn len(&self) -> usize {
        let inserted: usize = self.inserted.iter().map(|(_, code)| code.len()).sum();
        self.bytes.len() + self.code.len() + inserted + self.locals_end - self.copied
    }

    /// Returns the position in the new code of the instruction at `start`, if nothing from there on has been rewritten.
    pub(super) fn place(&self, start: usize) -> usize {
        self.code.len() + start - self.copied
    }

    /// Returns the byte at this position; 0 past the end.
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at - self.start).copied().unwrap_or(0)
    }

    /// Returns the instruction at this position.
    pub(super) fn operator(&self, start: usize, end: usize) -> Result<Operator<'a>, FuseError> {
        let bytes = self.slice(start, end);
        Ok(OperatorsReader::new(BinaryReader::new_features(bytes, start, FEATURES)).read()?)
    }

    /// Writes an instruction with its new indices.
    pub(super) fn replace(
        &mut self,
        plan: &Plan,
        operator: Operator<'_>,
        start: usize,
        end: usize,
    ) -> Result<(), FuseError> {
        self.copy(start, end);
        GuestReencoder(plan).instruction(operator)?.encode(&mut self.code);
        Ok(())
    }

    /// Replaces a call or tail call with the code of the called function.
    pub(super) fn inline_call(&mut self, inline: &Inline, tail: bool, start: usize, end: usize) {
        self.copy(start, end);
        inline.emit(self.locals, &mut self.code);
        if tail {
            Instruction::Return.encode(&mut self.code);
        }
        self.scratch = true;
    }

    /// Replaces an instruction with another.
    pub(super) fn write_one(&mut self, instruction: &Instruction<'_>, start: usize, end: usize) {
        self.copy(start, end);
        instruction.encode(&mut self.code);
    }

    /// Replaces an instruction with others, which may use the scratch locals.
    pub(super) fn write(&mut self, instructions: &[Instruction<'_>], start: usize, end: usize) {
        self.copy(start, end);
        for instruction in instructions {
            instruction.encode(&mut self.code);
        }
        self.scratch = true;
    }

    /// Inserts code, which may use the scratch locals, at a [place](Self::place).
    pub(super) fn insert(&mut self, place: usize, code: Vec<u8>) {
        self.inserted.push((place, code));
        self.scratch = true;
    }

    /// Returns the new body, and how it differs from the guest's.
    pub(super) fn finish(mut self) -> Result<(Cow<'a, [u8]>, Vec<Edit>), FuseError> {
        if self.copied == self.locals_end && self.inserted.is_empty() {
            return Ok((Cow::Borrowed(self.bytes), Vec::new()));
        }
        let end = self.start + self.bytes.len();
        self.copy(end, end);
        let mut body = Vec::with_capacity(self.len() + 2 * SCRATCH.len() + 5);
        self.write_locals(&mut body)?;
        self.inserted.sort_by_key(|(place, _)| *place);
        let edits = self.edits(body.len());
        let mut written = 0;
        for (place, code) in &self.inserted {
            body.extend_from_slice(self.code.get(written..*place).unwrap_or_default());
            body.extend_from_slice(code);
            written = *place;
        }
        body.extend_from_slice(self.code.get(written..).unwrap_or_default());
        Ok((Cow::Owned(body), edits))
    }

    /// Copies what remains before `start`, and skips to `end`.
    fn copy(&mut self, start: usize, end: usize) {
        if let Some(last) = self.replaced.last_mut() {
            last.length = self.code.len() - last.place;
        }
        self.code.extend_from_slice(self.slice(self.copied, start));
        self.copied = end;
        self.replaced.push(Replaced { start, end, place: self.code.len(), length: 0 });
    }

    /// Returns how the new body, whose locals take `locals` bytes, differs from the guest's.
    fn edits(&self, locals: usize) -> Vec<Edit> {
        let mut edits = vec![Edit { old: 0..self.locals_end - self.start, new: locals }];
        let mut inserted = self.inserted.iter().peekable();
        for replaced in &self.replaced {
            while let Some((place, code)) = inserted.next_if(|(place, _)| *place <= replaced.place) {
                let at = replaced.start.saturating_sub(replaced.place - place) - self.start;
                edits.push(Edit { old: at..at, new: code.len() });
            }
            edits.push(Edit { old: replaced.start - self.start..replaced.end - self.start, new: replaced.length });
        }
        edits
    }

    /// Writes the guest's locals, and the scratch locals if the code uses them.
    fn write_locals(&self, body: &mut Vec<u8>) -> Result<(), FuseError> {
        let mut reader = BinaryReader::new(self.slice(self.start, self.locals_end), self.start);
        let groups = reader.read_var_u32()?;
        let declarations = self.slice(reader.original_position(), self.locals_end);
        let added: &[_] = if self.scratch { &SCRATCH } else { &[] };
        // A validated body has few groups of locals, and few locals.
        groups.saturating_add(added.len().try_into().unwrap_or(0)).encode(body);
        body.extend_from_slice(declarations);
        for (count, ty) in added {
            count.encode(body);
            ty.encode(body);
        }
        Ok(())
    }

    /// Returns the guest's code from `start` to `end`.
    pub(super) fn slice(&self, start: usize, end: usize) -> &'a [u8] {
        self.bytes.get(start - self.start..end - self.start).unwrap_or_default()
    }
}
