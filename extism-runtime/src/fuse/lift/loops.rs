use super::{FuncValidator, Lifted, Lifter};
use crate::fuse::{
    body::{Body, MAX_BODY, MAX_LOCALS},
    cost::Meter,
    inline::SCRATCH_COUNT,
    plan::Plan,
};

/// The loops of a function that is being read.
#[derive(Default)]
pub(in crate::fuse) struct Loops {
    open: Vec<Open>,
    found: Vec<(usize, Lifted)>,
}

/// A loop whose `end` has not been read.
struct Open {
    /// The positions of its `loop` in the module and in the function's new code.
    start: usize,
    place: usize,
    /// How many blocks are open within it.
    depth: u32,
    /// Whether it calls, outside of inner loops, a function that copy loops use.
    copies: bool,
}

impl Loops {
    /// Reads a `loop` at `start`.
    pub(in crate::fuse) fn open(&mut self, start: usize, body: &Body<'_>, function: &FuncValidator) {
        let (place, depth) = (body.place(start), function.control_stack_height());
        self.open.push(Open { start, place, depth, copies: false });
    }

    /// Reads a call of a function that copy loops use.
    pub(in crate::fuse) fn copies(&mut self) {
        if let Some(innermost) = self.open.last_mut() {
            innermost.copies = true;
        }
    }

    /// Reads an `end` before `end`.
    pub(in crate::fuse) fn end<'a>(
        &mut self,
        lifter: &mut Lifter<'a>,
        plan: &Plan,
        body: &Body<'a>,
        function: &FuncValidator,
        end: usize,
    ) {
        let Some(innermost) = self.open.pop_if(|open| open.depth > function.control_stack_height()) else { return };
        if innermost.copies
            && let Some(lifted) = lifter.lift(plan, function, body.slice(innermost.start, end))
        {
            self.found.push((innermost.place, lifted));
        }
    }

    /// Inserts code in front of the loops that were found. A loop over bytes is left as it is if another one
    /// copies the same way by words: it does the last few bytes.
    pub(in crate::fuse) fn finish(self, lifter: &mut Lifter<'_>, body: &mut Body<'_>, meter: &mut Meter) {
        let mut by_words = Vec::new();
        for (_, lifted) in &self.found {
            if lifted.bytes > 1 {
                by_words.push((lifted.from, lifted.to));
            }
        }
        for (place, lifted) in self.found {
            let is_rest = lifted.bytes == 1 && by_words.contains(&(lifted.from, lifted.to));
            let front = lifted.front;
            let fits = body.locals() + SCRATCH_COUNT <= MAX_LOCALS && body.len() + front.code.len() <= MAX_BODY;
            if !is_rest && fits && lifter.left > 0 {
                lifter.left -= 1;
                meter.add(front.instructions, front.branches);
                body.insert(place, front.code);
            }
        }
    }
}
